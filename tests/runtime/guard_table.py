"""The guard's table, row by row: what is known of a run, and what holds it.

Each rule has rows at its limit, just beyond it, and where it has nothing to go by.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dss_runtime import Guard, Limit
from dss_runtime._guard import DEFAULT_GUARD
from dss_runtime._rules import Case, Read, Touched
from dss_runtime._sync_rules import SourceLimits
from dss_runtime._windows import Window, Windows

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
DAY = SourceLimits(max_age=timedelta(hours=26))


@dataclass(frozen=True)
class Row:
    """A run as it is known before anything is written, the trips that hold it, and what is passed."""

    what: str
    case: Case
    trips: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


def touched(
    holds: int, guard: dict[str, Any] | None = None, *, more: dict[str, Any] | None = None, **counts: int
) -> Case:
    """Return a run that touches *counts* of the students that the target *holds*."""
    found = DEFAULT_GUARD if guard is None else Guard(guard)
    made: Any = counts
    each = Touched(branch="students", holds=holds, guard=found, counts=made, **(more or {}))
    return Case(now=NOW, source="Left", touched=(each,))


def read(**known: Any) -> Case:
    """Return a run whose students' source is *known* so far."""
    return Case(now=NOW, source="Left", read=(Read(branch="Left.students", **known),))


def dark(windows: tuple[Window, ...], zone: tzinfo = UTC, now: datetime = NOW) -> Case:
    """Return a run of a sync with blackouts."""
    return Case(now=now, source="Left", windows=Windows(zone, blackout=windows))


def narrow(windows: tuple[Window, ...], **counts: int) -> Case:
    """Return a run of a sync with windows for additions."""
    found: Any = counts
    return replace(touched(100, **found), windows=Windows(additions_only=windows))


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment in November."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def share(amount: float) -> SourceLimits:
    """Return a share of the last good run that somebody has set."""
    return SourceLimits(min_share=amount, floor=0)


def rows(least: int) -> SourceLimits:
    """Return the least number of rows."""
    return SourceLimits(min_rows=least)


def percent(amount: float) -> Limit:
    """Return a share."""
    return Limit(amount, percent=True)


def days(first: str, last: str = "") -> tuple[Window, ...]:
    """Return one window."""
    return (Window(date.fromisoformat(first), date.fromisoformat(last or first)),)


VIENNA = ZoneInfo("Europe/Vienna")
TODAY = days("2026-11-25")
_FIRST = "a first load: the target held {} before it, and up to 50 count as none"

BOTH = (Limit(25), percent(10))
OLD = ("old:students",)
NEW = ("new:students",)
CHANGED = ("changed:students",)
EMPTY = ("empty:students",)
ROWS = ("rows:Left.students",)
SIZE = ("size:Left.students",)
STALE = ("stale:Left.students",)
TARGET = ("target:students",)
UNREADABLE = ("unreadable:Left.students",)
DARK = ("blackout",)
NARROW = ("additions_only",)

