"""Images of days, points in time and times of day."""

from __future__ import annotations

from dss_runtime.engines.columnar._cells import Cell, unfit
from dss_runtime.engines.columnar._image import Image, image_of
from dss_runtime.engines.columnar._sql import (
    Sql,
    above,
    as_text,
    at_least,
    at_most,
    below,
    case,
    cast_to,
    differs,
    equal,
    every,
    exp,
    first_of,
    is_null,
    joined,
    length,
    matches,
    negated,
    piece,
    round_trip,
    text,
    trimmed_right,
    whole,
)
from dss_runtime.engines.columnar._zones import skipped_hours
from dss_runtime.types import DatetimeType, DateType, TimeType

HOUR = "(?:[01][0-9]|2[0-3])"
_MINUTES = f"{HOUR}:[0-5][0-9]"
CLOCK = f"{_MINUTES}(?::[0-5][0-9](?:[.][0-9]{{1,6}})?)?"
_SURELY = "-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
DAY = f"[1-9][0-9]{{3}}{_SURELY}"
"""Days that every calendar has: all but the 29th of February."""
_DAY = "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
_OFFSET = "[+-](?:0[0-9]|1[0-4]):[0-5][0-9]"
_ZONE = f"(?:Z|{_OFFSET})"
_ZONES = {"utc": f"{_ZONE}?", "naive": ""}
_UTC = "(?:Z|[+-]00:00)"
_PLACES = {"microsecond": 6, "millisecond": 3, "second": 0}


def is_day(value: Sql) -> Sql:
    """Whether a text is surely a day to Python, whose years have four digits and begin with the first.

    What was before it has another era for DuckDB, and a year 0 for Spark.
    """
    plain = every(equal(length(value), whole(10)), at_least(value, text("0001-01-01")))
    return every(round_trip("DATE", value), plain)


def python_has(day: Sql) -> Sql:
    """Whether a day is one that Python has, in the years 1 to 9999."""
    return every(at_least(day, _date("0001-01-01")), at_most(day, _date("9999-12-31")))


def date_image(kind: DateType, cell: Cell) -> Image:
    """Return the image of a day: itself, but the first of all, which stands for None."""
    day, first = cast_to("DATE", cell.sql), _date("0001-01-01")
    if cell.kind == "text":
        known = every(is_day(cell.sql), differs(cell.sql, text("0001-01-01")))
    elif cell.kind == "date":
        known = every(differs(day, first), python_has(day))
    else:
        raise unfit(kind, cell)
    return image_of(case((known, day)), none=first, readable=known)


def datetime_image(kind: DatetimeType, cell: Cell) -> Image:
    """Return the image of a point in time: a timestamp, in UTC where the type has a zone."""
    none = _timestamp(text("0001-01-01 00:00:00"))
    if cell.kind == "text":
        value, compared = case(*_read(kind, cell.sql)), case(*_read(kind, cell.sql, kind.precision))
        readable = negated(is_null(value))
        if kind.zone not in ("utc", "naive"):
            readable = first_of(_is_local(kind.zone, cell.sql), readable)
        readable = first_of(_is_point(cell.sql, _ZONES.get(kind.zone, _ZONE)), readable)
        return image_of(value, compared=compared, none=none, readable=readable)
    if kind.zone not in _native_zones(kind, cell):
        raise unfit(kind, cell)
    # Not of the first second, which would be rounded to what stands for None.
    low, high = _timestamp(text("0001-01-01 00:00:01")), _timestamp(text("9999-12-31 00:00:00"))
    known = every(above(cell.sql, low), below(cell.sql, high))
    compared = case((known, _rounded(cell.sql, kind.precision)))
    return image_of(case((known, cell.sql)), compared=compared, none=none)


def _date(value: str) -> Sql:
    return cast_to("DATE", text(value))


def _is_point(value: Sql, zone: str) -> Sql:
    """Whether a text is surely a point in time, by its form alone: that costs less than its image.

    No zone moves it out of the years that Python has.
    """
    return matches(value, f"[1-8][0-9]{{3}}{_SURELY}[T ]{CLOCK}{zone}")


