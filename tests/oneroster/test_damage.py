"""A set that is not whole is never taken for a smaller one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dss_runtime import SourceError
from dss_runtime.adapters.oneroster import _members
from tests.oneroster.sets import files, manifest, put, read, table, user

USERS = [user(f"u{number}", f"Zoë, the {number}th\nof her name") for number in range(6)]
WHOLE = {each["sourcedId"]: each["middleName"] for each in USERS}
FOLDER = files(USERS)


@given(st.data())
def test_a_file_that_is_cut_within_a_row_is_an_error(data: st.DataObject) -> None:
    """Wherever a file of a folder is cut, all or nothing is read, unless the cut is where a row ends.

    That such a cut cannot be told is why a folder should come as a zip, and why guards hold a run.
    """
    name = data.draw(st.sampled_from(sorted(FOLDER)))
    content = FOLDER[name]
    kept = content[: data.draw(st.integers(0, len(content) - 1))]
    assume(name == "manifest.csv" or not kept.endswith(b"\r\n") or kept.count(b'"') % 2 == 1)
    with TemporaryDirectory() as folder:
        path = put(Path(folder) / "set", {**FOLDER, name: kept})
        try:
            found = read(path)
        except SourceError:
            return
        assert found == WHOLE


@given(st.data())
def test_a_damaged_zip_is_an_error(data: st.DataObject) -> None:
    """Whether a zip is cut anywhere, or one byte of it is another: all is read, or nothing."""
    with TemporaryDirectory() as folder:
        path = put(Path(folder) / "set.zip", FOLDER)
        content = path.read_bytes()
        at = data.draw(st.integers(0, len(content) - 1))
        flipped = data.draw(st.integers(0, 255))
        damaged = content[:at] + (bytes([content[at] ^ flipped]) + content[at + 1 :] if flipped else b"")
        path.write_bytes(damaged)
        try:
            found = read(path)
        except SourceError:
            return
        assert found == WHOLE


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("users.csv", "the manifest calls it bulk, but there is no such file: is the set complete?"),
        ("manifest.csv", "no such file, and no set is complete without it"),
    ],
)
@pytest.mark.parametrize("name", ["set", "set.zip"])
def test_a_missing_file_is_an_error(tmp_path: Path, name: str, missing: str, message: str) -> None:
    """The file that is not there is named, in a folder and in a zip."""
    content = {each: data for each, data in FOLDER.items() if each != missing}
    path = put(tmp_path / name, content)
    with pytest.raises(SourceError) as error:
        read(path)
    assert f"{path / missing}: {message}" == str(error.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"manifest.csv": manifest()},
            "manifest.csv: says nothing of file.users, which is there: is it cut off?",
        ),
        (
            {"manifest.csv": manifest(users="absent")},
            "users.csv: the manifest calls it absent, but it is there",
        ),
        (
            {"manifest.csv": manifest(users="full")},
            "manifest.csv:4: file.users: expected absent, bulk or delta",
        ),
        ({"manifest.csv": manifest("1.1", users="bulk")}, "expected oneroster.version 1.2, found 1.1"),
        ({"manifest.csv": b""}, "manifest.csv:1: expected the header propertyName,value"),
        (
            {"manifest.csv": manifest(users="bulk") + b"a\r\n"},
            "manifest.csv:5: expected a property and its value",
        ),
        ({"manifest.csv": manifest(users="bulk") + b"file.users,delta\r\n"}, "file.users is there twice"),
        ({"users.csv": b""}, "users.csv: is empty: has the export run, and is it complete?"),
        ({"users.csv": table([])}, "users.csv: is without a row, and such a file may not be"),
        ({"USERS.csv": table(USERS)}, "has files whose names differ in case alone"),
    ],
)
def test_a_set_that_contradicts_itself_is_an_error(
    tmp_path: Path, changed: dict[str, bytes], message: str
) -> None:
    """What is wrong is told with its file and line."""
    path = put(tmp_path / "set", {**FOLDER, **changed})
    with pytest.raises(SourceError) as error:
        read(path)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({f"roster/{name}": data for name, data in FOLDER.items()}, "all files of a set are at the root"),
        ({**FOLDER, "../evil.csv": b"x"}, "'../evil.csv' is in a folder"),
        ({**FOLDER, "Users.csv": table(USERS)}, "'Users.csv' is there twice"),
    ],
)
def test_a_zip_is_a_plain_list_of_files(tmp_path: Path, content: dict[str, bytes], message: str) -> None:
    """Nothing is looked for in folders, and no name is there twice."""
    with pytest.raises(SourceError) as error:
        read(put(tmp_path / "set.zip", content))
    assert message in str(error.value)


def test_a_zip_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes in its list are added up before anything is unpacked."""
    path = put(tmp_path / "set.zip", FOLDER)
    monkeypatch.setattr(_members, "LARGEST", 100)
    with pytest.raises(SourceError, match="bytes when it is unpacked; 100 are the limit"):
        read(path)


def test_a_set_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Neither a folder nor a zip is no empty set."""
    with pytest.raises(SourceError, match="no such folder or zip"):
        read(tmp_path / "nothing")
