"""What is said of a change is what happens: the next night of a small school, before and after the change."""

from __future__ import annotations

import itertools
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dss_runtime.cli import app
from tests.breaking.versions import changes

SCHEMA = """\
models:
  Student:
    key: number
    fields:
      number: str
      name: str
      house: {enum: [lion, eagle]}
      email: {type: str, optional: true}
branches:
  students: {model: Student}
trees:
  Office: {adapter: csv, branches: {students: {path: students.csv, where: "year > 0"}}}
  Campus: {adapter: sql, branches: {students: {table: students, old: keep, sync: {house: fill_empty}}}}
syncs:
  nightly: {from: Office, to: Campus}
"""
FILE = "number,name,house,email,phone,year\n1,Ada,lion,ada@x,11,1\n2,Ben,eagle,BEN@x,,2\n"
ROWS = [
    ("1", "Ada", "eagle", "ada@x", None, None),
    ("2", "Ben", "eagle", "ben@x", None, None),
    ("3", "Cleo", "lion", None, None, None),
]
EMAIL = "      email: {type: str, optional: true}\n"
_NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True)
class School:
    """A project over a file and a database, whose schema has several versions."""

    root: Path

    def night(self, schema: str, command: str = "plan") -> dict[str, Any]:
        """Generate from *schema*, and return the report of a plan or sync. Its packages have new names."""
        number = next(_NUMBERS)
        (self.root / "schema").mkdir(exist_ok=True)
        (self.root / "schema" / "school.yaml").write_text(schema)
        (self.root / "dss.toml").write_text(
            f'generated = "effect{number}"\nhandlers = "effect{number}_handlers"\n'
            '[trees.Office]\nfolder = "."\n[trees.Campus]\nurl = "sqlite:///campus.sqlite"\n'
        )
        done = CliRunner().invoke(app, ["-C", str(self.root), "generate"])
        assert 0 == done.exit_code, done.stderr
        told = CliRunner().invoke(app, ["-C", str(self.root), command, "nightly", "--json"])
        found: dict[str, Any] = json.loads(told.stdout)
        return found

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with sqlite3.connect(self.root / "campus.sqlite") as base:
            found = base.execute("SELECT * FROM students ORDER BY number").fetchall()
        base.close()
        return found


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """A school whose database has one student more than the office, and other values for some."""
    path, modules = list(sys.path), set(sys.modules)
    (tmp_path / "students.csv").write_text(FILE)
    with sqlite3.connect(tmp_path / "campus.sqlite") as base:
        base.execute("CREATE TABLE students (number, name, house, email, phone, year)")
        base.executemany("INSERT INTO students VALUES (?, ?, ?, ?, ?, ?)", ROWS)
    base.close()
    yield School(tmp_path)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("effect"):
            del sys.modules[name]


def messages(report: dict[str, Any]) -> list[str]:
    """Return what a night would do."""
    return [each["message"] for each in report["actions"]]


def unreadable(report: dict[str, Any]) -> list[str]:
    """Return which rows could not be read, and where they stand."""
    return [f"{each['tree']}:{each['line']}" for each in report["unreadable"]]


NIGHT = ["changed_students_email(number='2', old='ben@x', new='BEN@x')"]
"""What the schema as it is does."""


def test_before_any_change_one_value_differs(school: School) -> None:
    """The schema as it is: one email differs, a house belongs to the campus, and who left is kept."""
    assert NIGHT == messages(school.night(SCHEMA))


