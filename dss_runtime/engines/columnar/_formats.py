"""Dates and times in the formats of exports, read by patterns."""

from __future__ import annotations

import re

from dss_runtime.engines.columnar._calendar import HOUR, is_day
from dss_runtime.engines.columnar._space import stripped
from dss_runtime.engines.columnar._sql import (
    NotColumnarError,
    Sql,
    at_least,
    case,
    equal,
    escaped,
    every,
    exp,
    joined,
    matches,
    text,
    whole,
)

_DIGITS = {
    "Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}",
    "H": "[0-9]{1,2}", "M": "[0-9]{1,2}", "S": "[0-9]{1,2}",
}  # fmt: skip
"""Neither %f nor %z, which few exports have."""
_PARTS = re.compile(r"%(.)|([^%]+)", re.DOTALL)
_FIRST_OF_1900 = "69"


def dated(value: Sql, format: str) -> Sql:
    """Return the day that a text is in *format*, as `YYYY-MM-DD`."""
    value = stripped(value)
    read = _Reading(value, format)
    sure = every(read.fits, is_day(read.day), *([read.has_clock] if read.clocked else []))
    return case((equal(value, text("")), value), (sure, read.day))


def pointed(value: Sql, format: str) -> Sql:
    """Return the point in time that a text is in *format*, as `YYYY-MM-DDTHH:MM:SS`."""
    value = stripped(value)
    read = _Reading(value, format)
    sure = every(read.fits, is_day(read.day), read.has_clock)
    return case((equal(value, text("")), value), (sure, joined([read.day, text("T"), read.clock])))


def timed(value: Sql, format: str) -> Sql:
    """Return the time of day that a text is in *format*, as `HH:MM:SS`."""
    value = stripped(value)
    read = _Reading(value, format)
    if read.dated:
        raise NotColumnarError("parse-time with a day in its format is not known to SQL")
    return case((equal(value, text("")), value), (every(read.fits, read.has_clock), read.clock))


class _Reading:
    """The parts of a text that is written in a format."""

    def __init__(self, value: Sql, format: str) -> None:
        parts = [(match[1], match[2]) for match in _PARTS.finditer(format)]
        names = [directive for directive, _ in parts if directive in _DIGITS]
        if any(directive not in ("%", None, *_DIGITS) for directive, _ in parts):
            raise NotColumnarError(f"the format {format!r} is not known to SQL")
        self._value = value
        self._names = names
        self._pattern = ""
        for at, (directive, literal) in enumerate(parts):
            if directive is None or directive == "%":
                self._pattern += escaped(literal or "%")
                continue
            digits = _DIGITS[directive]
            beside = (*parts[max(at - 1, 0) : at], *parts[at + 1 : at + 2])
            if any(part[0] in _DIGITS for part in beside):
                digits = digits.replace("{1,2}", "{2}")
            self._pattern += f"({digits})"
        self.fits = matches(value, self._pattern)
        self.dated = not {"Y", "y", "m", "d"}.isdisjoint(names)
        self.clocked = not {"H", "M", "S"}.isdisjoint(names)

    @property
    def day(self) -> Sql:
        """The day as `YYYY-MM-DD`, which no calendar may have."""
        if "Y" in self._names:
            year = self._part("Y")
        else:
            short = self._part("y")
            century = case((at_least(short, text(_FIRST_OF_1900)), text("19")), otherwise=text("20"))
            year = joined([century, short])
        return joined([year, text("-"), self._two("m"), text("-"), self._two("d")])

    @property
    def clock(self) -> Sql:
        """The time of day as `HH:MM:SS`, which no clock may have."""
        return joined([self._two("H"), text(":"), self._two("M"), text(":"), self._two("S")])

    @property
    def has_clock(self) -> Sql:
        """Whether a clock has the time of day."""
        return matches(self.clock, f"{HOUR}:[0-5][0-9]:[0-5][0-9]")

    def _two(self, name: str) -> Sql:
        if name not in self._names:
            return text("00")
        return exp.Pad(this=self._part(name), expression=whole(2), fill_pattern=text("0"), is_left=True)

    def _part(self, name: str) -> Sql:
        group = whole(self._names.index(name) + 1)
        return exp.RegexpExtract(this=self._value, expression=text(rf"^{self._pattern}\z"), group=group)
