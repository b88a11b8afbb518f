"""The field type of a database's column, by the class that SQLAlchemy reflects: the table and its lookups.

The first row that fits counts, so a class stands above those it is derived from. Dialects' own classes are
derived from the ones here, or are met by their names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from .evidence import TEXT, Typed

_LONGEST_TEXT = 1_000_000
_MOST_SCALE = 18
_NAIVE = Typed("datetime", options=(("zone", "naive"),))


def _text(found: Any) -> Typed:
    length = found.length
    known = isinstance(length, int) and 0 < length <= _LONGEST_TEXT
    return Typed("str", options=(("max_length", length),)) if known else TEXT


def _enum(found: Any) -> Typed | None:
    members: Sequence[str] = tuple(found.enums or ())
    forms = {unicodedata.normalize("NFKC", each) for each in members}
    if (
        not members
        or len(forms) < len(members)
        or not all(each.strip() and each.isprintable() for each in members)
    ):
        return TEXT
    return Typed("enum", members=tuple(members))


def _numeric(found: Any) -> Typed:
    scale = found.scale
    if isinstance(scale, int) and 0 <= scale <= _MOST_SCALE:
        return Typed("decimal", options=(("scale", scale),))
    return Typed("decimal")


def _binary(found: Any) -> Typed:
    length = getattr(found, "length", None)
    if isinstance(length, int) and 0 < length <= _LONGEST_TEXT:
        return Typed("bytes", options=(("max_length", length),))
    return Typed("bytes")


def _plain(typed: Typed) -> Callable[[Any], Typed | None]:
    return lambda _found: typed


TYPES: tuple[tuple[type[TypeEngine[Any]], Callable[[Any], Typed | None]], ...] = (
    (sa.Enum, _enum),
    (sa.Uuid, _plain(Typed("uuid"))),
    (sa.Boolean, _plain(Typed("bool"))),
    (sa.Integer, _plain(Typed("int"))),
    (sa.Float, _plain(Typed("float"))),
    (sa.Numeric, _numeric),
    (sa.DateTime, lambda found: Typed("datetime") if found.timezone else _NAIVE),
    (sa.Date, _plain(Typed("date"))),
    (sa.Time, lambda found: None if found.timezone else Typed("time")),
    (sa.JSON, _plain(Typed("json"))),
    (sa.LargeBinary, _binary),
    (sa.String, _text),
)
"""Each class with what makes a field type of it, None where no field type holds its values."""

_BY_NAME: dict[str, Typed | None] = {
    "BINARY": Typed("bytes"),
    "VARBINARY": Typed("bytes"),
    "YEAR": Typed("int"),
    "CITEXT": TEXT,
    "INTERVAL": None,
    "ARRAY": None,
    "BIT": None,
    "SET": None,
    "HSTORE": None,
    "TSVECTOR": None,
    "OID": Typed("int"),
}
"""Types of some dialects alone, by the names of their classes."""


class Unheld(Exception):
    """No field type holds the values of a column."""


def typed_of(found: TypeEngine[Any]) -> Typed | None:
    """Return the field type for *found*, None where only values can tell (Unheld where none holds them)."""
    name = type(found).__name__
    if name in _BY_NAME:
        typed = _BY_NAME[name]
        if typed is None:
            raise Unheld(name)
        return typed
    for kind, make in TYPES:
        if isinstance(found, kind):
            typed = make(found)
            if typed is None:
                raise Unheld(name)
            return typed
    return None


def shown_type(found: TypeEngine[Any], dialect: sa.Dialect) -> str:
    """Return what the database calls *found*, in lower case: `varchar(100)`."""
    try:
        return " ".join(found.compile(dialect=dialect).lower().split())
    except Exception:  # noqa: BLE001 - SQLAlchemy and dialects raise whatever they like for what they cannot render
        return type(found).__name__.lower()
