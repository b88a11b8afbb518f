"""What the csv adapter finds of a folder before it is trusted, without reading more than first rows."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dss_runtime import Check
from dss_runtime._file_checks import examined, last_written
from dss_runtime.adapters.csv import CsvSource
from dss_runtime.adapters.csv._rows import first_row
from tests.adapters.files import write

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SOURCE = CsvSource(path=("students_*.txt",), columns=("id", "name"), newest=True)


def look(folder: Path, content: str | bytes, source: CsvSource = SOURCE) -> list[Check]:
    """Return what is found of a file that was written two hours ago."""
    write(folder, {"students_4.9.txt": "old", "students_4.10.txt": content})
    at = (NOW - timedelta(hours=2)).timestamp()
    os.utime(folder / "students_4.10.txt", (at, at))
    return list(examined(folder, {"students": source}, NOW, first_row))


def test_all_is_well(tmp_path: Path) -> None:
    """The newest version is meant; its size and age are told."""
    assert [
        Check("reachable", "ok", f"the folder {tmp_path} is there"),
        Check("schema", "ok", "students: students_4.10.txt can be read, with all 2 columns"),
        Check("limits", "ok", "students: 12 bytes, the oldest file was written 2 hours ago"),
    ] == look(tmp_path, "id,name\n1,A\n")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("id,nane\n1,A\n", "the header has no column 'name', did you mean 'nane'?"),
        ("", "is empty"),
        ("id,name\n", "is without a row below the header"),
        (b"id,name\n1,\xff\n", "is not utf-8"),
        ("id;name\n1;A\n", "it is a single cell that holds semicolons: is `delimiter` right?"),
    ],
)
def test_a_file_that_a_run_would_not_trust(tmp_path: Path, content: str | bytes, found: str) -> None:
    """It is an error here too, with its place."""
    (wrong,) = [each for each in look(tmp_path, content) if each.state == "error"]
    assert "schema" == wrong.topic
    assert found in wrong.text.replace("UTF-8", "utf-8")
    assert f"{tmp_path}/students_4.10.txt" in wrong.text


def test_what_is_not_there(tmp_path: Path) -> None:
    """A missing folder is told once, and a missing file for its branch."""
    (missing,) = examined(tmp_path / "no", {"students": SOURCE, "staff": SOURCE}, NOW, first_row)
    assert ("reachable", "error") == (missing.topic, missing.state)
    found = [
        each for each in examined(tmp_path, {"students": SOURCE}, NOW, first_row) if each.state == "error"
    ]
    assert ["no file matches" in each.text for each in found] == [True]
    assert {} == last_written(tmp_path, {"students": SOURCE})


def test_a_file_from_the_future_tells_of_a_wrong_clock(tmp_path: Path) -> None:
    """It is a warning: a guard on the age decides what a run makes of it."""
    write(tmp_path, {"students_1.txt": "id,name\n1,A\n"})
    at = (NOW + timedelta(hours=3)).timestamp()
    os.utime(tmp_path / "students_1.txt", (at, at))
    found = [
        each for each in examined(tmp_path, {"students": SOURCE}, NOW, first_row) if each.state == "warning"
    ]
    assert ["students: a file is dated 3 hours ahead of this machine's clock"] == [
        each.text for each in found
    ]
    assert {"students": NOW + timedelta(hours=3)} == last_written(tmp_path, {"students": SOURCE})


def test_every_file_of_a_branch_is_looked_at(tmp_path: Path) -> None:
    """One good file does not speak for the others."""
    source = CsvSource(path=("a.txt", "b.txt"), columns=("id",))
    write(tmp_path, {"a.txt": "id\n1\n", "b.txt": "idd\n1\n"})
    wrong = [
        each for each in examined(tmp_path, {"students": source}, NOW, first_row) if each.state == "error"
    ]
    assert 1 == len(wrong)
    assert "b.txt" in wrong[0].text
