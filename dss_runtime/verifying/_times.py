"""What systems do to times: functions that say whether such a habit explains a difference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from dss_runtime.verifying._seen import Detail, Explains, Seen

_FARTHEST = timedelta(hours=14)
_QUARTER = timedelta(minutes=15)


def _down(count: int, unit: int) -> int:
    return count // unit


def _half_up(count: int, unit: int) -> int:
    return (2 * count + unit) // (2 * unit)


def _half_even(count: int, unit: int) -> int:
    return round(Decimal(count) / unit)


def keeps_to(unit: int, *ways: Callable[[int, int], int]) -> Explains:
    """Explain a time by a step of *unit* microseconds to which it is brought in one of *ways*."""

    def explains(seen: Seen) -> Detail:
        if not seen.both(datetime, time):
            return None
        return "" if any(seen.becomes(partial(_stepped, unit=unit, way=way)) for way in ways) else None

    return explains


rounds_to_milliseconds = keeps_to(1_000, _half_even)
rounds_to_seconds = keeps_to(1_000_000, _half_even)
cuts_to_milliseconds = keeps_to(1_000, _down, _half_up)
cuts_to_seconds = keeps_to(1_000_000, _down, _half_up)
keeps_minutes = keeps_to(60_000_000, _down, _half_up, _half_even)


def _stepped(moment: Any, unit: int, way: Callable[[int, int], int]) -> Any:
    clock = (moment.hour * 60 + moment.minute) * 60 + moment.second
    count = clock * 1_000_000 + moment.microsecond
    apart = timedelta(microseconds=way(count, unit) * unit - count)
    if isinstance(moment, datetime):
        return _shifted(moment, apart)
    later = datetime.combine(datetime.min + timedelta(days=1), moment) + apart
    return later.time()


def _shifted(moment: datetime, apart: timedelta) -> datetime:
    try:
        return moment + apart
    except OverflowError:  # the first or last moment that there is
        return moment


def drops_clock(seen: Seen) -> Detail:
    """Only the day is kept."""
    return "" if seen.both(datetime) and seen.becomes(_midnight) else None


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def shifts(seen: Seen) -> Detail:
    """Moments are moved by whole quarters of an hour; returns how far."""
    if not isinstance(seen.wanted, datetime) or not isinstance(seen.found, datetime):
        return None
    if (seen.wanted.tzinfo is None) != (seen.found.tzinfo is None):
        return None
    apart = seen.found - seen.wanted
    if not apart or apart % _QUARTER or abs(apart) > _FARTHEST:
        return None
    minutes = abs(apart) // timedelta(minutes=1)
    return f"{'-' if apart < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"
