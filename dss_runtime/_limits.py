"""Bounds that a run is held at: how much at most, how much at least, and how old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dss_runtime._typing import override


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
class Least:
    """At least *amount*, or per cent of what there was before."""

    amount: float
    percent: bool = False

    def expected(self, before: int) -> float:
        """Return how much there must be now, after *before* then."""
        return self.amount * before / 100 if self.percent else self.amount

    @override
    def __str__(self) -> str:
        return f"{self.amount:g} %" if self.percent else f"{self.amount:g}"


@dataclass(frozen=True, slots=True)
class Age:
    """At most *most* old."""

    most: timedelta

    @override
    def __str__(self) -> str:
        return shown_duration(self.most)


def shown_duration(duration: timedelta) -> str:
    """Return *duration* as a person says it, in minutes, hours or days: "26 hours"."""
    minutes = duration.total_seconds() / 60
    unit, size = ("minute", 1) if minutes < 120 else ("hour", 60) if minutes < 72 * 60 else ("day", 24 * 60)
    number = f"{minutes / size:.1f}".removesuffix(".0")
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"
