"""Plans of whole projects are the same, whatever has found the differences."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dss_runtime.cli import _verifying
from dss_runtime.engines.duckdb._side import TextSide
from tests.adoption.projects import School, schools

SCHEMA = """
models:
  Pupil:
    key: number
    fields:
      number: int
      email: {type: str, optional: true, compare: casefold, sensitive: true}
      login: {type: str, optional: true}
      born: {type: date, optional: true}
branches:
  pupils: {model: Pupil, duplicates: quarantine}
trees:
  Office: {adapter: csv, branches: {pupils: {path: pupils.csv}}}
  Campus: {adapter: sql, branches: {pupils: {table: person}}}
syncs:
  nightly: {from: Office, to: Campus}
"""
TABLE = "CREATE TABLE person (number INTEGER PRIMARY KEY, email TEXT, login TEXT, born TEXT)"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A project whose keys are numbers, and a database that holds three of them."""
    folder: Path = tmp_path_factory.mktemp("keys") / "school"
    with schools(folder, SCHEMA, TABLE) as made:
        for number in (6, 7, 8):
            made.sql("INSERT INTO person VALUES (?, 'a@b.c', 'x', '2010-01-01')", number)
        yield made


def plan(school: School, engine: str) -> Any:
    """Return what a plan tells, whenever it was made."""
    found = school.json("plan", "nightly", "--engine", engine)
    return {name: each for name, each in found.items() if name not in ("started", "ended", "seconds")}


@pytest.mark.parametrize("key", [" 7", "7 ", "\u0667", "7_0", "0" * 20 + "7", "9 "])
def test_a_key_that_sql_does_not_read(school: School, key: str) -> None:
    """The row is that of another one, or of none: it is found to be so although the others are the same."""
    rows = [(str(number), "a@b.c", "x", "2010-01-01") for number in (6, 7, 8)]
    school.pupils(*rows, (key, "a@b.c", "other", "2010-01-01"))
    assert plan(school, "memory") == plan(school, "duckdb")


def test_a_damaged_byte_in_a_column_that_nobody_reads(school: School) -> None:
    """A damaged file stops the run, also where all that is read of it is the same on both sides."""
    rows = [f"{number},a@b.c,x,2010-01-01,{'note ' * 2000}" for number in (6, 7, 8)]
    text = "\n".join(["number,email,login,born,notes", *rows, ""]).encode()
    (school.folder / "pupils.csv").write_bytes(text)
    assert 0 == school.dss("plan", "nightly", "--engine", "duckdb").exit_code
    (school.folder / "pupils.csv").write_bytes(text[:-3] + b"\xe9 \n")
    done = school.dss("plan", "nightly", "--engine", "duckdb")
    assert 3 == done.exit_code
    assert "pupils.csv:4: the byte 0xe9 at offset" in done.stderr


ROWS = [(str(number), "a@b.c", "x", "2010-01-01") for number in (6, 7, 8)]


def swapped(school: School) -> None:
    """Write the file of the office anew, as an export does whose columns are in another order today."""
    lines = [("number", "login", "email", "born"), *((a, c, b, d) for a, b, c, d in ROWS)]
    (school.folder / "pupils.csv").write_text("".join(",".join(cells) + "\n" for cells in lines))


def reordered(school: School) -> None:
    """Write the file of the office anew, with the rows in another order."""
    school.pupils(*ROWS[1:], ROWS[0])


@pytest.mark.parametrize(("method", "write"), [("refuse", swapped), ("picked", reordered)])
def test_a_file_that_is_written_while_it_is_compared(
    school: School, monkeypatch: pytest.MonkeyPatch, method: str, write: Callable[[School], None]
) -> None:
    """Whenever another file takes its place, no row of the one is taken for a row of the other."""
    school.pupils((ROWS[0][0], "other", *ROWS[0][2:]), *ROWS[1:])
    original: Any = getattr(TextSide, method)

    def of_another_file(self: TextSide, *arguments: Any) -> Any:
        if method == "refuse":
            write(school)
        found = original(self, *arguments)
        if method == "picked":
            write(school)
        return found

    monkeypatch.setattr(TextSide, method, of_another_file)
    assert [] == plan(school, "duckdb")["actions"]
    monkeypatch.undo()
    assert plan(school, "memory") == plan(school, "duckdb")


def test_a_source_that_is_written_anew_before_the_target_is_verified(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who verifies hears that it is the source that is not what it was, with the exit code of an error."""
    school.pupils(*ROWS, ("9", "a@b.c", "x", "2010-01-01"))
    original: Any = vars(_verifying)["_found"]

    def meanwhile(*arguments: Any) -> Any:
        school.pupils(*ROWS)
        return original(*arguments)

    monkeypatch.setattr(_verifying, "_found", meanwhile)
    done = school.dss("sync", "nightly", "--engine", "duckdb", "--verify")
    assert 1 == done.exit_code
    told = " ".join(done.stdout.split())
    assert "not verified: what Office held could not be read again: " in told
    assert "pupils.csv: has changed since it was compared: run again" in told
    monkeypatch.undo()
    done = school.dss("sync", "nightly", "--engine", "duckdb", "--verify")
    assert (0, True) == (done.exit_code, "converged: 0 differences" in done.stdout)


METHODS = {
    "readin_branch": "def readin_branch(self, branch):\n        return None",
    "read": "def read(self, branch, rows, reading):\n        return None",
    "take_rows": "def take_rows(self, branch, rows, reading):\n"
    "        super().take_rows(branch, rows, reading)\n        branch.held.pop(6, None)",
    "open": "def open(self, source):\n        found = super().open(source)\n"
    "        rows, given = found.enter_result, type(found)\n"
    "        class Others:\n            place, unreadable = rows.place, ()\n"
    "            __iter__ = lambda self: iter(rows)\n        return given(Others())",
    "run": "def run(self, branches, progress):\n"
    "        super().run(branches, progress)\n        branches[0].held.pop(6, None)",
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("engine", ["duckdb", "fingerprints"])
def test_an_importer_that_reads_in_a_way_of_its_own(tmp_path: Path, method: str, engine: str) -> None:
    """What code of the project does with the rows of a branch, or with its records, it does in every run."""
    with schools(tmp_path / "school", SCHEMA, TABLE) as school:
        with (school.folder / "dss.toml").open("a") as settings:
            settings.write("[syncs.nightly]\nincremental = 5\n" if engine == "fingerprints" else "")
        school.pupils(*ROWS)
        assert 0 == school.dss("sync", "nightly").exit_code
        assert 0 == school.dss("sync", "nightly").exit_code
        school.pupils(*ROWS, ("9", "a@b.c", "x", "never"))
        (path,) = school.folder.glob("adopting_handlers*/office.py")
        path.write_text(f"{path.read_text()}\n    {METHODS[method]}\n")
        for name in [each for each in sys.modules if each.startswith("adopting")]:
            del sys.modules[name]
        assert plan(school, "memory") == plan(school, "duckdb" if engine == "duckdb" else "auto")


def test_no_place_for_temporary_files(
    school: School, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where DuckDB may write nothing, what it could have needed that for is read into objects."""
    school.pupils(*ROWS)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    done = school.dss("plan", "nightly", "--engine", "duckdb", "--explain")
    assert 0 == done.exit_code, done.output
    assert "pupils: memory, since DuckDB has no place for temporary files: No such file" in done.stderr
