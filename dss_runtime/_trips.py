"""What holds a run, and what would have held it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from dss_runtime._errors import HeldError
from dss_runtime._limits import Age, Least, Limit, shown_duration
from dss_runtime._typing import override
from dss_runtime._windows import Window

TripKind: TypeAlias = Literal[
    "new", "changed", "old", "empty", "unreadable", "stale", "undated", "rows", "size", "target",
    "blackout", "additions_only",
]  # fmt: skip

Bound: TypeAlias = Limit | Least | Age | Window


@dataclass(frozen=True, slots=True)
class Trip:
    """One reason why a run is held, with the messages of some of the records that are to blame.

    `count` and `total` are records for new, changed, old and empty (of what the target holds), rows for
    unreadable (of all) and rows (now, and at the last good run), bytes for size, records of the target, now
    and after the last good run, for target, seconds (the age, and what is allowed) for stale; 0 otherwise,
    but that `count` is the records that are no additions for additions_only.
    """

    branch: str
    kind: TripKind
    count: int
    total: int
    limit: Bound
    examples: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What an override calls it: the kind, and the branch where it is one branch's matter."""
        return f"{self.kind}:{self.branch}" if self.branch else self.kind

    @override
    def __str__(self) -> str:
        told = _told(self.kind, self.count, self.total, self.limit)
        return f"{self.branch}: {told}" if self.branch else told


def _told(kind: TripKind, count: int, total: int, limit: Bound) -> str:
    most, least = f", the limit is {limit}", f", at least {limit} are expected"
    before = f" after {total} in the last good run" if total else ""
    match kind:
        case "new" | "old":
            return f"{count} {kind} records of {total}{most}"
        case "changed":
            return f"{count} changed records of {total}{most}"
        case "empty":
            return f"{count} old records of {total}{most}, and the source gave no row at all"
        case "unreadable":
            return f"{count} unreadable rows of {total}{most}"
        case "stale" if count < 0:
            ahead = shown_duration(timedelta(seconds=-count))
            return f"its source is dated {ahead} ahead of the clock{most}"
        case "stale":
            return f"its source was last written {shown_duration(timedelta(seconds=count))} ago{most}"
        case "undated":
            return f"nothing tells how old its sources are{most}"
        case "rows":
            return f"{count} rows{before}{least}"
        case "size":
            return f"{count} bytes{before}{least}"
        case "target":
            return f"the target holds {count} records{before}{least}"
        case "blackout":
            return f"nothing runs {limit}"
        case "additions_only":
            return f"only additions run {limit}, and {count} records would be changed or removed"


@dataclass(frozen=True, slots=True)
class Passed:
    """What would have held a run, by its name, and why it did not."""

    name: str
    message: str
    why: str

    @override
    def __str__(self) -> str:
        return f"{self.message}; passed: {self.why}"


class GuardHeldError(HeldError):
    """A guard held the run; nothing was written."""

    def __init__(self, trips: Iterable[Trip]) -> None:
        self.trips = tuple(trips)
        super().__init__(self.trips)

    @override
    def __str__(self) -> str:
        return "held by the guard, nothing was written: " + "; ".join(map(str, self.trips))
