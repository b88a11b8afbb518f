"""What a condition says of a row of which only some columns are known."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from .resolved import Comparison, Condition, Scalar

_ordering: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def verdict(condition: Condition, known: Mapping[int, Scalar]) -> bool | None:
    """Return whether *condition* holds where the columns with the indexes *known* have these values.

    None where that hangs on the other columns, or on how the system writes a value as text.
    """
    if isinstance(condition, Comparison):
        return _compared(condition, known[condition.column]) if condition.column in known else None
    found = {verdict(each, known) for each in condition.operands}
    if condition.operator == "not":
        only = found.pop()
        return None if only is None else not only
    decisive = condition.operator == "or"
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def _compared(comparison: Comparison, value: Scalar) -> bool | None:
    if comparison.numeric != isinstance(value, int):
        return None
    if isinstance(value, str):
        if comparison.operator in ("==", "in"):
            return value in comparison.literals
        return value not in comparison.literals if comparison.operator == "!=" else None
    numbers = [float(each) for each in comparison.literals]
    if comparison.operator == "in":
        return float(value) in numbers
    return _ordering[comparison.operator](float(value), numbers[0])
