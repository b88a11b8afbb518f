"""The types that a field may have: one file and one row of `TYPES` each."""

from __future__ import annotations

from typing import Any

from dss_runtime.types._base import FieldType
from dss_runtime.types.bool_ import BoolType
from dss_runtime.types.bytes_ import BytesType
from dss_runtime.types.date_ import DateType
from dss_runtime.types.datetime_ import DatetimeType
from dss_runtime.types.decimal_ import DecimalType
from dss_runtime.types.enum_ import EnumType
from dss_runtime.types.float_ import FloatType
from dss_runtime.types.int_ import IntType
from dss_runtime.types.json_ import JsonItem, JsonType, JsonValue
from dss_runtime.types.list_ import ListType
from dss_runtime.types.set_ import SetType
from dss_runtime.types.str_ import StrType
from dss_runtime.types.time_ import TimeType
from dss_runtime.types.uuid_ import UuidType

__all__ = [
    "TYPES",
    "BoolType",
    "BytesType",
    "DateType",
    "DatetimeType",
    "DecimalType",
    "EnumType",
    "FieldType",
    "FloatType",
    "IntType",
    "JsonItem",
    "JsonType",
    "JsonValue",
    "ListType",
    "SetType",
    "StrType",
    "TimeType",
    "UuidType",
]

TYPES: dict[str, type[FieldType[Any]]] = {
    type_.name: type_
    for type_ in (
        StrType,
        IntType,
        FloatType,
        DecimalType,
        BoolType,
        DateType,
        DatetimeType,
        TimeType,
        UuidType,
        BytesType,
        EnumType,
        JsonType,
        SetType,
        ListType,
    )
}
"""Each type by the name that the schema calls it."""
