from __future__ import annotations

from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from dss_runtime.types import DecimalType, FieldType, FloatType, IntType


@pytest.mark.parametrize(
    "text", ["", "1_000", "٣", "１", "1.0", "1e3", "0x10", "--1", "+", "1 000", "true", "1\0", "²"]
)
def test_text_that_is_no_int_is_refused(text: str) -> None:
    """An int is a sign and ASCII digits; all else that Python's int() takes is refused."""
    with pytest.raises(ValueError, match=r"^expected an int, such as 42$"):
        IntType().parse(text)


@pytest.mark.parametrize(("text", "expected"), [(" 42\n", 42), ("-007", -7), ("+5", 5), ("-0", 0)])
def test_ints_are_read(text: str, expected: int) -> None:
    """Outer white space, a sign and leading zeros are no part of the number."""
    assert expected == IntType().parse(text)


@pytest.mark.parametrize(
    "huge",
    ["9" * 4301, "-" + "0" * 4301, 10**4300, -(10**4300)],
    ids=["digits", "zeros", "positive", "negative"],
)
def test_ints_are_bounded(huge: object) -> None:
    """More digits than Python turns into an int are refused in plain words."""
    with pytest.raises(ValueError, match=r"^expected an int of at most 4,300 digits$"):
        IntType().parse(huge)


def test_the_longest_int_is_read_and_reported() -> None:
    """An int at the bound is a value, but no column holds it."""
    kind = IntType()
    assert kind.parse("9" * 4300) == 10**4300 - 1 == kind.parse(10**4300 - 1)
    assert kind.check(2**63) == kind.check(-(2**63) - 1) == "outside of the range of 64 bits"


@pytest.mark.parametrize("kind", [FloatType(), DecimalType()])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "sNaN",
        "1_0",
        "1,5",
        "٣",
        "0x1p3",
        ".",
        "1e",
        pytest.param("1" * 4301, id="long"),
    ],
)
def test_text_that_is_no_number_is_refused(kind: FieldType[object], text: str) -> None:
    """NaN and infinities have no text, neither have underscores and digits of other scripts a meaning."""
    with pytest.raises(ValueError, match=r"^expected a (decimal )?number, such as"):
        kind.parse(text)


@pytest.mark.parametrize("huge", ["1e309", pytest.param(10**400, id="int"), Decimal("1e400")])
def test_floats_are_bounded(huge: object) -> None:
    """What would become infinite is refused."""
    with pytest.raises(ValueError, match="within the range of a float"):
        FloatType().parse(huge)


@pytest.mark.parametrize("huge", ["1e99999", Decimal("1e999999"), Decimal("1e-999999"), "0e99999"])
def test_decimals_are_bounded(huge: object) -> None:
    """A short text that would be a long number is refused before it costs memory."""
    with pytest.raises(ValueError, match="at most 4,300 digits before and after the point"):
        DecimalType().parse(huge)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), float("nan")])
def test_decimals_are_finite(value: object) -> None:
    """A driver's NaN or infinity is no decimal."""
    with pytest.raises(ValueError, match="expected a decimal number"):
        DecimalType().parse(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_a_decimal_that_is_not_finite_is_reported(value: Decimal) -> None:
    """Where a program made one, check reports it, the comparison does not fail, and it has no literal."""
    kind = DecimalType(scale=2)
    assert kind.check(value) == "not a finite number"
    assert kind.canonical(value) == kind.canonical(value)
    with pytest.raises(ValueError, match="not a finite number"):
        kind.literal(value)


@pytest.mark.parametrize(
    ("scale", "text", "expected"),
    [
        (2, "2.675", "2.68"),
        (2, "2.665", "2.66"),
        (2, "-0.005", "0"),
        (0, "0.5", "0"),
        (0, "1.5", "2"),
        (2, "1e20", "100000000000000000000"),
        (1, "9.99", "10"),
    ],
)
def test_scale_rounds_half_to_even(scale: int, text: str, expected: str) -> None:
    """Decimals and floats round the digits that one reads, so both sides round alike."""
    decimal, number = DecimalType(scale=scale), FloatType(scale=scale)
    assert Decimal(expected) == decimal.canonical(decimal.parse(text))
    assert float(expected) == number.canonical(number.parse(text))


def test_decimals_that_differ_in_zeros_only_are_equal() -> None:
    """1.0 and 1.00 are the same, also without a scale; so are 0 and -0."""
    kind = DecimalType()
    assert kind.canonical(Decimal("1.0")) == kind.canonical(Decimal("1.00"))
    assert kind.canonical(Decimal("-0")) == kind.canonical(Decimal(0))


def test_a_decimal_that_the_column_cannot_hold_is_reported() -> None:
    """With a scale, 38 digits are shared by both sides of the point; rounding counts."""
    kind = DecimalType(scale=2)
    assert kind.check(Decimal("9" * 36 + ".99")) is None
    assert kind.check(Decimal("9" * 36 + ".999")) == "more than 36 digits before the point"
    assert kind.check(Decimal("0e40")) is None


@given(value=st.decimals(allow_nan=False, allow_infinity=False), scale=st.integers(0, 18))
def test_rounding_is_near(value: Decimal, scale: int) -> None:
    """Rounding to a scale moves a decimal by at most half of the last digit kept."""
    form = DecimalType(scale=scale).canonical(value)
    assert isinstance(form, Decimal)
    assert abs(Decimal(form) - value) * 2 <= Decimal(1).scaleb(-scale)