def time_image(kind: TimeType, cell: Cell) -> Image:
    """Return the image of a time of day: its text, without zeros at the end of a fraction."""
    if cell.kind not in ("text", "time"):
        raise unfit(kind, cell)
    clock = cell.sql if cell.kind == "text" else as_text(cell.sql)
    value = case(
        (matches(clock, f"{HOUR}:[0-5][0-9]:[0-5][0-9]"), clock),
        (matches(clock, f"{HOUR}:[0-5][0-9]"), joined([clock, text(":00")])),
        (matches(clock, CLOCK), trimmed_right(trimmed_right(clock, "0"), ".")),
    )
    places = _PLACES[kind.precision]
    if places == 6:
        return image_of(value)
    # A finer fraction would have to be rounded.
    longest = whole(8 if places == 0 else 9 + places)
    return image_of(value, compared=case((exp.LTE(this=length(value), expression=longest), value)))


def _native_zones(kind: DatetimeType, cell: Cell) -> tuple[str, ...]:
    """Return the policies for zones under which a column of points in time is read as it is."""
    if cell.kind == "instant":
        return () if kind.zone == "naive" else (kind.zone,)
    return ("utc", "naive") if cell.kind == "timestamp" else ()


def _read(kind: DatetimeType, value: Sql, precision: str = "microsecond") -> list[tuple[Sql, Sql]]:
    """Return what the texts of each form mean, with those first that need no rounding to *precision*."""
    point = _timestamp(value)
    found: list[tuple[Sql, Sql]] = []
    if kind.zone in ("utc", "naive"):
        zone = f"{_UTC}?" if kind.zone == "utc" else ""
        if precision != "microsecond":
            fraction = f"(?:[.][0-9]{{1,{_PLACES[precision]}}})?" if _PLACES[precision] else ""
            found.append((matches(value, f"{_DAY}[T ]{_MINUTES}(?::[0-5][0-9]{fraction})?{zone}"), point))
        found.append((matches(value, f"{_DAY}[T ]{CLOCK}{zone}"), _rounded(point, precision)))
    if kind.zone != "naive":
        # Near the ends of time there are no other zones.
        day = f"[1-8]{_DAY.removeprefix('[1-9]')}"
        moved = _moved_to_utc(value)
        found.append((matches(value, f"{day}[T ]{CLOCK}Z"), _rounded(point, precision)))
        found.append((matches(value, f"{day}[T ]{CLOCK}{_OFFSET}"), _rounded(moved, precision)))
    return found


def _is_local(zone: str, value: Sql) -> Sql:
    """Whether a text is surely a point in time by the clocks of *zone*, in whatever instant that was."""
    hours = "|".join(f"{hour:02}" for hour in range(24) if hour not in skipped_hours(zone)) or "none"
    clock = f"(?:{hours}):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{{1,6}})?)?"
    form = matches(value, f"20[0-4][0-9]-[0-9]{{2}}-[0-9]{{2}}[T ]{clock}")
    return every(form, negated(is_null(_timestamp(value))))


def _moved_to_utc(value: Sql) -> Sql:
    """Return the point in UTC of a text that ends in an offset, such as `+02:00`."""
    local = exp.Substring(this=value, start=whole(1), length=exp.Sub(this=length(value), expression=whole(6)))
    hours, minutes = (cast_to("INT", piece(value, at, 2)) for at in (-5, -2))
    offset = exp.Paren(this=exp.Add(this=exp.Mul(this=hours, expression=whole(60)), expression=minutes))
    shift = exp.Mul(this=exp.Interval(this=text("1"), unit=exp.var("MINUTE")), expression=offset)
    return case(
        (equal(piece(value, -6, 1), text("-")), exp.Add(this=_timestamp(local), expression=shift)),
        otherwise=exp.Sub(this=_timestamp(local), expression=shift),
    )


def _timestamp(value: Sql) -> Sql:
    return cast_to("TIMESTAMPNTZ", value)


def _rounded(point: Sql, precision: str) -> Sql:
    """Return a point rounded to *precision*; NULL for one half way between two."""
    if precision == "microsecond":
        return point
    half = exp.Interval(
        this=text(str(500_000 if precision == "second" else 500)), unit=exp.var("MICROSECOND")
    )
    later = exp.Paren(this=exp.Add(this=point, expression=half))
    rounded = exp.TimestampTrunc(this=later, unit=exp.var(precision.upper()))
    return case((differs(rounded, later), rounded))
