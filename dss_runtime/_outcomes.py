"""What became of each action, and of a whole sync."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dss_runtime._actions import Action
from dss_runtime._protection import HeldBack
from dss_runtime._typing import override


class Status(StrEnum):
    """What can become of an action."""

    APPLIED = "applied"
    SKIPPED = "skipped"
    FAILED = "failed"
    BLOCKED = "blocked"
    REJECTED = "rejected"
    UNKNOWN = "unknown"

    @override
    def __str__(self) -> str:
        return self.value


_APPLIED = Status.APPLIED


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action, and why. Handlers return one; `attempts` counts the tries it took.

    `given` are fields of the record that the system itself has filled, such as an id that it counts up.
    Raises ValueError for a status that there is not.
    """

    status: Status
    reason: str = ""
    attempts: int = 1
    given: Mapping[str, object] = field(default_factory=dict[str, object], compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))

    @classmethod
    def applied(cls, reason: str = "") -> Outcome:
        """The target now holds the left side's value."""
        return cls(Status.APPLIED, reason)

    @classmethod
    def skipped(cls, reason: str) -> Outcome:
        """Nothing was tried, on purpose."""
        return cls(Status.SKIPPED, reason)

    @classmethod
    def failed(cls, reason: str) -> Outcome:
        """It was tried and did not work."""
        return cls(Status.FAILED, reason)

    @classmethod
    def blocked(cls, reason: str) -> Outcome:
        """It was not tried, because something that it needs failed."""
        return cls(Status.BLOCKED, reason)

    @classmethod
    def rejected(cls, reason: str) -> Outcome:
        """It was not tried, because the target could not hold it or the two sides cannot be compared."""
        return cls(Status.REJECTED, reason)

    @classmethod
    def unknown(cls, reason: str) -> Outcome:
        """It was tried and nobody knows whether it worked: read the target again."""
        return cls(Status.UNKNOWN, reason)

    @property
    def ok(self) -> bool:
        """Whether the target now holds what it should."""
        return self.status is _APPLIED

    def after(self, attempts: int) -> Outcome:
        """Return the same outcome, reached at the try number *attempts*."""
        return replace(self, attempts=attempts)


_SEVERITY = (
    Status.UNKNOWN, Status.FAILED, Status.REJECTED, Status.BLOCKED, Status.SKIPPED, Status.APPLIED,
)  # fmt: skip


def worst(outcomes: list[Outcome]) -> Outcome:
    """Return one outcome for several that a handler reported: the worst status, every reason."""
    if not outcomes:
        return Outcome.applied()
    status = min((each.status for each in outcomes), key=_SEVERITY.index)
    return Outcome(status, "; ".join(each.reason for each in outcomes if each.reason))


@dataclass(frozen=True, slots=True)
class SyncResult:
    """Every action of a sync with its one outcome, in the order in which they were planned.

    `not_implemented` names each missing template method once; `held_back` are differences that were left
    alone, because a row could not be read or because a record that stays refers to theirs.
    """

    results: tuple[tuple[Action, Outcome], ...]
    not_implemented: tuple[str, ...] = ()
    held_back: tuple[HeldBack, ...] = ()

    def __iter__(self) -> Iterator[tuple[Action, Outcome]]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many actions ended in each status."""
        return Counter(outcome.status for _, outcome in self.results)

    @property
    def ok(self) -> bool:
        """Whether every action was applied."""
        return all(outcome.ok for _, outcome in self.results)

    def of(self, status: Status) -> tuple[tuple[Action, Outcome], ...]:
        """Return the actions that ended in *status*, with their outcomes."""
        return tuple((action, outcome) for action, outcome in self.results if outcome.status is status)
