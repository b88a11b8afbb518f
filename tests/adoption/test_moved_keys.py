"""Keys of several parts that are absent in part, and keys that move, in a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adoption.projects import School, schools

SCHEMA = """
models:
  Pupil:
    key: [school, number]
    fields:
      school: str
      number: int
      email: {type: str, optional: true, compare: casefold}
      login: {type: str, optional: true}
branches:
  pupils: {model: Pupil}
trees:
  Office: {adapter: csv, branches: {pupils: {path: pupils.csv}}}
  Campus:
    adapter: sql
    branches:
      pupils:
        table: person
        match: {by: email, moved_keys: true}
        sync: {login: create_only}
        old: {set: {gone: true}}
syncs:
  nightly: {from: Office, to: Campus}
"""


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[School]:
    """A project where keys of two parts may move."""
    table = "CREATE TABLE person (id INTEGER PRIMARY KEY, school, number INTEGER, email, login, gone BOOLEAN)"
    with schools(tmp_path / "school", SCHEMA, table) as school:
        school.columns = ("school", "number", "email", "login")
        yield school


def people(school: School) -> list[tuple[object, ...]]:
    """Return everything in the database."""
    return school.sql("SELECT id, school, number, email, login, coalesce(gone, 0) FROM person ORDER BY id")


def test_a_part_of_a_key_that_is_absent_is_filled_in(moving: School) -> None:
    """A row with half a key is adopted as one without any; the half that is there is replaced too."""
    for school, number, email in (
        ("A", None, "a@x"),
        (None, 2, "b@x"),
        ("", None, "c@x"),
        ("A", None, "z@x"),
    ):
        moving.sql(
            "INSERT INTO person (school, number, email, login) VALUES (?, ?, ?, 'own')", school, number, email
        )
    moving.pupils(("A", "1", "a@x", "l"), ("B", "2", "b@x", "l"), ("C", "3", "C@x", "l"))
    assert 3 == moving.json("sync", "nightly")["adopted"]
    assert [
        (1, "A", 1, "a@x", "own", 0),
        (2, "B", 2, "b@x", "own", 0),
        (3, "C", 3, "C@x", "own", 0),
        (4, "A", None, "z@x", "own", 0),
    ] == people(moving)


def test_a_key_moves_in_one_update(moving: School) -> None:
    """By a sync, and by a saved plan; back from being set aside, too. Nothing is created."""
    moving.pupils(("A", "1", "a@x", "ada"), ("A", "2", "b@x", "bob"))
    moving.dss("sync", "nightly")
    moving.pupils(("B", "9", "A@x", "new"), ("A", "2", "b@x", "bob"))
    (action,) = moving.json("plan", "nightly")["actions"]
    assert "new_pupils(school='B', number=9) adopts school='A', number=1, email='a@x'" == action["message"]
    assert {"key": {"school": "A", "number": 1}, "by": {"email": "a@x"}} == action["adopts"]
    path = str(moving.folder / "plan.jsonl")
    moving.dss("plan", "nightly", "-o", path)
    assert 0 == moving.dss("apply", path).exit_code
    assert [(1, "B", 9, "A@x", "ada", 0), (2, "A", 2, "b@x", "bob", 0)] == people(moving)
    moving.pupils(("B", "9", "A@x", "new"))
    moving.dss("sync", "nightly")
    moving.pupils(("B", "9", "A@x", "new"), ("C", "7", "b@x", "new"))
    moving.dss("sync", "nightly")
    assert [(1, "B", 9, "A@x", "ada", 0), (2, "C", 7, "b@x", "bob", 0)] == people(moving)


def test_whom_several_may_be_is_neither_moved_nor_set_aside(moving: School) -> None:
    """A person decides, and until then both records are as they were."""
    moving.pupils(("A", "1", "a@x", "ada"), ("A", "2", "b@x", "bob"))
    moving.dss("sync", "nightly")
    moving.sql("UPDATE person SET email = 'a@x'")
    before = people(moving)
    moving.pupils(("B", "9", "a@x", "new"))
    found = moving.json("sync", "nightly")
    assert ["rejected"] == [each["outcome"]["status"] for each in found["actions"]]
    assert ["old", "old"] == [each["kind"] for each in found["held_back"]]
    assert before == people(moving)


def test_who_is_set_aside_and_has_an_unreadable_row_keeps_her_account(moving: School) -> None:
    """Her row on the left cannot be read, and somebody else has her address: the account stays hers."""
    moving.sql("INSERT INTO person (school, number, email, login, gone) VALUES ('A', 1, 'a@x', 'own', 1)")
    moving.pupils(("A", "one", "a@x", "l"), ("B", "9", "a@x", "l"))
    before = people(moving)
    moving.json("sync", "nightly")
    assert before == people(moving)[:1]
