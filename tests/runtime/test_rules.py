"""The rules that hold a run: the table row by row, and what is true of every case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Guard, Limit
from dss_runtime._limits import Age, Least, shown_duration
from dss_runtime._override import Override
from dss_runtime._rules import COUNTED, RULES, Case, Read, Touched, Verdict, judge
from dss_runtime._sync_rules import SourceLimits
from dss_runtime._trips import Passed, Trip
from dss_runtime._windows import Window, Windows
from tests.runtime.guard_table import NOW, TABLE, Row


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row.what))
def test_every_row_of_the_table(row: Row) -> None:
    """What is known of a run decides what holds it, and what is passed with which reason."""
    verdict = judge(row.case)

    assert (row.trips, row.passed) == (
        tuple(trip.name for trip in verdict.trips),
        tuple(each.why for each in verdict.passed),
    )


def test_every_rule_has_a_row_that_it_holds() -> None:
    """No rule is left out of the table, and none can be taken away unnoticed."""
    assert [rule.kind for rule in RULES] == [
        rule.kind
        for rule in RULES
        if any(name.partition(":")[0] == rule.kind for row in TABLE for name in row.trips)
    ]


@pytest.mark.parametrize("row", [row for row in TABLE if row.trips], ids=lambda row: str(row.what))
def test_every_row_says_what_is_wrong(row: Row) -> None:
    """Each trip is told with its branch and its limit."""
    for trip in judge(row.case).trips:
        assert str(trip).startswith(f"{trip.branch}: " if trip.branch else ("nothing", "only"))
        assert str(trip.limit) in str(trip)


_counts = st.integers(0, 400)
_limit = st.builds(
    Limit, st.integers(0, 400) | st.just(20), percent=st.booleans(), floor=st.sampled_from([0, 50])
)
_guards = st.dictionaries(
    st.sampled_from(["new", "changed", "old", "unreadable"]), _limit | st.tuples(_limit, _limit)
).map(Guard)
_maybe: st.SearchStrategy[int | None] = st.none() | _counts
_sources = st.builds(
    SourceLimits,
    max_age=st.none() | st.integers(1, 90).map(lambda hours: timedelta(hours=hours)),
    min_rows=st.integers(0, 100),
    min_share=st.sampled_from([0, 50, 90]),
    floor=st.sampled_from([0, 50]),
)
_touched = st.builds(
    Touched,
    branch=st.sampled_from(["students", "staff"]),
    counts=st.fixed_dictionaries(dict.fromkeys(COUNTED, _counts)),
    holds=_counts,
    guard=_guards,
    created=st.integers(0, 30),
    held=_maybe,
    limits=_sources,
    nothing_read=st.booleans(),
)
_read = st.builds(
    Read,
    branch=st.sampled_from(["Left.students", "Left.staff"]),
    records=_counts,
    unreadable=_counts,
    guard=_guards,
    rows=_maybe,
    size=_maybe,
    modified=st.none() | st.integers(-90, 90).map(lambda hours: NOW - timedelta(hours=hours)),
    rows_before=_maybe,
    size_before=_maybe,
    limits=_sources,
)
_windows = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(
        lambda pair: Window(date(2026, 11, 20 + min(pair)), date(2026, 11, 20 + max(pair)))
    ),
    max_size=2,
).map(tuple)
_cases = st.builds(
    Case,
    now=st.just(NOW),
    source=st.just("Left"),
    touched=st.lists(_touched, max_size=2, unique_by=lambda each: each.branch).map(tuple),
    read=st.lists(_read, max_size=2, unique_by=lambda each: each.branch).map(tuple),
    windows=st.builds(Windows, blackout=_windows, additions_only=_windows),
)


def names(verdict: Verdict) -> set[str]:
    """Return what a run is held by."""
    return {trip.name for trip in verdict.trips}


@given(_cases, st.data())
def test_more_of_anything_never_frees_a_run(case: Case, data: st.DataObject) -> None:
    """More records, fewer rows or bytes, an older source: what tripped still trips."""
    more = data.draw(st.integers(1, 500))
    worse = replace(
        case,
        touched=tuple(
            replace(each, counts={kind: count + more for kind, count in each.counts.items()})
            for each in case.touched
        ),
        read=tuple(
            replace(
                each,
                rows=None if each.rows is None else max(0, each.rows - more),
                size=None if each.size is None else max(0, each.size - more),
                modified=each.modified
                if each.modified is None or each.modified > NOW
                else each.modified - timedelta(hours=more),
            )
            for each in case.read
        ),
    )

    assert names(judge(case)) <= names(judge(worse))


@given(_cases, st.integers(1, 9))
def test_a_share_is_the_same_for_every_size_of_school(case: Case, times: int) -> None:
    """Where all limits are shares without floors, only the proportions count."""

    def scaled(by: int) -> Case:
        return replace(
            case,
            touched=tuple(
                replace(
                    each,
                    counts={kind: count * by for kind, count in each.counts.items()},
                    holds=(each.holds + 51) * by,
                    created=0,
                    held=None if each.held is None else each.held * by,
                    guard=shares(each.guard),
                    limits=replace(each.limits, floor=0),
                )
                for each in case.touched
            ),
            read=tuple(
                replace(
                    each,
                    records=each.records * by,
                    unreadable=each.unreadable * by,
                    guard=shares(each.guard),
                    rows=None if each.rows is None else each.rows * by,
                    size=None if each.size is None else each.size * by,
                    rows_before=None if each.rows_before is None else each.rows_before * by,
                    size_before=None if each.size_before is None else each.size_before * by,
                    limits=replace(each.limits, floor=0, min_rows=0),
                )
                for each in case.read
            ),
        )

    def shares(guard: Guard) -> Guard:
        return Guard(
            {
                kind: tuple(Limit(each.amount, percent=True) for each in guard.of(kind))
                for kind in guard.limits
            }
        )

    assert names(judge(scaled(1))) == names(judge(scaled(times)))


@given(_cases, st.data())
def test_an_override_touches_only_what_it_names(case: Case, data: st.DataObject) -> None:
    """What it names is passed with its reason, if it tripped at all; everything else trips as before."""
    without = judge(case)
    every = [*sorted(names(without)), "old:nobody", "new:students", "blackout"]
    named = data.draw(st.lists(st.sampled_from(every), min_size=1, unique=True))

    found = judge(case, Override(tuple(named), "ticket 4711"))

    assert names(without) - set(named) == names(found)
    assert [trip for trip in without.trips if trip.name not in named] == list(found.trips)
    assert {
        *without.passed,
        *(Passed(t.name, str(t), "override: ticket 4711") for t in without.trips if t.name in named),
    } == set(found.passed)


@given(_cases, _cases)
def test_two_sets_of_rules_hold_what_either_holds(one: Case, other: Case) -> None:
    """Where a run is under several syncs' rules, it is held by all of them, each reason told once."""
    both = judge(one) + judge(other)

    assert names(judge(one)) | names(judge(other)) == names(both)
    assert len(both.trips) == len(names(both))
    assert names(both).isdisjoint(each.name for each in both.passed)


