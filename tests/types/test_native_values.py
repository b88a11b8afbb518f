from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

import pytest

from dss_runtime.types import TYPES, FloatType


@pytest.mark.parametrize(
    ("kind", "native"),
    [
        ("bool", date(2020, 1, 1)),
        ("str", 5),
        ("str", b"a"),
        ("int", True),
        ("int", 1.0),
        ("int", Decimal(1)),
        ("float", True),
        ("decimal", True),
        ("bool", 2),
        ("bool", 1.0),
        ("date", datetime(2020, 1, 1)),
        ("datetime", date(2020, 1, 1)),
        ("datetime", 0),
        ("time", datetime(2020, 1, 1)),
        ("uuid", 5),
        ("uuid", b"short"),
        ("bytes", [1]),
    ],
)
def test_native_values_of_another_type_are_refused(kind: str, native: object) -> None:
    """A driver's value of a type that merely resembles it is refused."""
    with pytest.raises(ValueError, match="expected"):
        TYPES[kind]().parse(native)


@pytest.mark.parametrize(
    ("kind", "native", "expected"),
    [
        ("bool", 1, True),
        ("bool", 0, False),
        ("int", 7, 7),
        ("float", 7, 7.0),
        ("float", Decimal("0.5"), 0.5),
        ("decimal", 7, Decimal(7)),
        ("decimal", 0.1, Decimal("0.1")),
        ("date", date(2020, 2, 29), date(2020, 2, 29)),
        ("time", time(8, 30), time(8, 30)),
        ("uuid", bytes(16), UUID(int=0)),
        ("uuid", memoryview(bytes(16)), UUID(int=0)),
        ("bytes", memoryview(b"ab"), b"ab"),
        ("bytes", bytearray(b"ab"), b"ab"),
    ],
)
def test_native_values_are_taken(kind: str, native: object, expected: object) -> None:
    """What drivers give for a type becomes a value of that very type."""
    value = TYPES[kind]().parse(native)
    assert expected == value
    assert type(expected) is type(value)


def test_not_a_number_equals_itself() -> None:
    """A driver's NaN does not differ from itself for ever, and is reported before it is written."""
    kind = FloatType()
    assert kind.canonical(math.nan) == kind.canonical(float("nan"))
    assert kind.canonical(-0.0) == kind.canonical(0.0)
    assert kind.check(math.nan) == kind.check(math.inf) == "not a finite number"
    with pytest.raises(ValueError, match="not a finite number"):
        kind.literal(math.nan)
