"""Images of sets and lists: their texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dss_runtime.engines.columnar._calendar import CLOCK
from dss_runtime.engines.columnar._cells import Cell, unfit
from dss_runtime.engines.columnar._image import Image, image_of
from dss_runtime.engines.columnar._numbers import DECIMAL, INT
from dss_runtime.engines.columnar._sql import (
    NUL,
    NotColumnarError,
    Sql,
    case,
    escaped,
    exp,
    holds,
    matches,
    negated,
    replaced,
    some,
    text,
)
from dss_runtime.engines.columnar._texts import UUID
from dss_runtime.types import (
    BoolType,
    DatetimeType,
    DateType,
    DecimalType,
    FieldType,
    FloatType,
    IntType,
    ListType,
    SetType,
    StrType,
    TimeType,
    UuidType,
)

_COMMA = text(",")
"""What separates elements in an image, whatever a tree separates them by."""
_DAY = (
    "[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    "|(?:0[13578]|1[02])-31)"
)
_PATTERNS: Mapping[type[FieldType[Any]], str] = {
    IntType: INT,
    DecimalType: DECIMAL,
    FloatType: DECIMAL,
    BoolType: "true|false|1|0",
    UuidType: UUID,
    TimeType: CLOCK,
    DateType: _DAY,
    DatetimeType: f"{_DAY}[T ]{CLOCK}",
}
"""Texts that can be read as elements of each type; those of str are all texts without quotes."""


def list_image(kind: ListType, cell: Cell) -> Image:
    """Return the image of a list: the texts of its elements, in order where that counts."""
    known = _readable(kind, kind.separator, kind.of, cell)
    elements = _separated(kind.separator, cell.sql)
    compared = elements if kind.compare == "ordered" else _sorted(kind.separator, cell.sql)
    return image_of(case((known, elements)), compared=case((known, compared)), readable=known)


def set_image(kind: SetType, cell: Cell) -> Image:
    """Return the image of a set: the texts of its elements, sorted. None is compared as the empty set."""
    known = _readable(kind, kind.separator, kind.of, cell)
    value = case((known, _sorted(kind.separator, cell.sql)))
    return image_of(value, none=text(""), readable=known)


def _readable(kind: FieldType[Any], separator: str, of: FieldType[object], cell: Cell) -> Sql:
    """Whether a cell holds elements without quotes, none of which can be misread."""
    if cell.kind != "text":
        raise unfit(kind, cell)
    if type(of) is StrType and of.max_length is None:
        return negated(some(*(holds(cell.sql, each) for each in (text('"'), text("["), NUL))))
    pattern = _PATTERNS.get(type(of))
    if pattern is None or (isinstance(of, DatetimeType) and of.zone not in ("utc", "naive")):
        raise NotColumnarError(f"{kind.name} of {of.name} has no image")
    if any(each.isalnum() or each in "+-.:T " for each in separator):
        raise NotColumnarError(f"{separator!r} between values may be a part of one")
    return matches(cell.sql, f"(?:(?:{pattern})(?:{escaped(separator)}(?:{pattern}))*)?")


def _separated(separator: str, value: Sql) -> Sql:
    """Return the elements of a text in order, with commas between them; NULL where one has a comma."""
    if separator == ",":
        return value
    return case((_has_no_comma(separator, value), replaced(value, text(separator), _COMMA)))


def _sorted(separator: str, value: Sql) -> Sql:
    """Return the elements of a text in the order of their texts; one that is there twice stays so."""
    elements = exp.ArraySort(this=exp.Split(this=value, expression=text(separator)))
    several: Sql = exp.ArrayToString(this=elements, expression=_COMMA)
    if separator != ",":
        return case((_has_no_comma(separator, value), several))
    return case((negated(holds(value, _COMMA)), value), otherwise=several)


def _has_no_comma(separator: str, value: Sql) -> Sql:
    return negated(holds(replaced(value, text(separator), text("")), _COMMA))