Effect = Callable[[School, dict[str, Any]], object]
CASES: dict[str, tuple[Callable[[str], str], Effect, object]] = {
    "field-added": (
        lambda text: text.replace(EMAIL, f"{EMAIL}      phone: {{type: str, optional: true}}\n"),
        lambda school, report: (messages(report), messages(_sync(school)), _left(school)),
        ([*NIGHT, "changed_students_phone(number='1', old=None, new='11')"][::-1],) * 2 + ([],),
    ),
    "field-added-required": (
        lambda text: text.replace(EMAIL, f"{EMAIL}      phone: int\n"),
        lambda _, report: (unreadable(report), messages(report)),
        (["Office:3", "Campus:1", "Campus:2", "Campus:3"], []),
    ),
    "field-required": (
        lambda text: text.replace(EMAIL, "      email: str\n"),
        lambda _, report: (unreadable(report), messages(report)),
        (["Campus:3"], NIGHT),
    ),
    "field-removed": (
        lambda text: text.replace(EMAIL, ""),
        lambda school, report: (messages(report), _sync(school)["state"], school.rows),
        ([], "in_step", ROWS),
    ),
    "key-changed": (
        lambda text: text.replace("key: number", "key: [number, house]").replace(
            "old: keep, sync: {house: fill_empty}", "old: delete"
        ),
        lambda _, report: messages(report),
        [
            "new_students(number='1', house='lion')",
            *(each.replace("'2',", "'2', house='eagle',") for each in NIGHT),
            "old_students(number='1', house='eagle')",
            "old_students(number='3', house='lion')",
        ],
    ),
    "enum-member-removed": (
        lambda text: text.replace("[lion, eagle]", "[lion]"),
        lambda _, report: (unreadable(report), messages(report)),
        (["Office:3", "Campus:1", "Campus:2"], []),
    ),
    "compare-changed": (
        lambda text: text.replace("optional: true}", "optional: true, compare: casefold}"),
        lambda _, report: messages(report),
        [],
    ),
    "old-deleted": (
        lambda text: text.replace("old: keep, ", ""),
        lambda _, report: messages(report),
        [*NIGHT, "old_students(number='3')"],
    ),
    "old-set-aside": (
        lambda text: text.replace("old: keep", "old: {set: {year: 0}}, returns: {set: {year: 1}}"),
        lambda school, _: (_sync(school)["state"], school.rows[2], _left(school)),
        ("applied", ("3", "Cleo", "lion", None, None, 0), []),
    ),
    "sync-policy-widened": (
        lambda text: text.replace(", sync: {house: fill_empty}", ""),
        lambda _, report: messages(report),
        ["changed_students_house(number='1', old='eagle', new='lion')", *NIGHT],
    ),
    "where-changed": (
        lambda text: text.replace("year > 0", "year > 1").replace("old: keep, ", ""),
        lambda _, report: messages(report),
        [*NIGHT, "old_students(number='1')", "old_students(number='3')"],
    ),
    "column-changed": (
        lambda text: text.replace("path: students.csv, ", "path: students.csv, columns: {email: mail}, "),
        lambda _, report: (report["state"], "the header has no column 'mail'" in report["held"]),
        ("held", True),
    ),
    "field-renamed": (
        lambda text: text.replace(EMAIL, EMAIL.replace("email: {", "mail: {renamed_from: email, "))
        .replace("path: students.csv, ", "path: students.csv, columns: {mail: email}, ")
        .replace("table: students, ", "table: students, columns: {mail: email}, "),
        lambda _, report: (messages(report), report["renames"]["attributes"]),
        (["changed_students_mail(number='2', old='ben@x', new='BEN@x')"], {"students.mail": "email"}),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("rule", CASES)
def test_a_change_does_what_is_said(school: School, rule: str) -> None:
    """The change falls under its rule, and the next night does what the rule's effect says."""
    change, effect, expected = CASES[rule]
    assert rule in {each.rule for each in changes(SCHEMA, change(SCHEMA))}
    assert expected == effect(school, school.night(change(SCHEMA)))


def _now(school: School) -> str:
    return (school.root / "schema" / "school.yaml").read_text()


def _sync(school: School) -> dict[str, Any]:
    return school.night(_now(school), "sync")


def _left(school: School) -> list[str]:
    """Return what is left for the night after."""
    return messages(school.night(_now(school)))
