"""How the csv adapter finds the files of a branch."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import DataStoreTree, SettingsError, SourceError
from dss_runtime._files import find_files
from dss_runtime.adapters.csv import CsvImporter, CsvRows, CsvSource
from tests.adapters.files import read, refused, write

ROW = "id,name\n{0},{0}\n"


def names(folder: Path, *paths: str, newest: bool = False) -> list[str]:
    """Return the names of the files that are found."""
    return [os.path.relpath(found.shown, folder) for found in find_files(folder, paths, newest=newest)]


@given(st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=3).map(tuple), min_size=1, unique=True))
def test_the_newest_version_is_the_highest_number(versions: list[tuple[int, ...]]) -> None:
    """Versions are compared number by number, not letter by letter."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, {f"students_v{'.'.join(map(str, version))}.txt": "" for version in versions})
        found = names(folder, "students_v*.txt", newest=True)
    assert [f"students_v{'.'.join(map(str, max(versions)))}.txt"] == found


def test_only_the_newest_is_read(tmp_path: Path) -> None:
    """4.10 is newer than 4.9; what has no version in place of the star is not of the family."""
    files = {f"students_v{each}.txt": ROW.format(each) for each in ("4.1", "4.9", "4.10", "old", "4.11.bak")}
    write(tmp_path, files)
    found = read(tmp_path, path=("students_v*.txt",), newest=True)
    assert ([("4.10", "4.10")], ["students_v4.10.txt:2"]) == (found.rows, found.places)


def test_several_files_feed_one_branch(tmp_path: Path) -> None:
    """Files are read in the order given, those of a star by name, each with its own header, none twice."""
    write(
        tmp_path,
        {
            "secondary.txt": "name,id\nc,3\n",
            "elementary.txt": ROW.format(2),
            "district.txt": "id,x,name\n1,,a\n",
            ".elementary.txt": "",
        },
    )
    found = read(tmp_path, path=("secondary.txt", "*.txt"))
    assert [("3", "c"), ("1", "a"), ("2", "2")] == found.rows
    assert ["secondary.txt:2", "district.txt:2", "elementary.txt:2"] == found.places


def test_a_star_may_stand_for_a_folder(tmp_path: Path) -> None:
    """Each school may have a folder of its own."""
    write(tmp_path, {f"{each}/students.txt": ROW.format(each) for each in "bca"} | {"d/other.txt": ""})
    assert ["a/students.txt", "b/students.txt", "c/students.txt"] == names(tmp_path, "*/students.txt")
    assert ["a/students.txt"] == names(tmp_path, "a/stu*.txt")
    assert ["b/students.txt"] == names(tmp_path, "b/students.txt")


@pytest.mark.parametrize(
    ("path", "newest", "message"),
    [
        ("none.txt", False, "none.txt: no such file: has the export run, and is it complete?"),
        ("none*.txt", False, "none*.txt: no file matches: has the export run, and is it complete?"),
        ("none/*.txt", False, "none: no such folder: has the export run, and is it complete?"),
        ("folder", False, "folder: is not a file"),
        (
            "v_*.txt",
            True,
            "v_*.txt: no file has a version such as 4.10 in place of the `*`; there is 'v_old.txt'",
        ),
        ("s_*.txt", True, "s_*.txt: 's_4.01.txt' and 's_4.1.txt' have the same version: remove one of them"),
        (
            "../outside.txt",
            False,
            "../outside.txt: lies outside of the tree's folder FOLDER, and nothing is read",
        ),
        (
            "/etc/hostname",
            False,
            "/etc/hostname: lies outside of the tree's folder FOLDER, and nothing is read",
        ),
        (
            "link.txt",
            False,
            "link.txt: lies outside of the tree's folder FOLDER, and nothing is read from there",
        ),
        ("away/*.txt", False, "away: lies outside of the tree's folder FOLDER"),
        (
            "away/outside.txt",
            False,
            "away/outside.txt: lies outside of the tree's folder FOLDER, and nothing is",
        ),
        ("loop.txt", False, "loop.txt: "),
        ("a\0b", False, "a\0b: cannot be found: "),
    ],
)
def test_files_that_are_not_there_are_refused(path: str, newest: bool, message: str, tmp_path: Path) -> None:
    """A file that is missing, ambiguous or outside of the folder stops the import, links included."""
    folder = tmp_path / "folder"
    write(tmp_path, {"outside.txt": ROW.format(1), "folder/folder/x": "", "folder/v_old.txt": ROW.format(1)})
    write(folder, {"s_4.1.txt": "", "s_4.01.txt": ""})
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "away").symlink_to(tmp_path)
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    assert refused(folder, path=(path,), newest=newest).startswith(message)


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    """Only where a link ends matters, and the folder itself may be one."""
    write(tmp_path, {"real/students_1.txt": ROW.format(1)})
    (tmp_path / "real/students.txt").symlink_to("students_1.txt")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    assert [("1", "1")] == read(tmp_path / "folder").rows


