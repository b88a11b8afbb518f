"""Dates and times in the formats of exports, as the text that the field types read.

The formats are those of `strptime` that mean the same in every locale. They are read here and not by
`strptime`, which takes digits of every script, and any white space for any other. Empty text stays empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_DIRECTIVES = {
    "Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}",
    "H": "[0-9]{1,2}", "M": "[0-9]{1,2}", "S": "[0-9]{1,2}", "f": "[0-9]{1,6}",
    "z": "Z|[+-][0-9]{2}:?[0-5][0-9]",
}  # fmt: skip
_DAY = frozenset("md")
_HOUR = frozenset("H")
_PARTS = re.compile(r"%(.?)|([^%]+)", re.DOTALL)
_PIVOT = 69  # POSIX: %y is 1969 to 2068


@dataclass(frozen=True, slots=True)
class _Format:
    pattern: re.Pattern[str]
    directives: frozenset[str]


def parse_date(text: str, format: str) -> str:
    """Return the day of *text*, written in *format*, as `YYYY-MM-DD`; a time of day is dropped.

    Raises ValueError for text that is not written so, or a day that no calendar has.
    """
    text = text.strip()
    return _read(text, _date_format(format)).date().isoformat() if text else ""


def parse_datetime(text: str, format: str) -> str:
    """Return the point in time of *text*, written in *format*, as ISO 8601, with an offset where it has one.

    Raises ValueError for text that is not written so, or a time that neither calendar nor clock has.
    """
    text = text.strip()
    return _read(text, _datetime_format(format)).isoformat() if text else ""


def parse_time(text: str, format: str) -> str:
    """Return the time of day of *text*, written in *format*, as ISO 8601; a day is dropped.

    Raises ValueError for text that is not written so, or a time that no clock has.
    """
    text = text.strip()
    return _read(text, _time_format(format)).time().isoformat() if text else ""


def check_parse_date(format: str) -> None:
    _date_format(format)


def check_parse_datetime(format: str) -> None:
    _datetime_format(format)


def check_parse_time(format: str) -> None:
    _time_format(format)


def _date_format(format: str) -> _Format:
    return _needing(format, _DAY, "a year (%Y or %y), %m and %d")


def _datetime_format(format: str) -> _Format:
    return _needing(format, _DAY | _HOUR, "a year (%Y or %y), %m, %d and %H")


def _time_format(format: str) -> _Format:
    return _needing(format, _HOUR, "%H")


def _needing(format: str, needed: frozenset[str], named: str) -> _Format:
    made = _format(format)
    if not needed <= made.directives or (needed >= _DAY and made.directives.isdisjoint("Yy")):
        raise ValueError(f"format: expected {named}")
    return made


@lru_cache
def _format(format: str) -> _Format:
    parts = [(match[1], match[2]) for match in _PARTS.finditer(format)]
    directives = [directive for directive, _ in parts if directive is not None and directive != "%"]
    if not set(directives) <= _DIRECTIVES.keys():
        known = " ".join(f"%{directive}" for directive in _DIRECTIVES)
        raise ValueError(f"format: expected only {known} and %%, which mean the same in every locale")
    if len(set(directives)) != len(directives) or {"Y", "y"} <= set(directives):
        raise ValueError("format: expected each directive once, and one of %Y and %y")
    source = ""
    for index, (directive, literal) in enumerate(parts):
        if directive is None or directive == "%":
            source += re.escape(literal or "%")
            continue
        digits = _DIRECTIVES[directive]
        # Without anything between them, only fixed widths tell two numbers apart.
        if any(
            part[0] in _DIRECTIVES
            for part in (*parts[max(index - 1, 0) : index], *parts[index + 1 : index + 2])
        ):
            digits = digits.replace("{1,2}", "{2}")
        source += f"(?P<{directive}>{digits})"
    return _Format(re.compile(source), frozenset(directives))


def _read(text: str, format: _Format) -> datetime:
    match = format.pattern.fullmatch(text)
    if match is None:
        raise ValueError("expected a date or time written as the transform's format says")
    found = match.groupdict()
    short = int(found.get("y", _PIVOT))
    year = int(found["Y"]) if "Y" in found else short + (1900 if short >= _PIVOT else 2000)
    zone = found.get("z")
    try:
        return datetime(
            year,
            int(found.get("m", 1)),
            int(found.get("d", 1)),
            int(found.get("H", 0)),
            int(found.get("M", 0)),
            int(found.get("S", 0)),
            int(found.get("f", "0").ljust(6, "0")),
            None if zone is None else _zone(zone),
        )
    except ValueError:
        raise ValueError("expected a date and time that calendar and clock have") from None


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
