"""From what exists to a project that reads all of it, type-checked, without an edit."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dss_runtime import DataStoreTree
from examples.school.data import write_school
from tests.generated_schemas.checkers import mypy_errors, pyright_errors
from tests.pull.projects import counts, pulled, read, read_project, started, unreadable
from tests.pull.rosters import roster, write_roster

SDS = Path(__file__).parent / "sds-v2.1-sample"
needs_pyright = pytest.mark.skipif(
    importlib.util.find_spec("pyright") is None, reason="run `pip install pyright[nodejs]` first"
)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the files of the example: PowerSchool's exports and Moodle's database."""
    folder = tmp_path_factory.mktemp("school")
    write_school(folder, students=120)
    return folder


@pytest.fixture(scope="module")
def moodle(school: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was started from Moodle's database, and generated."""
    folder = tmp_path_factory.mktemp("moodle")
    shutil.copy(school / "moodle.sqlite", folder)
    return started(folder, "sql", "sqlite:///moodle.sqlite")


def read_rows(moodle: Path) -> dict[str, int]:
    """Return how many rows each table of the database has."""
    with closing(sqlite3.connect(moodle / "moodle.sqlite")) as connection:
        names = [
            name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
        ]
        return {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in names}


@pytest.mark.slow
def test_a_pulled_database_passes_mypy(moodle: Path) -> None:
    """What is pulled from Moodle's database passes `mypy --strict` as soon as it is generated."""
    assert [] == mypy_errors(moodle)


@pytest.mark.slow
@needs_pyright
def test_a_pulled_database_passes_pyright(moodle: Path) -> None:
    """It passes pyright's strict mode too."""
    assert [] == pyright_errors(moodle, ["generated", "handlers"])


def test_every_row_of_a_pulled_database_is_read(moodle: Path) -> None:
    """Each row of each table is a record, and none is unreadable."""
    tree = read_project(moodle)
    assert [] == unreadable(tree)
    assert sorted(read_rows(moodle).values()) == sorted(counts(tree).values())
    assert read_rows(moodle)["mdl_user"] == counts(tree)["users"]


def test_refs_of_a_database_without_foreign_keys_are_found(moodle: Path) -> None:
    """Moodle declares no foreign key: names and values tell what refers to what."""
    text = (moodle / "schema" / "moodle.yaml").read_text(encoding="utf-8")
    enrolment = text.partition("  UserEnrolment:\n")[2].partition("\n\n")[0]
    assert "enrolid: {ref: Enrol}" in enrolment
    assert "userid: {ref: User}" in enrolment


def test_no_password_hash_is_taken_over(moodle: Path) -> None:
    """Moodle's column of password hashes has no field, and a comment says so."""
    text = (moodle / "schema" / "moodle.yaml").read_text(encoding="utf-8")
    assert "      # left out: password, which looks like a secret" in text.splitlines()


def file_tree(folder: Path, *arguments: str) -> DataStoreTree:
    """Pull files of *folder*, and read them."""
    return read(folder, pulled(folder, "csv", *arguments), {"folder": str(folder)})


def test_headerless_exports_are_read(school: Path) -> None:
    """PowerSchool's headerless files give a record for each line, dirty ones included; ids keep zeros."""
    tree = file_tree(school, "students.txt", "schedule.txt", "--no-header")
    names = ("students", "schedule")
    lines = {name: (school / f"{name}.txt").read_text("utf-8").splitlines() for name in names}
    assert [] == unreadable(tree)
    assert {"students": len(lines["students"]), "schedules": len(lines["schedule"])} == counts(tree)
    (students,) = (branch for branch in tree.branches if branch.name == "students")
    assert [line.split("\t")[0] for line in lines["students"]] == list(students)


def test_headered_exports_are_read(school: Path) -> None:
    """So do those whose columns carry a table's number, in another encoding or with a byte order mark."""
    staff = file_tree(school, "staff.txt", "--encoding", "cp1252")
    courses = file_tree(school, "courses.txt")
    assert [] == [*unreadable(staff), *unreadable(courses)]
    expected = {
        "staff": len((school / "staff.txt").read_text("cp1252").splitlines()) - 1,
        "courses": len((school / "courses.txt").read_text("utf-8-sig").splitlines()) - 1,
    }
    assert expected == {**counts(staff), **counts(courses)}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_every_row_of_a_roster_is_read(tmp_path: Path, version: str) -> None:
    """A OneRoster set gives a project that reads each row of each file."""
    files = roster(version)
    write_roster(tmp_path / "roster", files)
    tree = read_project(started(tmp_path, "oneroster", "roster"))
    assert [] == unreadable(tree)
    expected = {name: len(rows) - 1 for name, rows in files.items() if name != "manifest"}
    assert sorted(expected.values()) == sorted(counts(tree).values())
    assert expected["users"] == counts(tree)["users"]


@pytest.mark.slow
@needs_pyright
def test_pulled_rosters_pass_the_checkers(tmp_path: Path) -> None:
    """They pass mypy --strict and pyright's strict mode without an edit, in either version."""
    versions = {"v11": "1.1", "v12": "1.2"}
    for name, version in versions.items():
        (tmp_path / name).mkdir()
        write_roster(tmp_path / name / "roster", roster(version))
        assert [] == mypy_errors(started(tmp_path / name, "oneroster", "roster"))
    packages = [f"{name}/{each}" for name in versions for each in ("generated", "handlers")]
    assert [] == pyright_errors(tmp_path, packages, versions)


def test_every_row_of_sds_files_is_read(tmp_path: Path) -> None:
    """The sample files of Microsoft's School Data Sync are read as files like any others."""
    shutil.copytree(SDS, tmp_path / "sds")
    names = sorted(path.name for path in SDS.glob("*.csv"))
    tree = read_project(started(tmp_path, "csv", *(f"sds/{name}" for name in names)))
    rows = [len((SDS / name).read_text(encoding="utf-8").splitlines()) - 1 for name in names]
    assert [] == unreadable(tree)
    assert sorted(rows) == sorted(counts(tree).values())


@pytest.mark.slow
def test_a_pulled_json_schema_passes_mypy(tmp_path: Path) -> None:
    """A schema that was pulled from a JSON Schema passes mypy --strict without an edit."""
    properties = {
        "id": {"type": "string"},
        "dob": {"type": ["string", "null"], "format": "date"},
        "tags": {"type": "array", "items": {"type": "integer"}},
    }
    schema = {"title": "Student", "type": "object", "required": ["id"], "properties": properties}
    (tmp_path / "student.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    assert [] == mypy_errors(started(tmp_path, "json-schema", "student.schema.json"))
