"""Where the clocks of a zone skip an hour: a time of day in it may be one that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

FIRST, LAST = 2000, 2049
"""The years that are looked at."""
_STEP = timedelta(minutes=15)


@cache
def skipped_hours(zone: str) -> frozenset[int]:
    """Return the hours of which the clocks of *zone* skip a part on some day of these years."""
    found: set[int] = set()
    for before, after in _forward(ZoneInfo(zone)):
        hour = before.replace(minute=0)
        while hour < after:
            found.add(hour.hour)
            hour += timedelta(hours=1)
    return frozenset(found)


def _forward(zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield what a clock shows before and after it is put forward, to a quarter of an hour."""
    day, end = datetime(FIRST - 1, 12, 31, tzinfo=UTC), datetime(LAST + 1, 1, 2, tzinfo=UTC)
    offset = _offset(day, zone)
    while day < end:
        following = day + timedelta(days=1)
        before, offset = offset, _offset(following, zone)
        if offset > before:
            point = day
            while point < following:
                later = point + _STEP
                if _offset(later, zone) > _offset(point, zone):
                    yield _shown(point, zone), _shown(later, zone)
                point = later
        day = following


def _offset(point: datetime, zone: ZoneInfo) -> timedelta:
    return point.astimezone(zone).utcoffset() or timedelta()


def _shown(point: datetime, zone: ZoneInfo) -> datetime:
    return point.astimezone(zone).replace(tzinfo=None)
