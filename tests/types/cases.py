"""The field types that every law is tested with, and what generated code has around their source text."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis.strategies import SearchStrategy

from dss_runtime import types
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
    JsonType,
    ListType,
    SetType,
    StrType,
    TimeType,
    UuidType,
)

PRECISIONS = ("second", "millisecond", "microsecond")

CASES: tuple[FieldType[Any], ...] = (
    StrType(),
    StrType(compare=("exact",), max_length=3),
    StrType(compare=("casefold",)),
    StrType(compare=("ascii",)),
    StrType(compare=("trim",), null_equals_empty=True),
    StrType(compare=("trim", "ascii", "casefold"), max_length=20_000),
    StrType(null_equals_empty=True),
    IntType(),
    FloatType(),
    FloatType(scale=0),
    FloatType(scale=2),
    DecimalType(),
    DecimalType(scale=0),
    DecimalType(scale=2),
    DecimalType(scale=18),
    BoolType(),
    DateType(),
    *(DatetimeType(zone=zone, precision=each) for zone in ("naive", "utc") for each in PRECISIONS),
    DatetimeType(zone="Europe/Vienna"),
    DatetimeType(zone="America/New_York", precision="second"),
    *(TimeType(precision=each) for each in PRECISIONS),
    UuidType(),
    BytesType(),
    BytesType(max_length=4),
    EnumType(members=("active", 'in"act\\ive', "", "été", "😀", "{x}", "')#")),
    JsonType(),
    SetType(of=StrType()),
    SetType(of=StrType(compare=("casefold", "trim"), max_length=5), separator="; "),
    SetType(of=DatetimeType(zone="naive", precision="second")),
    SetType(of=FloatType(), separator="|"),
    SetType(of=UuidType()),
    ListType(of=StrType(), separator="||"),
    ListType(of=IntType(), compare="bag", separator="1"),
    ListType(of=DecimalType(scale=1), separator="\t"),
    ListType(of=BoolType()),
    ListType(of=DateType()),
    ListType(of=TimeType()),
)


def evaluated(source: str, imports: tuple[str, ...] = ()) -> Any:
    """Return what *source* means in generated code, after *imports*."""
    names: dict[str, Any] = {"_st": st, "_sa": sa, "_types": types}
    for statement in imports:
        exec(statement, names)
    # A name of its own, under which no tool finds any source: not that of another "<string>".
    return eval(compile(source, "<source of a field type>", "eval"), names)


def values(kind: FieldType[Any]) -> SearchStrategy[Any]:
    """Return the values that generated tests draw for *kind*."""
    strategy: SearchStrategy[Any] = evaluated(kind.strategy, kind.imports)
    return strategy


def wild_values(kind: FieldType[Any]) -> SearchStrategy[Any]:
    """Return values of *kind* that may need rounding or folding, as a source can hold them."""
    match kind:
        case DatetimeType():
            return values(DatetimeType(zone=kind.zone))
        case TimeType():
            return st.times()
        case DecimalType():
            return st.decimals(-(10**12), 10**12, places=6) | values(kind)
        case FloatType():
            return st.floats() | st.floats(-100, 100).map(lambda number: round(number, 3))
        case StrType(max_length=None):
            return values(kind) | st.text("aAàÀßẞﬁİıſΣσς \u0301\u0345\u00b4\u3099カ")
        case ListType(of=of):
            return st.lists(wild_values(of), max_size=4).map(tuple)
        case SetType(of=of):
            return st.frozensets(wild_values(of), max_size=4)
        case _:
            return values(kind)
