"""The fraction of a second that a target keeps."""

from __future__ import annotations

UNITS = {"microsecond": 1, "millisecond": 1_000, "second": 1_000_000}
"""Microseconds in a step of each precision."""
ARROW_UNITS = {"microsecond": "us", "millisecond": "ms", "second": "s"}
PRECISIONS = tuple(UNITS)


def round_half_even(count: int, unit: int) -> int:
    """Return the multiple of *unit* that is nearest to *count*, the even one of two that are as near."""
    quotient, rest = divmod(count, unit)
    up = 2 * rest > unit or (2 * rest == unit and quotient % 2 == 1)
    return (quotient + up) * unit


def truncated(strategy: str, precision: str) -> str:
    """Return the source of *strategy* with its values cut to *precision*, which every target can hold."""
    match UNITS[precision]:
        case 1:
            return strategy
        case 1_000_000:
            return f"{strategy}.map(lambda value: value.replace(microsecond=0))"
        case unit:
            cut = f"value.microsecond // {unit} * {unit}"
            return f"{strategy}.map(lambda value: value.replace(microsecond={cut}))"
