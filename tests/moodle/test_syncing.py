"""A school and its Moodle are brought in step, by whichever way it is read."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.moodle.academy import BY_SERVICES, SCHOOL, academy, course, made, outcomes, person, registry, sync
from tests.moodle.stand_in import tables as t
from tests.moodle.stand_in.server import StandIn

WAYS = pytest.mark.parametrize("way", ["database", "services"])


def settings(way: str, database: str) -> dict[str, object]:
    """Return what a tree needs beside the site to read it that way."""
    return {"database": database} if way == "database" else {}


def branches(way: str) -> tuple[str, ...]:
    """Return what can be read that way."""
    return () if way == "database" else BY_SERVICES


def rows(stand_in: StandIn, table: Any, **where: Any) -> list[Any]:
    """Return rows of the site."""
    with stand_in.site.transaction() as found:
        return found.many(table, **where)


@WAYS
def test_a_school_of_every_kind_of_record_converges(stand_in: StandIn, database: str, way: str) -> None:
    """All nine kinds are created, read back equal, and need no second run; what others made stays."""
    left, more = registry(**SCHOOL), settings(way, database)
    result = sync(left, academy(stand_in, **more), *branches(way))
    assert {} == {what: how for what, how in outcomes(result).items() if how[0] != "applied"}
    again = sync(left, academy(stand_in, **more), *branches(way))
    assert (0, True) == (len(again), len(result) > 15)
    assert {"guest", "admin", "wsuser"} <= {each.username for each in rows(stand_in, t.user)}


@WAYS
def test_who_leaves_is_suspended_and_comes_back(stand_in: StandIn, database: str, way: str) -> None:
    """An account and an enrolment are suspended, not deleted; their return brings back what was there."""
    more = settings(way, database)
    sync(registry(**SCHOOL), academy(stand_in, **more), *branches(way))
    held = {each.username: each.id for each in rows(stand_in, t.user)}
    gone = {name: [each for each in records if "1" not in vars_of(each)] for name, records in SCHOOL.items()}
    result = sync(registry(**gone), academy(stand_in, **more), *branches(way))
    assert result.ok, outcomes(result)
    assert [1] == [each.suspended for each in rows(stand_in, t.user, username="u1")]
    assert {1} == {each.status for each in rows(stand_in, t.user_enrolments, userid=held["u1"])}
    assert 0 == len(sync(registry(**gone), academy(stand_in, **more), *branches(way)))
    back = sync(registry(**SCHOOL), academy(stand_in, **more), *branches(way))
    assert back.ok, outcomes(back)
    assert held == {each.username: each.id for each in rows(stand_in, t.user)}
    assert {0} == {each.status for each in rows(stand_in, t.user_enrolments, userid=held["u1"])}
    assert 0 == len(sync(registry(**SCHOOL), academy(stand_in, **more), *branches(way)))


def vars_of(record: Any) -> list[object]:
    """Return the values of a record."""
    return [getattr(record, each.name) for each in record.__dss__.fields]


@WAYS
def test_what_changes_is_changed_and_nothing_else(stand_in: StandIn, database: str, way: str) -> None:
    """Names, addresses, a course's category and a role change; only what differs is sent."""
    more = settings(way, database)
    sync(registry(**SCHOOL), academy(stand_in, **more), *branches(way))
    changed = {name: list(records) for name, records in SCHOOL.items()}
    changed["people"][0] = person("1", family="Other", city="Oslo")
    changed["courses"][0] = course("ALG", "Y1A", title="Algebra")
    changed["categories"][1] = made("categories", code="Y1A", name="Mathematics", above="Y1")
    changed["cohorts"][0] = made("cohorts", code="ALL", name="All of us")
    changed["groups"][0] = made("groups", code="ALG-1", name="Section one", course="ALG")
    changed["enrolments"][0] = dataclasses.replace(changed["enrolments"][0], role="editingteacher")
    result = sync(registry(**changed), academy(stand_in, **more), *branches(way))
    assert result.ok, outcomes(result)
    assert 8 == len(result)
    assert 0 == len(sync(registry(**changed), academy(stand_in, **more), *branches(way)))
    (one,) = rows(stand_in, t.user, username="u1")
    held = rows(stand_in, t.role_assignments, userid=one.id)
    context = [each.id for each in rows(stand_in, t.context, contextlevel=50)]
    assert [3, 5] == sorted(each.roleid for each in held if each.contextid in context)


@WAYS
def test_everything_that_can_go_goes(stand_in: StandIn, database: str, way: str) -> None:
    """Memberships, groups, cohorts and categories are removed where the source has none any more."""
    more = settings(way, database)
    sync(registry(**SCHOOL), academy(stand_in, **more), *branches(way))
    left = registry(people=SCHOOL["people"])
    result = sync(left, academy(stand_in, **more), *branches(way))
    assert result.ok, outcomes(result)
    assert [[], [], [], []] == [
        rows(stand_in, each) for each in (t.cohort, t.cohort_members, t.groups, t.groups_members)
    ]
    assert {0} == {each.visible for each in rows(stand_in, t.course) if each.category}


def test_a_record_of_others_is_neither_seen_nor_touched(stand_in: StandIn, database: str) -> None:
    """What has no number of ours stays, with its memberships."""
    with stand_in.site.transaction() as site:
        user = site.insert(t.user, username="byhand", firstname="By", lastname="Hand", email="by@hand")
        cohort = site.insert(t.cohort, contextid=1, name="By hand", idnumber=None)
        site.insert(t.cohort_members, cohortid=cohort, userid=user)
    for way in ("database", "services"):
        assert sync(registry(**SCHOOL), academy(stand_in, **settings(way, database)), *branches(way)).ok
    assert [user] == [each.userid for each in rows(stand_in, t.cohort_members, cohortid=cohort)]
