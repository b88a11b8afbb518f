"""Values of the settings: limits, shares, ages, sizes, days and zones, as people write them.

Each function takes what TOML holds and raises ValueError, saying what was expected, for anything else.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import date, datetime, timedelta
from typing import cast

from dss_runtime import Limit
from dss_runtime._windows import Window
from dss_runtime.cli._suggest import did_you_mean

_PERCENT = re.compile(r"(100|[0-9]{1,2}(?:\.[0-9]{1,4})?) ?%")
_DURATION = re.compile(r"([1-9][0-9]{0,5}) ?(second|minute|hour|day|week)s?")
_SIZE = re.compile(r"([1-9][0-9]{0,5}) ?(MB|GB)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

LIMIT = 'a number of records, a percentage such as "10%", or both, as [25, "10%"]'
SHARE = 'a percentage, such as "50%"'
COUNT = "a whole number from 0 on"
NUMBER = "a whole number from 1 on"
TURNS = "a whole number from 2 on"
SIZE = 'a size, such as "500 MB" or "2 GB"'
DURATION = 'a time, such as "26 hours", "90 minutes" or "2 days"'
DAYS = 'a list of days or of first and last days, as ["2026-12-24..2027-01-02", "2026-08-01"]'
ZONE = "an IANA time zone, such as Europe/Vienna"


def limits(value: object) -> tuple[Limit, ...]:
    """Return the limits of one kind of record."""
    found = cast("list[object]", value) if isinstance(value, list) else [value]
    if not 1 <= len(found) <= 2:
        raise expected(LIMIT, found)
    return tuple(_limit(each) for each in found)


def _limit(value: object) -> Limit:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Limit(value)
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise expected(LIMIT, value)
    return Limit(float(found[1]), percent=True)


def share(value: object) -> float:
    """Return a percentage as a number."""
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise expected(SHARE, value)
    return float(found[1])


def count(value: object) -> int:
    """Return a number of rows."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise expected(COUNT, value)
    return value


def number(value: object) -> int:
    """Return how many there are of something, of which there is at least one."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise expected(NUMBER, value)
    return value


def turns(value: object) -> int:
    """Return every how many runs something has its turn."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 2:
        raise expected(TURNS, value)
    return value


def size(value: object) -> int:
    """Return a size in bytes."""
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise expected(SIZE, value)
    return int(found[1]) * {"MB": 10**6, "GB": 10**9}[found[2]]


def duration(value: object) -> timedelta:
    """Return how long something may take."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise expected(DURATION, value)
    return timedelta(**{f"{found[2]}s": int(found[1])})


def zone(value: object) -> zoneinfo.ZoneInfo:
    """Return a time zone that this machine knows."""
    try:
        return zoneinfo.ZoneInfo(value if isinstance(value, str) else "")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(value, zoneinfo.available_timezones()) if isinstance(value, str) else ""
        raise expected(ZONE, value, hint) from None


def windows(value: object) -> tuple[Window, ...]:
    """Return the windows of a list."""
    if not isinstance(value, list):
        raise expected(DAYS, value)
    return tuple(_window(each) for each in cast("list[object]", value))


def _window(value: object) -> Window:
    if isinstance(value, date) and not isinstance(value, datetime):
        return Window(value, value)
    if not isinstance(value, str):
        raise expected(DAYS, value)
    first, between, last = (part.strip() for part in value.partition(".."))
    try:
        return Window(day(first), day(last if between else first))
    except ValueError as error:
        raise ValueError(f"{value!r}: {error}") from None


def day(text: str) -> date:
    """Return the day that *text* is, as 2026-12-24."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"expected a day, as 2026-12-24, found {text!r}")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


def expected(what: str, value: object, hint: str = "") -> ValueError:
    """Return the error that says *what* was expected in place of *value*."""
    shown = str(value) if isinstance(value, (date, float)) else repr(value)
    return ValueError(f"expected {what}, found {shown}{hint}")
