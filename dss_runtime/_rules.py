"""What holds a run, as a table of rules: each looks at values alone, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias, get_args

from dss_runtime._guard import DEFAULT_FLOOR, DEFAULT_GUARD, Guard
from dss_runtime._limits import Age, Least
from dss_runtime._override import Override
from dss_runtime._sync_rules import SourceLimits
from dss_runtime._trips import Passed, Trip, TripKind
from dss_runtime._windows import Windows

NEARLY_EMPTY = DEFAULT_FLOOR
"""A branch of up to this many records is being filled for the first time: a share of it says nothing."""


Counted: TypeAlias = Literal["new", "changed", "old", "disabled"]
"""What records are counted as: `disabled` by a change, which is one of the changed ones as well."""

COUNTED: tuple[Counted, ...] = get_args(Counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a run would do to one branch of the target.

    `counts` are records by what they are counted as; `holds` how many there are, `created` how many of those
    an unfinished first load has made, `held` how many there were after the last good run. `nothing_read` says
    that the branch's source gave no row at all.
    """

    branch: str
    counts: Mapping[Counted, int]
    holds: int
    guard: Guard = DEFAULT_GUARD
    created: int = 0
    held: int | None = None
    limits: SourceLimits = field(default_factory=SourceLimits)
    nothing_read: bool = False
    examples: Mapping[Counted, tuple[str, ...]] = field(default_factory=dict[Counted, tuple[str, ...]])

    def count(self, *kinds: Counted) -> int:
        """Return how many records are counted as one of *kinds*."""
        return sum(self.counts.get(kind, 0) for kind in kinds)

    def told(self, *kinds: Counted) -> tuple[str, ...]:
        """Return the examples of *kinds*."""
        return tuple(message for kind in kinds for message in self.examples.get(kind, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one branch of either side was read from; what nothing tells is None.

    `records` is how many rows became records, `unreadable` how many could not; `rows_before` and
    `size_before` (bytes) are what the last good run has read.
    """

    branch: str
    records: int = 0
    unreadable: int = 0
    guard: Guard = DEFAULT_GUARD
    rows: int | None = None
    size: int | None = None
    modified: datetime | None = None
    rows_before: int | None = None
    size_before: int | None = None
    limits: SourceLimits = field(default_factory=SourceLimits)
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that decides whether a run is held. `now` has a zone, `source` is the name of the left tree."""

    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    source: str = ""
    touched: tuple[Touched, ...] = ()
    read: tuple[Read, ...] = ()
    windows: Windows = field(default_factory=Windows)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds a run, nothing where it may go on, and what would hold it otherwise."""

    trips: tuple[Trip, ...] = ()
    passed: tuple[Passed, ...] = ()

    def __add__(self, other: Verdict) -> Verdict:
        """Return the verdict where both count: what either holds is held, and told once."""
        trips = {trip.name: trip for trip in (*other.trips, *self.trips)}
        passed = {each.name: each for each in (*other.passed, *self.passed) if each.name not in trips}
        return Verdict(tuple(trips.values()), tuple(passed.values()))


def judge(case: Case, override: Override | None = None) -> Verdict:
    """Return what holds the run of *case*, and what would but for *override* or a first load."""
    trips: list[Trip] = []
    passed: list[Passed] = []
    for rule in RULES:
        for found in rule.find(case):
            if isinstance(found, Passed):
                passed.append(found)
            elif override is not None and override.allows(found.name):
                passed.append(Passed(found.name, str(found), f"override: {override.reason}"))
            else:
                trips.append(found)
    return Verdict(tuple(trips), tuple(passed))


class Rule(NamedTuple):
    """A row of the table: what holds a run, said for a person, and how it is found."""

    kind: TripKind
    holds: str
    find: Callable[[Case], Iterable[Trip | Passed]]


# -- the target ---------------------------------------------------------------------------------------


def _new(case: Case) -> Iterator[Trip | Passed]:
    for each in case.touched:
        count, before = each.count("new"), max(each.holds - each.created, each.held or 0)
        exceeded = each.guard.exceeded("new", count, each.holds)
        counting = [limit for limit in exceeded if before > NEARLY_EMPTY or not limit.percent]
        for limit in counting[:1] or exceeded[:1]:
            trip = Trip(each.branch, "new", count, each.holds, limit, each.told("new"))
            why = f"a first load: the target held {before} before it, and up to {NEARLY_EMPTY} count as none"
            yield trip if counting else Passed(trip.name, str(trip), why)


def _changed(case: Case) -> Iterator[Trip]:
    for each in case.touched:
        count = each.count("changed")
        for limit in each.guard.exceeded("changed", count, each.holds)[:1]:
            yield Trip(each.branch, "changed", count, each.holds, limit, each.told("changed"))


def _old(case: Case) -> Iterator[Trip]:
    return (trip for trip in _gone(case) if trip.kind == "old")


def _empty(case: Case) -> Iterator[Trip]:
    return (trip for trip in _gone(case) if trip.kind == "empty")


def _gone(case: Case) -> Iterator[Trip]:
    for each in case.touched:
        kind: TripKind = "empty" if each.nothing_read else "old"
        guard = each.guard.without_floors() if each.nothing_read else each.guard
        count = each.count("old", "disabled")
        for limit in guard.exceeded("old", count, each.holds)[:1]:
            yield Trip(each.branch, kind, count, each.holds, limit, each.told("old", "disabled"))


def _target(case: Case) -> Iterator[Trip]:
    for each in case.touched:
        least = Least(each.limits.min_share, percent=True)
        if _shrunk(each.holds, each.held, each.held, each.limits):
            yield Trip(each.branch, "target", each.holds, each.held or 0, least)


# -- the sources --------------------------------------------------------------------------------------


def _unreadable(case: Case) -> Iterator[Trip]:
    for each in case.read:
        total = each.records + each.unreadable
        for limit in each.guard.exceeded("unreadable", each.unreadable, total)[:1]:
            yield Trip(each.branch, "unreadable", each.unreadable, total, limit, each.examples)


def _stale(case: Case) -> Iterator[Trip]:
    for each in case.read:
        most = each.limits.max_age
        if most is None or each.modified is None:
            continue
        age = case.now - each.modified
        # A source from the future tells of a wrong clock, and then nobody knows how old anything is.
        if abs(age) > most:
            seconds = int(age.total_seconds())
            yield Trip(each.branch, "stale", seconds, int(most.total_seconds()), Age(most))


def _undated(case: Case) -> Iterator[Trip]:
    ages = [each.limits.max_age for each in case.read if each.limits.max_age is not None]
    if ages and all(each.modified is None for each in case.read if each.limits.max_age is not None):
        yield Trip(case.source, "undated", 0, 0, Age(min(ages)))


def _rows(case: Case) -> Iterator[Trip]:
    for each in case.read:
        if each.rows is None:
            continue
        if each.rows < each.limits.min_rows:
            yield Trip(each.branch, "rows", each.rows, each.rows_before or 0, Least(each.limits.min_rows))
        elif _shrunk(each.rows, each.rows_before, each.rows_before, each.limits):
            least = Least(each.limits.min_share, percent=True)
            yield Trip(each.branch, "rows", each.rows, each.rows_before or 0, least)


def _size(case: Case) -> Iterator[Trip]:
    for each in case.read:
        if each.size is not None and _shrunk(each.size, each.size_before, each.rows_before, each.limits):
            least = Least(each.limits.min_share, percent=True)
            yield Trip(each.branch, "size", each.size, each.size_before or 0, least)


def _shrunk(now: int, before: int | None, rows: int | None, limits: SourceLimits) -> bool:
    """Whether *now* is too little after *before*; a source of few *rows* may shrink as it likes."""
    if before is None or (rows is not None and rows <= limits.floor):
        return False
    return now < Least(limits.min_share, percent=True).expected(before)


# -- the calendar -------------------------------------------------------------------------------------


def _blackout(case: Case) -> Iterator[Trip]:
    window = case.windows.dark(case.now)
    if window is not None:
        yield Trip("", "blackout", 0, 0, window)


def _additions_only(case: Case) -> Iterator[Trip]:
    window = case.windows.narrow(case.now)
    count = sum(each.count("changed", "old") for each in case.touched)
    if window is not None and count:
        examples = tuple(message for each in case.touched for message in each.told("changed", "old"))
        yield Trip("", "additions_only", count, 0, window, examples)


RULES: tuple[Rule, ...] = (
    Rule("blackout", "today is in a `blackout` of the sync", _blackout),
    Rule("stale", "a source is older than `max_age`, or dated ahead of the clock by more", _stale),
    Rule("undated", "`max_age` is set, and no source tells its age", _undated),
    Rule("rows", "a source has fewer rows than `min_rows`, or than `min_share` of the last good run", _rows),
    Rule("size", "a source's files are smaller than `min_share` of those of the last good run", _size),
    Rule("unreadable", "more rows of either side cannot be read than the guard allows", _unreadable),
    Rule("empty", "a source gave no row at all, and records would be old for that", _empty),
    Rule("new", "more new records than the guard allows", _new),
    Rule("changed", "more changed records than the guard allows", _changed),
    Rule("old", "more old records than the guard allows", _old),
    Rule("target", "the target holds less than `min_share` of what the last good run has left", _target),
    Rule(
        "additions_only",
        "today is in a window for additions, and there is more in the plan or undo",
        _additions_only,
    ),
)
"""Every rule, in the order in which its trips are told."""