TABLE: tuple[Row, ...] = (
    # -- old: by default 20 %, and 50 in any case
    Row("nothing at all", touched(1000)),
    Row("old, at the default", touched(1000, old=200)),
    Row("old, beyond it", touched(1000, old=201), OLD),
    Row("old, few of few", touched(50, old=50)),
    Row("old, more than few of few", touched(51, old=51), OLD),
    Row("old, at a count", touched(1000, {"old": Limit(25)}, old=25)),
    Row("old, beyond a count", touched(1000, {"old": Limit(25)}, old=26), OLD),
    Row("old, at a share", touched(250, {"old": percent(10)}, old=25)),
    Row("old, beyond a share", touched(250, {"old": percent(10)}, old=26), OLD),
    Row("old, a share of nothing", touched(0, {"old": percent(10)}, old=1), OLD),
    Row("old, none allowed", touched(9, {"old": Limit(0)}, old=1), OLD),
    Row("old, all allowed", touched(9000, {"old": percent(100)}, old=9000)),
    Row("old, two limits, both kept", touched(250, {"old": BOTH}, old=25)),
    Row("old, two limits, the count", touched(999, {"old": BOTH}, old=26), OLD),
    Row("old, two limits, the share", touched(99, {"old": BOTH}, old=10), OLD),
    Row("old, no limit", touched(9, {}, old=9)),
    Row("old, disabled by a change", touched(1000, changed=201, disabled=201), OLD),
    Row("old, some disabled by a change", touched(1000, changed=101, old=100, disabled=101), OLD),
    # -- empty: old records of a source without a row
    Row("empty, nothing old", touched(9, old=0, more={"nothing_read": True})),
    Row("empty, one old", touched(9, old=1, more={"nothing_read": True})),
    Row("empty, few old", touched(9, old=2, more={"nothing_read": True}), EMPTY),
    Row("empty, all allowed", touched(9, {"old": percent(100)}, old=9, more={"nothing_read": True})),
    # -- changed: by default 75 %, and 50 in any case
    Row("changed, at the default", touched(1000, changed=750)),
    Row("changed, beyond it", touched(1000, changed=751), CHANGED),
    Row("changed, few of few", touched(50, changed=50)),
    Row("changed, beyond a count", touched(1000, {"changed": Limit(3)}, changed=4), CHANGED),
    # -- new: by default 50 %, and 50 in any case; a share of nothing says nothing
    Row("new, at the default", touched(1000, new=500)),
    Row("new, beyond it", touched(1000, new=501), NEW),
    Row("new, few of few", touched(51, new=50)),
    Row("new, everybody again", touched(51, new=51), NEW),
    Row("new, into nothing", touched(0, new=51), (), (_FIRST.format(0),)),
    Row("new, into nearly nothing", touched(50, new=5000), (), (_FIRST.format(50),)),
    Row("new, into nothing, few", touched(0, new=50)),
    Row("new, a first load goes on", touched(100, new=400, more={"created": 98}), (), (_FIRST.format(2),)),
    Row("new, a part of it was there", touched(1000, new=4000, more={"created": 900}), NEW),
    Row("new, interrupted after a good run", touched(198, new=300, more={"created": 198, "held": 100}), NEW),
    Row("new, all that a run of few has left", touched(60, new=300, more={"created": 20, "held": 40}), (),
        (_FIRST.format(40),)),
    Row("new, a count into nothing", touched(0, {"new": Limit(500)}, new=501), NEW),
    Row("new, a share into nothing", touched(0, {"new": percent(5)}, new=9), (), (_FIRST.format(0),)),
    Row("new, two limits, into nothing", touched(0, {"new": (percent(5), Limit(8))}, new=9), NEW),
    # -- unreadable, of either side
    Row("unreadable, at the default", read(records=900, unreadable=100)),
    Row("unreadable, beyond it", read(records=899, unreadable=101), UNREADABLE),
    Row("unreadable, few of few", read(records=0, unreadable=50)),
    # -- stale: older than max_age, either way
    Row("stale, nothing is asked", read(modified=NOW - timedelta(days=900))),
    Row("stale, at the limit", read(modified=NOW - timedelta(hours=26), limits=DAY)),
    Row("stale, beyond it", read(modified=NOW - timedelta(hours=26, seconds=1), limits=DAY), STALE),
    Row("stale, a little ahead", read(modified=NOW + timedelta(hours=1), limits=DAY)),
    Row("stale, far ahead", read(modified=NOW + timedelta(hours=27), limits=DAY), STALE),
    # -- undated: max_age, and nothing tells
    Row("undated, nothing is asked", read()),
    Row("undated", read(limits=DAY), ("undated:Left",)),
    # -- rows: fewer than min_rows, or than the share of the last good run
    Row("rows, no run before", read(rows=0)),
    Row("rows, at half", read(rows=500, rows_before=1000)),
    Row("rows, below half", read(rows=499, rows_before=1000), ROWS),
    Row("rows, few before", read(rows=0, rows_before=50)),
    Row("rows, more than few before", read(rows=25, rows_before=51), ROWS),
    Row("rows, nothing counts them", read(rows_before=1000)),
    Row("rows, a share of its own", read(rows=8, rows_before=10, limits=share(90)), ROWS),
    Row("rows, a share of nothing", read(rows=0, rows_before=1000, limits=share(0))),
    Row("rows, at the least", read(rows=800, limits=rows(800))),
    Row("rows, below the least", read(rows=799, limits=rows(800)), ROWS),
    # -- size: the same for bytes
    Row("size, no run before", read(size=0, rows_before=1000)),
    Row("size, at half", read(size=500, size_before=1000, rows_before=99)),
    Row("size, below half", read(size=499, size_before=1000, rows_before=99), SIZE),
    Row("size, few rows before", read(size=1, size_before=1000, rows_before=50)),
    Row("size, nobody counted the rows", read(size=499, size_before=1000), SIZE),
    # -- target: less than the share of what the last good run has left
    Row("target, no run before", touched(0)),
    Row("target, at half", touched(500, more={"held": 1000})),
    Row("target, below half", touched(499, more={"held": 1000}), TARGET),
    Row("target, few before", touched(0, more={"held": 50})),
    Row("target, gone: no first load", touched(0, new=1000, more={"held": 1000}), (*NEW, *TARGET)),
    Row("target, nearly gone: no first load", touched(50, new=51, more={"held": 51}), NEW),
    # -- blackout, by the days of a zone
    Row("blackout, on the day", dark(TODAY), DARK),
    Row("blackout, on the first day", dark(days("2026-11-25", "2026-11-29")), DARK),
    Row("blackout, on the last day", dark(days("2026-11-20", "2026-11-25")), DARK),
    Row("blackout, the day before", dark(days("2026-11-26", "2026-12-01"))),
    Row("blackout, the day after", dark(days("2026-11-01", "2026-11-24"))),
    Row("blackout, not yet in Vienna", dark(TODAY, VIENNA, utc(24, 22, 59))),
    Row("blackout, from midnight there", dark(TODAY, VIENNA, utc(24, 23)), DARK),
    Row("blackout, no longer there", dark(TODAY, VIENNA, utc(25, 23))),
    # -- additions only
    Row("additions only, additions", narrow(TODAY, new=9)),
    Row("additions only, a change", narrow(TODAY, new=9, changed=1), NARROW),
    Row("additions only, an old record", narrow(TODAY, old=1), NARROW),
    Row("additions only, another day", narrow(days("2026-11-26"), old=1)),
)  # fmt: skip
