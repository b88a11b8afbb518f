"""Which type has which image."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dss_runtime.engines.columnar._calendar import date_image, datetime_image, time_image
from dss_runtime.engines.columnar._cells import Cell
from dss_runtime.engines.columnar._image import Image
from dss_runtime.engines.columnar._members import list_image, set_image
from dss_runtime.engines.columnar._numbers import bool_image, decimal_image, float_image, int_image
from dss_runtime.engines.columnar._sql import NotColumnarError
from dss_runtime.engines.columnar._texts import bytes_image, enum_image, str_image, uuid_image
from dss_runtime.types import (
    BoolType,
    BytesType,
    DatetimeType,
    DateType,
    DecimalType,
    EnumType,
    FieldType,
    FloatType,
    IntType,
    ListType,
    SetType,
    StrType,
    TimeType,
    UuidType,
)

_IMAGES: Mapping[type[FieldType[Any]], Callable[[Any, Cell], Image]] = {
    StrType: str_image,
    IntType: int_image,
    FloatType: float_image,
    DecimalType: decimal_image,
    BoolType: bool_image,
    DateType: date_image,
    DatetimeType: datetime_image,
    TimeType: time_image,
    UuidType: uuid_image,
    BytesType: bytes_image,
    EnumType: enum_image,
    ListType: list_image,
    SetType: set_image,
}
"""By the class itself: a subclass may read and compare otherwise."""


def type_image(kind: FieldType[Any], cell: Cell) -> Image:
    """Return the image of a cell that is parsed as *kind*; NotColumnarError where there is none."""
    build = _IMAGES.get(type(kind))
    if build is None:
        raise NotColumnarError(f"the type {kind.name} has no image")
    return build(kind, cell)
