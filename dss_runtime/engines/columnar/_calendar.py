"""Images of days, points in time and times of day."""

from __future__ import annotations

from dss_runtime.engines.columnar._cells import Cell, unfit
from dss_runtime.engines.columnar._image import Image, image_of
from dss_runtime.engines.columnar._sql import (
    Sql,
    above,
    as_text,
    below,
    case,
    cast_to,
    equal,
    every,
    exp,
    joined,
    length,
    matches,
    negated,
    piece,
    replaced,
    round_trip,
    text,
    trimmed_right,
    whole,
)
from dss_runtime.types import DatetimeType, DateType, TimeType

HOUR = "(?:[01][0-9]|2[0-3])"
CLOCK = f"{HOUR}:[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{{1,6}})?)?"
_POINT = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{CLOCK}"
_OFFSET = "[+-](?:0[0-9]|1[0-4]):[0-5][0-9]"
_ZONES = {"utc": f"(?:Z|{_OFFSET})?", "naive": ""}
_PLACES = {"microsecond": 6, "millisecond": 3, "second": 0}


def date_image(kind: DateType, cell: Cell) -> Image:
    """Return the image of a day: itself, but the first of all, which stands for None."""
    day, first = cast_to("DATE", cell.sql), cast_to("DATE", text("0001-01-01"))
    if cell.kind == "text":
        known = every(round_trip("DATE", cell.sql), equal(length(cell.sql), whole(10)), above(day, first))
    elif cell.kind == "date":
        known = every(above(day, first), below(day, cast_to("DATE", text("9999-12-31"))))
    else:
        raise unfit(kind, cell)
    return image_of(case((known, day)), none=first)


def datetime_image(kind: DatetimeType, cell: Cell) -> Image:
    """Return the image of a point in time: a timestamp, in UTC where the type has a zone."""
    readable: Sql | None = None
    if cell.kind == "text":
        readable = _is_point(cell.sql, _ZONES.get(kind.zone, f"(?:Z|{_OFFSET})"))
        found: list[tuple[Sql, Sql]] = []
        if kind.zone in ("utc", "naive"):
            found += _without_zone(cell.sql)
        if kind.zone != "naive":
            found += _with_zone(cell.sql)
        value = case(*found)
    elif (cell.kind == "instant" and kind.zone != "naive") or (
        cell.kind == "timestamp" and kind.zone in ("utc", "naive")
    ):
        value = _bounded(cell.sql)
    else:
        raise unfit(kind, cell)
    none = _timestamp(text("0001-01-01 00:00:00"))
    return image_of(value, compared=_to_precision(value, kind.precision), none=none, readable=readable)


def _is_point(value: Sql, zone: str) -> Sql:
    """Whether a text is surely a point in time, by its form and its day: that costs less than its image."""
    day = cast_to("DATE", piece(value, 1, 10))
    low, high = (cast_to("DATE", text(end)) for end in ("0001-01-03", "9999-12-28"))
    return every(matches(value, f"{_POINT}{zone}"), above(day, low), below(day, high))


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


def _without_zone(value: Sql) -> list[tuple[Sql, Sql]]:
    point = _timestamp(value)
    plain = equal(as_text(point), replaced(value, text("T"), text(" ")))
    return [(every(plain, _is_bounded(point)), point), (matches(value, _POINT), _bounded(point))]


def _with_zone(value: Sql) -> list[tuple[Sql, Sql]]:
    utc = exp.Substring(this=value, start=whole(1), length=exp.Sub(this=length(value), expression=whole(1)))
    local = exp.Substring(this=value, start=whole(1), length=exp.Sub(this=length(value), expression=whole(6)))
    hours, minutes = (cast_to("INT", piece(value, at, 2)) for at in (-5, -2))
    offset = exp.Paren(this=exp.Add(this=exp.Mul(this=hours, expression=whole(60)), expression=minutes))
    shift = exp.Mul(this=exp.Interval(this=text("1"), unit=exp.var("MINUTE")), expression=offset)
    point = _bounded(_timestamp(local))
    moved = case(
        (equal(piece(value, -6, 1), text("-")), exp.Add(this=point, expression=shift)),
        otherwise=exp.Sub(this=point, expression=shift),
    )
    return [
        (matches(value, f"{_POINT}Z"), _bounded(_timestamp(utc))),
        (matches(value, f"{_POINT}{_OFFSET}"), moved),
    ]


def _timestamp(value: Sql) -> Sql:
    return cast_to("TIMESTAMPNTZ", value)


def _is_bounded(point: Sql) -> Sql:
    """Whether a point is far enough from the ends of time to be moved to another zone, and not infinite."""
    low, high = _timestamp(text("0001-01-03 00:00:00")), _timestamp(text("9999-12-29 00:00:00"))
    return every(above(point, low), below(point, high))


def _bounded(point: Sql) -> Sql:
    return case((_is_bounded(point), point))


def _to_precision(point: Sql, precision: str) -> Sql:
    """Return a point rounded to *precision*; NULL for one half way between two."""
    if precision == "microsecond":
        return point
    half = exp.Interval(
        this=text("500" if precision == "millisecond" else "500000"), unit=exp.var("MICROSECOND")
    )
    unit = exp.var(precision.upper())
    later = exp.Paren(this=exp.Add(this=point, expression=half))
    rounded = exp.TimestampTrunc(this=later, unit=unit)
    return case((negated(equal(rounded, later)), rounded))
