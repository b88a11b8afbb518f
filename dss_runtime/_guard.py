"""The guard: how much of a target one run may touch before a person has to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from dss_runtime._limits import Limit

Limits: TypeAlias = Limit | tuple[Limit, ...]
"""One limit, or several that all count: the strictest decides."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The limits of one branch, by kind; a kind without a limit is not guarded."""

    limits: Mapping[str, Limits] = field(default_factory=dict[str, Limits])

    def of(self, kind: str) -> tuple[Limit, ...]:
        """Return the limits of *kind*."""
        found = self.limits.get(kind, ())
        return (found,) if isinstance(found, Limit) else found

    def exceeded(self, kind: str, count: int, total: int) -> list[Limit]:
        """Return the limits that *count* records of *kind*, of *total*, exceed, the strictest first."""
        exceeded = [limit for limit in self.of(kind) if count > limit.allowed(total)]
        return sorted(exceeded, key=lambda limit: limit.allowed(total))

    def updated(self, limits: Mapping[str, Limits]) -> Guard:
        """Return this guard with *limits* in place of its own of their kinds."""
        return Guard({**self.limits, **limits})

    def without_floors(self) -> Guard:
        """Return this guard with limits that count however small the branch is."""
        return Guard(dict(self._floorless()))

    def _floorless(self) -> Iterator[tuple[str, Limits]]:
        for kind in self.limits:
            yield kind, tuple(replace(limit, floor=0) for limit in self.of(kind))


DEFAULT_FLOOR = 50
"""Below this many records the default guard is silent: a small branch may change as a whole."""

DEFAULT_GUARD = Guard(
    {
        "new": Limit(50, percent=True, floor=DEFAULT_FLOOR),
        "changed": Limit(75, percent=True, floor=DEFAULT_FLOOR),
        "old": Limit(20, percent=True, floor=DEFAULT_FLOOR),
        "unreadable": Limit(10, percent=True, floor=DEFAULT_FLOOR),
    }
)
"""What a branch is guarded with unless its schema says otherwise: the limits that rostering services use."""
