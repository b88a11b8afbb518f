"""Generated names and accounts that are there: an adopted one keeps its name, and nobody else gets it."""

from __future__ import annotations

from pathlib import Path

from tests.adoption.projects import schools

SCHEMA = """
models:
  Pupil:
    key: number
    fields:
      number: str
      email: {type: str, optional: true}
      first: str
      login: {type: str, optional: true}
branches:
  pupils: {model: Pupil}
trees:
  Office: {adapter: csv, branches: {pupils: {path: pupils.csv, omit: [login]}}}
  Campus:
    adapter: sql
    branches:
      pupils:
        table: person
        match: email
        generate: {login: "{first} | lower"}
syncs:
  nightly: {from: Office, to: Campus}
"""
TABLE = "CREATE TABLE person (id INTEGER PRIMARY KEY, number, email, first, login)"


def test_an_adopted_account_keeps_its_name(tmp_path: Path) -> None:
    """One without a name gets one; a new record gets none that somebody without a key has."""
    with schools(tmp_path / "school", SCHEMA, TABLE) as school:
        for email, login in (("a@x", "lovelace"), ("b@x", None), (None, "kim"), ("d@x", "ada")):
            school.sql("INSERT INTO person (email, login) VALUES (?, ?)", email, login)
        school.columns = ("number", "email", "first")
        school.pupils(("1", "a@x", "Ada"), ("2", "b@x", "Bob"), ("3", "c@x", "Kim"), ("4", "d@x", "Dan"))
        path = str(school.folder / "plan.jsonl")
        assert 3 == school.json("plan", "nightly", "-o", path)["adopted"]
        assert 0 == school.dss("apply", path).exit_code
        assert [
            (1, "1", "lovelace"),
            (2, "2", "bob"),
            (3, None, "kim"),
            (4, "4", "ada"),
            (5, "3", "kim.2"),
        ] == school.sql("SELECT id, number, login FROM person ORDER BY id")
        assert 0 == school.json("plan", "nightly")["differences"]