@given(_cases)
def test_judging_changes_nothing_and_is_the_same_again(case: Case) -> None:
    """The verdict is a function of the values."""
    assert judge(case) == judge(case)


@pytest.mark.parametrize(
    ("names_", "reason"), [((), "why"), (("old:students",), ""), (("old:students",), " \n")]
)
def test_an_override_names_something_and_gives_a_reason(names_: tuple[str, ...], reason: str) -> None:
    """Neither is left out."""
    with pytest.raises(ValueError, match="an override"):
        Override(names_, reason)


def test_an_override_is_good_up_to_its_day() -> None:
    """On the day it is good, the day after it is not; without a day it is good."""
    until = Override(("blackout",), "why", date(2026, 11, 30))

    assert [False, True] == [until.expired(day) for day in (date(2026, 11, 30), date(2026, 12, 1))]
    assert not Override(("blackout",), "why").expired(date(9999, 1, 1))


def test_an_override_is_the_same_in_whatever_order_it_is_given() -> None:
    """Names are sorted, told once, and the reason stripped."""
    given_ = Override(("b", "a", "b"), "  why ")

    assert Override(("a", "b"), "why") == given_
    assert {"names": ["a", "b"], "reason": "why", "until": None} == given_.json()


def test_windows_begin_and_end_at_midnight_in_their_zone() -> None:
    """A window that would end before it begins is none; one that is open says where its days are."""
    with pytest.raises(ValueError, match="ends on 2026-11-24, before it begins on 2026-11-25"):
        Window(date(2026, 11, 25), date(2026, 11, 24))
    window = Window(date(2026, 11, 25), date(2026, 11, 25))
    dark = Windows(UTC, (window,))
    times = [datetime(2026, 11, 25, tzinfo=UTC) + timedelta(microseconds=each) for each in (-1, 0)]
    assert [None, "on 2026-11-25 (UTC)"] == [found and str(found) for found in map(dark.dark, times)]


