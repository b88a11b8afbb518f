"""Parameters as PHP takes them in a form: `users[0][customfields][1][type]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value]"
"""A parameter of a call; booleans are sent as 0 and 1."""

FIXED = 4
"""How many variables a call has beside its parameters: token, function, format, and that texts stay raw."""


def pairs(parameters: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield the variables of a form that holds *parameters*."""
    for name, value in parameters.items():
        yield from _pairs(name, value)


def variables(value: Value) -> int:
    """Return how many variables of a form hold *value*."""
    return sum(1 for _ in _pairs("", value))


def _pairs(name: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _pairs(f"{name}[{key}]", each)
    elif isinstance(value, (str, int, float)):
        yield name, str(int(value)) if isinstance(value, bool) else str(value)
    else:
        for at, each in enumerate(value):
            yield from _pairs(f"{name}[{at}]", each)
