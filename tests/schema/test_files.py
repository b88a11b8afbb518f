"""The files of a schema folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dss_generator.schema.language import BUILT_IN
from dss_generator.schema.load import SchemaError, load_schema

model = "models: {{{}: {{key: a, fields: {{a: str}}}}}}\n"


def printed(folder: Path) -> list[str]:
    """Return what is printed of the schema in *folder*."""
    with pytest.raises(SchemaError) as caught:
        load_schema(folder, BUILT_IN)
    return str(caught.value).splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for a schema."""
    made = tmp_path / "schema"
    made.mkdir()
    return made


def test_files_are_read_at_any_depth_in_the_order_of_their_names(folder: Path) -> None:
    """However they were written, files come sorted, with names from the folder's parent."""
    (folder / "b").mkdir()
    for name in ("c.yaml", "b/z.yaml", "a.yaml", ".hidden.yaml", "notes.txt"):
        (folder / name).write_text(model.format(f"M{name[0].upper()}") if name[0] != "." else "{")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.yaml").write_text("{")
    found = load_schema(folder)
    assert ("schema/a.yaml", "schema/b/z.yaml", "schema/c.yaml") == found.files
    assert ["MA", "MB", "MC"] == [each.name for each in found.models]


def test_the_digest_is_of_names_and_bytes(folder: Path) -> None:
    """The digest changes with a file's name and with each byte, comments included, and with nothing else."""
    (folder / "a.yaml").write_text(model.format("A"))
    first = load_schema(folder)
    os.utime(folder / "a.yaml", (1, 1))
    assert first.digest == load_schema(folder).digest
    (folder / "a.yaml").rename(folder / "b.yaml")
    second = load_schema(folder)
    (folder / "b.yaml").write_text(model.format("A") + "# more\n")
    third = load_schema(folder)
    assert 3 == len({first.digest, second.digest, third.digest})
    assert 64 == len(first.digest)


def test_a_byte_order_mark_and_crlf_change_no_place_and_no_meaning(folder: Path) -> None:
    """A file saved on Windows means the same."""
    text = "models:\n  A:\n    key: a\n    fields: {a: str}\n"
    (folder / "a.yaml").write_bytes(text.encode())
    plain = load_schema(folder)
    (folder / "a.yaml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert plain == load_schema(folder)


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    """No folder, or a file in its place, is said to be no schema."""
    (line,) = printed(tmp_path / "schema")
    assert line.startswith("schema:1:1: error: there is no folder ")
    assert line.endswith("; create it and put *.yaml files in it [no-schema]")


def test_an_empty_folder_is_a_problem(folder: Path) -> None:
    """A folder without schema files is no schema."""
    assert [
        "schema:1:1: error: the folder holds no *.yaml file; describe your records in one [no-schema]"
    ] == printed(folder)


@pytest.mark.parametrize("name", ["a.yml", "A.YML"])
def test_a_file_with_another_suffix_is_not_overlooked(folder: Path, name: str) -> None:
    """What looks like a schema file and would not be read is a problem."""
    (folder / name).write_text("models: {}\n")
    assert [f"schema/{name}:1:1: error: schema files end in .yaml; rename this one [file-suffix]"] == printed(
        folder
    )


def test_a_file_above_a_mebibyte_is_refused(folder: Path) -> None:
    """A file of 1 MiB is read, one byte more is too much."""
    text = "models: {}\n#"
    (folder / "a.yaml").write_text(text.ljust(1 << 20, "x"))
    load_schema(folder)
    (folder / "a.yaml").write_text(text.ljust((1 << 20) + 1, "x"))
    assert [
        "schema/a.yaml:1:1: error: the file is larger than 1,048,576 bytes; split it [file-size]"
    ] == printed(folder)


def test_more_files_than_any_schema_has_are_refused(folder: Path) -> None:
    """A folder of thousands of files is a mistake."""
    for number in range(1001):
        (folder / f"{number}.yaml").touch()
    assert ["schema:1:1: error: 1001 schema files; at most 1000 are read [too-many-files]"] == printed(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names; run this elsewhere")
def test_a_name_that_would_write_to_the_terminal_is_refused_and_not_printed(folder: Path) -> None:
    """A control character in a file's name is named, not shown."""
    (folder / "a\x1b[31m.yaml").write_text("models: {}\n")
    place = "'schema/a\\x1b[31m.yaml':1:1"
    expected = f"{place}: error: the file's name holds the character U+001B; rename it [file-name]"
    assert [expected] == printed(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows; run this elsewhere")
def test_links_do_not_lead_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    """A link to a file inside is that file; one that leads out, or is a folder or broken, is a problem."""
    (tmp_path / "secret.yaml").write_text("models: {}\n")
    (tmp_path / "other").mkdir()
    (folder / "a.yaml").write_text("models: {}\n")
    (folder / "b.yaml").symlink_to("a.yaml")
    assert ("schema/a.yaml", "schema/b.yaml") == load_schema(folder).files
    (folder / "c.yaml").symlink_to("../secret.yaml")
    (folder / "d.yaml").symlink_to("nowhere.yaml")
    (folder / "e").symlink_to("../other")
    assert [
        "schema/c.yaml:1:1: error: this link leads out of the schema folder; copy the file instead [link]",
        "schema/d.yaml:1:1: error: this is not a regular file that exists [file-unreadable]",
        "schema/e:1:1: error: a folder that is a link is not followed; put the files here [link]",
    ] == printed(folder)


def test_what_is_no_regular_file_is_not_opened(folder: Path) -> None:
    """A folder, or a pipe that would block, is not read as a schema file."""
    (folder / "a.yaml").mkdir()
    (folder / "b.yaml").write_text("models: {}\n")
    assert ("schema/b.yaml",) == load_schema(folder).files
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "c.yaml")
        assert [
            "schema/c.yaml:1:1: error: this is not a regular file that exists [file-unreadable]"
        ] == printed(folder)


def test_a_file_that_cannot_be_read_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system becomes a problem at the file."""
    (folder / "a.yaml").write_text("models: {}\n")

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    assert ["schema/a.yaml:1:1: error: it cannot be read: Permission denied [file-unreadable]"] == printed(
        folder
    )


def test_a_folder_that_cannot_be_listed_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the walk over the folders trips on is not passed over."""
    (folder / "a.yaml").write_text("models: {}\n")

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder.resolve() / "inner"))

    monkeypatch.setattr(os, "scandir", refuse)
    assert ["schema/inner:1:1: error: it cannot be read: Permission denied [file-unreadable]"] == printed(
        folder
    )