@given(st.integers(0, 10**6))
def test_a_duration_is_told_in_a_unit_that_a_person_uses(minutes: int) -> None:
    """Minutes up to two hours, hours up to three days, days from then on."""
    number, unit = shown_duration(timedelta(minutes=minutes)).split()
    expected = "minute" if minutes < 120 else "hour" if minutes < 60 * 72 else "day"
    size = {"minute": 1, "hour": 60, "day": 1440}[expected]

    assert expected == unit.removesuffix("s")
    assert ("1" == number) == (not unit.endswith("s"))
    assert abs(float(number) - minutes / size) < 0.0501


MESSAGES: tuple[tuple[Trip, str], ...] = (
    (Trip("a", "new", 2, 3, Limit(1)), "a: 2 new records of 3, the limit is 1"),
    (Trip("a", "changed", 2, 3, Limit(1)), "a: 2 changed records of 3, the limit is 1"),
    (Trip("a", "old", 2, 3, Limit(10, percent=True)), "a: 2 old records of 3, the limit is 10 %"),
    (
        Trip("a", "empty", 2, 3, Limit(1)),
        "a: 2 old records of 3, the limit is 1, and the source gave no row at all",
    ),
    (Trip("L.a", "unreadable", 2, 3, Limit(1)), "L.a: 2 unreadable rows of 3, the limit is 1"),
    (
        Trip("L.a", "stale", 108000, 93600, Age(timedelta(hours=26))),
        "L.a: its source was last written 30 hours ago, the limit is 26 hours",
    ),
    (
        Trip("L.a", "stale", -108000, 93600, Age(timedelta(hours=26))),
        "L.a: its source is dated 30 hours ahead of the clock, the limit is 26 hours",
    ),
    (
        Trip("L", "undated", 0, 0, Age(timedelta(days=4))),
        "L: nothing tells how old its sources are, the limit is 4 days",
    ),
    (
        Trip("L.a", "rows", 2, 9, Least(50, percent=True)),
        "L.a: 2 rows after 9 in the last good run, at least 50 % are expected",
    ),
    (Trip("L.a", "rows", 2, 0, Least(800)), "L.a: 2 rows, at least 800 are expected"),
    (
        Trip("L.a", "size", 2, 9, Least(50, percent=True)),
        "L.a: 2 bytes after 9 in the last good run, at least 50 % are expected",
    ),
    (
        Trip("a", "target", 2, 9, Least(50, percent=True)),
        "a: the target holds 2 records after 9 in the last good run, at least 50 % are expected",
    ),
    (
        Trip("", "blackout", 0, 0, Window(date(2026, 12, 24), date(2027, 1, 2), "Europe/Vienna")),
        "nothing runs from 2026-12-24 to 2027-01-02 (Europe/Vienna)",
    ),
    (
        Trip("", "additions_only", 5, 0, Window(date(2026, 12, 24), date(2026, 12, 24))),
        "only additions run on 2026-12-24, and 5 records would be changed or removed",
    ),
)


@pytest.mark.parametrize(("trip", "message"), MESSAGES, ids=lambda each: getattr(each, "name", ""))
def test_what_holds_a_run_reads_well(trip: Trip, message: Any) -> None:
    """Each kind says what was found, and what would have been right."""
    assert message == str(trip)
