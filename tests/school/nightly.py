"""A school in a folder of its own, its nightly sync, and the rows of its Moodle."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from dss_runtime import Policy, SyncResult
from examples.school.data import Manifest, write_school
from generated.trees import Moodle, PowerSchool
from generated.wiring import SYNCS, make_moodle, make_power_school

Row: TypeAlias = Mapping[str, Any]
Dump: TypeAlias = Mapping[str, Mapping[int, Row]]
"""Every row of the database, by table and id."""

NIGHTLY = SYNCS["nightly"].branches

ROWS_OF_USER = ("mdl_user_enrolments", "mdl_cohort_members", "mdl_groups_members", "mdl_role_assignments")
"""The tables that say something about a user by `userid`."""


@dataclass(frozen=True)
class School:
    """The files and the database of a school."""

    folder: Path
    manifest: Manifest

    @classmethod
    def write(cls, folder: Path, *, students: int, seed: int = 1) -> School:
        """Make a school in *folder*."""
        return cls(folder, write_school(folder, students=students, seed=seed))

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.folder / self.manifest.database

    def power_school(self) -> PowerSchool:
        """Return the tree of the files, not read yet."""
        return make_power_school({"folder": str(self.folder)})

    def moodle(self) -> Moodle:
        """Return the tree of the database, not read yet."""
        return make_moodle({"url": f"sqlite:///{self.database}"})

    def sync(self, *, guarded: bool = True) -> SyncResult:
        """Read both sides and bring Moodle in step."""
        left, right = self.power_school(), self.moodle()
        left.load()
        right.load()
        return left.sync(right, branches=NIGHTLY, policy=Policy(guarded=guarded, sleep=lambda _: None))

    def differences(self) -> list[str]:
        """Read both sides afresh and return what differs."""
        left, right = self.power_school(), self.moodle()
        left.load()
        right.load()
        return [action.message for action in left.diff(right, branches=NIGHTLY)]

    def dump(self) -> Dump:
        """Return every row of the database."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return {
                name: {row["id"]: dict(row) for row in connection.execute(f"SELECT * FROM {name}")}
                for (name,) in tables.fetchall()
            }


def user_of(dump: Dump, idnumber: str) -> Row:
    """Return the one account with a number."""
    (found,) = (row for row in dump["mdl_user"].values() if row["idnumber"] == idnumber)
    return found


def rows_about(dump: Dump, idnumber: str) -> Mapping[str, list[Row]]:
    """Return all that the database says about a person, by table: account, context, memberships, roles."""
    user = user_of(dump, idnumber)
    contexts = [
        row
        for row in dump["mdl_context"].values()
        if (row["contextlevel"], row["instanceid"]) == (30, user["id"])
    ]
    assigned = dump["mdl_role_assignments"].values()
    links = [row for row in assigned if any(row["contextid"] == each["id"] for each in contexts)]
    about = {
        table: [row for row in dump[table].values() if row["userid"] == user["id"]] for table in ROWS_OF_USER
    }
    return {"mdl_user": [user], "mdl_context": contexts, "links": links, **about}


def enrolments(dump: Dump, idnumber: str) -> Mapping[str, Row]:
    """Return a person's manual enrolments by the number of the course."""
    user = user_of(dump, idnumber)["id"]
    found: dict[str, Row] = {}
    for row in dump["mdl_user_enrolments"].values():
        method = dump["mdl_enrol"][row["enrolid"]]
        if row["userid"] == user and method["enrol"] == "manual":
            found[dump["mdl_course"][method["courseid"]]["idnumber"]] = row
    return found


def dangling(dump: Dump) -> Iterator[str]:
    """Yield every reference to a row that does not exist."""
    references = (
        ("mdl_user_enrolments", "userid", "mdl_user"),
        ("mdl_user_enrolments", "enrolid", "mdl_enrol"),
        ("mdl_enrol", "courseid", "mdl_course"),
        ("mdl_enrol", "roleid", "mdl_role"),
        ("mdl_role_assignments", "userid", "mdl_user"),
        ("mdl_role_assignments", "roleid", "mdl_role"),
        ("mdl_role_assignments", "contextid", "mdl_context"),
        ("mdl_cohort_members", "userid", "mdl_user"),
        ("mdl_cohort_members", "cohortid", "mdl_cohort"),
        ("mdl_groups", "courseid", "mdl_course"),
        ("mdl_groups_members", "userid", "mdl_user"),
        ("mdl_groups_members", "groupid", "mdl_groups"),
    )
    for table, column, target in references:
        for row in dump[table].values():
            if row[column] not in dump[target]:
                yield f"{table} {row['id']}: {column} {row[column]}"
    for context in dump["mdl_context"].values():
        *above, own = context["path"].strip("/").split("/")
        whole = own == str(context["id"]) and len(above) + 1 == context["depth"]
        if not whole or any(int(number) not in dump["mdl_context"] for number in above):
            yield f"mdl_context {context['id']}: path {context['path']}, depth {context['depth']}"
