"""Days on which nothing runs, or only additions do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo

from dss_runtime._typing import override


@dataclass(frozen=True, slots=True)
class Window:
    """The days from *first* to *last*, both included; ValueError where they end before they begin."""

    first: date
    last: date
    zone: str = ""
    """Where the days begin and end, once that is known."""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @override
    def __str__(self) -> str:
        days = f"on {self.first}" if self.first == self.last else f"from {self.first} to {self.last}"
        return f"{days} ({self.zone})" if self.zone else days


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of a sync; days begin and end at midnight in *zone*."""

    zone: tzinfo = UTC
    blackout: tuple[Window, ...] = ()
    additions_only: tuple[Window, ...] = ()

    def dark(self, now: datetime) -> Window | None:
        """Return the window in which nothing runs at *now*, a moment with a zone; None outside of one."""
        return self._open(self.blackout, now)

    def narrow(self, now: datetime) -> Window | None:
        """Return the window in which only additions run at *now*; None outside of one."""
        return self._open(self.additions_only, now)

    def _open(self, windows: tuple[Window, ...], now: datetime) -> Window | None:
        today = now.astimezone(self.zone).date()
        found = (window for window in windows if today in window)
        return next((replace(window, zone=str(self.zone)) for window in found), None)
