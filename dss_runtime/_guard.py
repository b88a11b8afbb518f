"""The guard: how much of a target one run may touch before a person has to look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dss_runtime._errors import HeldError
from dss_runtime._typing import override

GuardedKind = Literal["new", "changed", "old", "unreadable"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *amount* records, or per cent of what the branch holds; up to *floor* records always pass."""

    amount: float
    percent: bool = False
    floor: int = 0

    def allowed(self, total: int) -> float:
        """Return how many of *total* records may be touched."""
        return max(self.amount * total / 100 if self.percent else self.amount, self.floor)

    @override
    def __str__(self) -> str:
        text = f"{self.amount:g} %" if self.percent else f"{self.amount:g}"
        return f"{text} (at least {self.floor})" if self.floor else text


@dataclass(frozen=True, slots=True)
class Guard:
    """The limits of one branch, by kind; a kind without a limit is not guarded."""

    limits: Mapping[str, Limit] = field(default_factory=dict[str, Limit])

    def trips(self, branch: str, kind: GuardedKind, count: int, total: int) -> Trip | None:
        """Return why *count* records of *kind*, of *total*, are too many; None when they are not."""
        limit = self.limits.get(kind)
        if limit is None or count <= limit.allowed(total):
            return None
        return Trip(branch, kind, count, total, limit)


DEFAULT_FLOOR = 50
"""Below this many records the default guard is silent: a small branch may change as a whole."""

DEFAULT_GUARD = Guard(
    {
        "changed": Limit(75, percent=True, floor=DEFAULT_FLOOR),
        "old": Limit(20, percent=True, floor=DEFAULT_FLOOR),
        "unreadable": Limit(10, percent=True, floor=DEFAULT_FLOOR),
    }
)
"""What a branch is guarded with unless its schema says otherwise: the limits that rostering services use."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A limit that a run would exceed, with the messages of some of the actions that did it."""

    branch: str
    kind: GuardedKind
    count: int
    total: int
    limit: Limit
    examples: tuple[str, ...] = ()

    @override
    def __str__(self) -> str:
        what = {"unreadable": "unreadable rows", "changed": "changed records"}.get(
            self.kind, f"{self.kind} records"
        )
        return f"{self.branch}: {self.count} {what} of {self.total}, the limit is {self.limit}"


class GuardHeldError(HeldError):
    """A guard held the run; nothing was written."""

    def __init__(self, trips: Iterable[Trip]) -> None:
        self.trips = tuple(trips)
        super().__init__(self.trips)

    @override
    def __str__(self) -> str:
        return "held by the guard, nothing was written: " + "; ".join(map(str, self.trips))