def test_files_that_cannot_be_opened_any_more_are_refused(tmp_path: Path) -> None:
    """A file that goes between being found and being read stops the import."""
    write(tmp_path, {"students.txt": ROW.format(1)})
    rows = CsvRows(tmp_path, CsvSource(path=("students.txt",), columns=("id",)))
    (tmp_path / "students.txt").unlink()
    with pytest.raises(SourceError, match=r"students\.txt: cannot be opened: No such file or directory"):
        list(rows)


def test_folders_that_cannot_be_listed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that its share does not let anybody list stops the import."""

    def refuse(_path: Path) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    assert "FOLDER: cannot be listed: Permission denied" == refused(tmp_path, path=("*.txt",))


def test_a_share_that_goes_away_stops_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the middle of a file has its place."""

    class Broken:
        """A file of which a line that begins with 2 cannot be read."""

        def __init__(self, file: io.BufferedReader, **options: Any) -> None:
            self.file = wrapper(file, **options)
            self.close = self.file.close
            self.fileno = self.file.fileno

        def readline(self, size: int) -> str:
            line = self.file.readline(size)
            if line.startswith("2"):
                raise OSError(5, "Input/output error")
            return line

    wrapper = io.TextIOWrapper
    monkeypatch.setattr(io, "TextIOWrapper", Broken)
    assert "students.txt:2: cannot be read on: Input/output error" == refused(
        tmp_path, ROW.format(1) + "2,b\n"
    )


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    """An export that is still being written is not read to its end as if it were complete."""
    path = tmp_path / "students.txt"
    write(tmp_path, {"students.txt": ROW.format(1)})
    rows = CsvRows(tmp_path, CsvSource(path=("students.txt",), columns=("id",)))

    def read_while_written() -> None:
        for _ in rows:
            path.write_text(ROW.format(1) + "2,b\n" * 10)

    with pytest.raises(SourceError, match="has changed while it was read"):
        read_while_written()


def test_the_place_before_the_first_row_is_the_first_file(tmp_path: Path) -> None:
    """Even before anything is read, a place can be named."""
    write(tmp_path, {"students.txt": ROW.format(1)})
    rows = CsvRows(tmp_path, CsvSource(path=("students.txt",), columns=("id",)))
    assert str(tmp_path / "students.txt") == str(rows.place())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, 'School has no folder to read from: set it in dss.toml, [trees.School] folder = "…"'),
        (
            {"folder": ""},
            'School has no folder to read from: set it in dss.toml, [trees.School] folder = "…"',
        ),
        (
            {"folder": 7},
            'School has a folder that is no text: 7: set it in dss.toml, [trees.School] folder = "…"',
        ),
    ],
)
def test_the_settings_must_name_a_folder(settings: dict[str, Any], message: str) -> None:
    """Without a folder the error says what to set, and where."""
    importer = CsvImporter(DataStoreTree(name="School", settings=settings))
    with pytest.raises(SettingsError) as caught:
        importer.open(CsvSource(path=("x",), columns=()))
    assert message == str(caught.value)


def test_the_folder_must_exist(tmp_path: Path) -> None:
    """A share that is not mounted is no empty source."""
    assert "none: no such folder: is `folder` right, and is the share mounted?" == refused(
        tmp_path / "none"
    ).replace("FOLDER", "none")


def test_a_branch_knows_how_old_and_how_large_its_files_are(tmp_path: Path) -> None:
    """The oldest of several files gives the age, and all of them the bytes."""
    write(tmp_path, {"a1.csv": "id,name\n1,x\n", "a2.csv": "id,name\n2,ö\n"})
    os.utime(tmp_path / "a1.csv", (2_000_000_000, 2_000_000_000))
    os.utime(tmp_path / "a2.csv", (1_000_000_000, 1_000_000_000))

    rows = CsvRows(tmp_path, CsvSource(path=("a*.csv",), columns=("id", "name")))

    assert (datetime.fromtimestamp(1_000_000_000, UTC), 12 + 13) == (rows.modified, rows.size)
