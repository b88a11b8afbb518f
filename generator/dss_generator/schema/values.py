"""Values that are written into columns as they are: `insert`, and the `set` of `old` and `returns`."""

from __future__ import annotations

from .kinds import Text
from .nodes import MapNode, ScalarNode
from .resolved import Scalar

column_name = Text(200, low=1, noun="a column's name")
value = Text(1_000, noun="a text, a number, true or false")
_largest = 2**63


def set_values(node: MapNode) -> tuple[tuple[str, Scalar], ...]:
    """Return the (column, value) pairs of *node*: bare true, false and whole numbers are no texts."""
    return tuple((key.text, scalar_value(each)) for key, each in node if isinstance(each, ScalarNode))


def scalar_value(node: ScalarNode) -> Scalar:
    """Return the value of *node*: bare true, false and whole numbers are no texts."""
    if node.plain == "bool":
        return node.text.lower() == "true"
    if node.plain == "int" and len(node.text) <= 20 and node.text.lstrip("+-").isdecimal():
        # A leading zero is part of a text such as 0042, which no number keeps.
        number = int(node.text)
        if str(number) == node.text and -_largest <= number < _largest:
            return number
    return node.text
