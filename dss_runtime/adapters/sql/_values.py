"""What is written to a column for a field's value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from dss_runtime.adapters.sql._columns import AsText
from dss_runtime.types import DatetimeType, DecimalType, FieldType, TimeType
from dss_runtime.types.decimal_ import round_to_scale

_MICROSECONDS = 6
_ISO: Mapping[type[TypeEngine[Any]], Callable[[Any], str]] = {
    sa.Date: date.isoformat,
    sa.DateTime: lambda value: datetime.isoformat(value, " ", "microseconds")[:26],  # without an offset
}
"""How SQLAlchemy has SQLite hold the usual types, in a third of the time; TypeError for what is of none."""
_MOMENT = datetime(1999, 2, 3, 4, 5, 6, 7)


def prepared(dialect: sa.Dialect, column: TypeEngine[Any], kind: FieldType[Any]) -> Callable[[Any], Any]:
    """Return what makes a column's value from a field's; it raises ValueError for one that it cannot hold.

    A column of text holds the value's text. Numbers and times are rounded as the field's comparison does it:
    databases do it in other ways, and the next run would find a difference.
    """
    if isinstance(column.dialect_impl(dialect), (sa.String, AsText)):
        own: object = getattr(kind.format, "__func__", None)
        return str if own is FieldType[Any].format else kind.format  # what that does, and faster
    match kind:
        case DecimalType():
            return _decimals(kind, getattr(column, "scale", None))
        case DatetimeType():
            zoned = dialect.name == "postgresql" and bool(getattr(column, "timezone", False))
            return _instants(kind, _digits(column), zoned=zoned)
        case TimeType():
            return _times(kind, _digits(column))
        case _:
            return unchanged


def binder(dialect: sa.Dialect, column: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """Return what makes the driver's value from a column's, None where it is the same."""
    real = column.dialect_impl(dialect)
    bind = real.bind_processor(dialect)
    # A type of the project may do whatever it likes to some moments, also as a variant of a usual type.
    if bind is not None and dialect.name == "sqlite" and type(real).__module__.startswith("sqlalchemy."):
        for kind, text_of in _ISO.items():
            if isinstance(real, kind) and bind(_MOMENT) == text_of(_MOMENT):
                return _iso_text(text_of)
    return bind


def _iso_text(text_of: Callable[[Any], str]) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else text_of(value)


def unchanged(value: Any) -> Any:
    """Return *value*: what `prepared` returns where a column holds a field's values as they are."""
    return value


def _digits(column: TypeEngine[Any]) -> int:
    """Return how many digits of a second's fraction a column holds."""
    given: int | None = getattr(column, "precision", None)
    if hasattr(column, "fsp"):  # of MySQL and MariaDB, which keep none unless told to
        given = getattr(column, "fsp", None) or 0
    return _MICROSECONDS if given is None else given


def _decimals(kind: DecimalType, scale: int | None) -> Callable[[Decimal], Any]:
    def prepare(value: Decimal) -> Any:
        rounded: Any = kind.canonical(value)
        if scale is not None and rounded != round_to_scale(rounded, scale):
            raise ValueError(
                f"the column holds {scale} digits after the point: give the field `scale: {scale}`"
            )
        return rounded

    return prepare


def _times(kind: TimeType, digits: int) -> Callable[[time], Any]:
    def prepare(value: time) -> Any:
        rounded: Any = kind.canonical(value)
        _check_fraction(rounded.microsecond, digits)
        return rounded

    return prepare


def _instants(kind: DatetimeType, digits: int, *, zoned: bool) -> Callable[[datetime], Any]:
    """A column without a zone holds what the clocks of the field's zone show, as it is read."""
    zone: tzinfo | None = None
    if kind.zone != "naive" and not zoned:
        zone = UTC if kind.zone == "utc" else ZoneInfo(kind.zone)

    def prepare(value: datetime) -> Any:
        rounded: Any = kind.canonical(value)
        _check_fraction(rounded.microsecond, digits)
        if zone is None:
            return rounded
        local = rounded.astimezone(zone).replace(tzinfo=None, fold=0)
        if kind.parse(local) != rounded:
            raise ValueError(f"the column has no zone, and the clocks of {kind.zone} show this time twice")
        return local

    return prepare


def _check_fraction(microseconds: int, digits: int) -> None:
    if microseconds % 10 ** (_MICROSECONDS - digits):
        raise ValueError(
            f"the column holds {digits} digits of a second's fraction: give the field a `precision`"
        )
