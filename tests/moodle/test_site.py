"""The adapter's kinds of records, one by one, on a real Moodle, or on the stand-in where none is named.

`DSS_TEST_MOODLE_URL` and `DSS_TEST_MOODLE_TOKEN` name a real one; with `DSS_TEST_MOODLE_DB` it is read from
its database. Every idnumber, user name and short name begins with a prefix of this run alone: nothing else is
written, and all that has it is removed at the end, after a failure too.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from dss_runtime import DataStoreTree
from dss_runtime.adapters.moodle._encoding import Value
from dss_runtime.adapters.moodle._moodle import Moodle
from dss_runtime.adapters.moodle._settings import settings_of
from dss_runtime.adapters.moodle.resources import RESOURCES
from dss_runtime.adapters.moodle.resources._base import Row
from tests.moodle.stand_in.server import TOKEN, StandIn

_REMOVED = ("cohorts", "courses", "categories", "users")
"""What is removed at the end, in this order; the rest goes with it."""


class Site:
    """A Moodle, and what this run alone has in it."""

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._settings = settings_of(DataStoreTree(settings=dict(settings)))
        self.prefix = f"dss{uuid.uuid4().hex[:10]}-"

    def write(self, how: str, resource: str, *rows: Row) -> list[str]:
        """Create, change or remove records; return why not, "" for those that were."""
        moodle = Moodle(self._settings)
        try:
            getattr(RESOURCES[resource], how)(moodle, rows)
        finally:
            moodle.close()
        return ["nothing" if row.outcome is None else row.outcome.reason for row in rows]

    def read(self, resource: str) -> list[Mapping[str, Any]]:
        """Return this run's records of a kind."""
        moodle, kind = Moodle(self._settings), RESOURCES[resource]
        try:
            if moodle.database is None:
                found = list(kind.read(moodle))
            else:
                with moodle.database.rows(*kind.query(moodle)) as rows:
                    found = [dict(zip(kind.columns, row, strict=True)) for row in rows]
        finally:
            moodle.close()
        return [each for each in found if str(each[kind.keys[0]] or "").startswith(self.prefix)]

    def row(self, resource: str, *key: str, **values: Value) -> Row:
        """Return a record of this run, to be written."""
        named = {
            column: f"{self.prefix}{each}" for column, each in zip(RESOURCES[resource].keys, key, strict=True)
        }
        return Row(named, {**named, **values} if "idnumber" in named else dict(values))

    def clean(self) -> None:
        """Remove all that this run has made."""
        for resource in _REMOVED:
            keys = sorted((str(each["idnumber"]) for each in self.read(resource)), reverse=True)
            assert [""] * len(keys) == self.write(
                "remove", resource, *(Row({"idnumber": each}, {}) for each in keys)
            )


@pytest.fixture(params=["services", "database"])
def site(request: pytest.FixtureRequest, stand_in: StandIn, database: str) -> Iterator[Site]:
    """The Moodle that the environment names, else the stand-in, read in one of the two ways."""
    url = os.environ.get("DSS_TEST_MOODLE_URL")
    settings: dict[str, object] = {"url": url or stand_in.url}
    settings["token"] = os.environ.get("DSS_TEST_MOODLE_TOKEN", "") if url else TOKEN
    if request.param == "database":
        address = os.environ.get("DSS_TEST_MOODLE_DB") if url else database
        if not address:
            pytest.skip("DSS_TEST_MOODLE_DB does not name the database of the Moodle")
        settings["database"] = address
    made = Site(settings)
    try:
        yield made
    finally:
        made.clean()
        assert [[]] * len(_REMOVED) == [made.read(each) for each in _REMOVED]


def people(site: Site, *numbers: str) -> list[Row]:
    """Return accounts that are to be made."""
    return [
        site.row(
            "users",
            each,
            username=f"{site.prefix}{each}",
            firstname="Zoë",
            lastname="Ødegård & Nuñez",
            email=f"{site.prefix}{each}@example.org",
        )
        for each in numbers
    ]


def test_accounts(site: Site) -> None:
    """Accounts are made, read back, suspended, brought back and deleted; one that is taken fails alone."""
    assert ["", ""] == site.write("create", "users", *people(site, "1", "2"))
    assert [("Zoë", "Ødegård & Nuñez", False)] * 2 == [
        (each["firstname"], each["lastname"], bool(each["suspended"])) for each in site.read("users")
    ]
    taken = people(site, "3", "4")
    taken[0].values["username"] = f"{site.prefix}1"
    refused, fine = site.write("create", "users", *taken)
    assert ("the username is that of the account" in refused, fine) == (True, "")
    for suspended in (True, False):
        assert [""] == site.write("change", "users", site.row("users", "1", suspended=suspended))
        states = {each["idnumber"]: bool(each["suspended"]) for each in site.read("users")}
        assert suspended == states[f"{site.prefix}1"]
    assert [""] == site.write("remove", "users", site.row("users", "2"))
    assert [""] == site.write("create", "users", *people(site, "2"))


def test_courses_and_who_is_in_them(site: Site) -> None:
    """Courses, enrolments, groups and their members are made, changed and removed."""
    assert ["", ""] == site.write("create", "users", *people(site, "1", "2"))
    assert [""] == site.write("create", "categories", site.row("categories", "Y", name="Year & all"))
    category = f"{site.prefix}Y"
    course = site.row(
        "courses", "A", shortname=f"{site.prefix}A", fullname="Arts & Crafts", category=category
    )
    assert [""] == site.write("create", "courses", course)
    (held,) = site.read("courses")
    assert ("Arts & Crafts", category) == (held["fullname"], held["category"])
    enrolments = [site.row("enrolments", "A", each, role="student") for each in ("1", "2")]
    assert ["", ""] == site.write("create", "enrolments", *enrolments)
    change = site.row("enrolments", "A", "2", suspended=True)
    assert [""] == site.write("change", "enrolments", change)
    assert {("1", "student", False), ("2", "student", True)} == {
        (each["person"].removeprefix(site.prefix), each["role"], bool(each["suspended"]))
        for each in site.read("enrolments")
    }
    group = site.row("groups", "G", name="Group & all", course=f"{site.prefix}A")
    assert [""] == site.write("create", "groups", group)
    members = [site.row("group_members", "G", each) for each in ("1", "9")]
    fine, unknown = site.write("create", "group_members", *members)
    assert ("", True) == (fine, "none of the users" in unknown)
    assert 1 == len(site.read("group_members"))
    assert [""] == site.write("remove", "enrolments", site.row("enrolments", "A", "1"))
    assert [] == site.read("group_members")


def test_cohorts(site: Site) -> None:
    """Cohorts are made, renamed and filled; adding and removing somebody twice is harmless."""
    assert [""] == site.write("create", "users", *people(site, "1"))
    assert [""] == site.write("create", "cohorts", site.row("cohorts", "C", name="You & me"))
    assert [""] == site.write("change", "cohorts", site.row("cohorts", "C", name="All & sundry"))
    assert ["All & sundry"] == [each["name"] for each in site.read("cohorts")]
    for how, left in (("create", 1), ("create", 1), ("remove", 0), ("remove", 0)):
        assert [""] == site.write(how, "cohort_members", site.row("cohort_members", "C", "1"))
        assert left == len(site.read("cohort_members"))
