"""What comparing two records yields: plain values, before they become actions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from typing import Any, Literal, NamedTuple

from dss_runtime._shown import text_of
from dss_runtime._typing import override

Operation = Literal["changed", "added", "removed"]


class Difference(NamedTuple):
    """One attribute that differs, or one member that only one side's collection has.

    For "changed", `new` and `old` are the left and right values; for "added" `new` is the member, for
    "removed" `old` is. `error` says why the two cannot be compared, where they cannot.
    """

    attribute: str
    new: object
    old: object
    operation: Operation = "changed"
    error: str | None = None

    @override
    def __repr__(self) -> str:
        # No values: nothing here knows which ones are sensitive.
        return f"<Difference {self.operation} {self.attribute}>"


def member_differences(
    attribute: str,
    left: Collection[Any],
    right: Collection[Any],
    canonical: Callable[[Any], Hashable] | None = None,
) -> Iterator[Difference]:
    """Yield what *left* has and *right* lacks as added, then the reverse as removed, in a fixed order.

    Members with equal canonical forms are the same member; of several, the first in order stands for all.
    """
    form = canonical or identity
    ours, theirs = _firsts(left, form), _firsts(right, form)
    for key, member in ours.items():
        if key not in theirs:
            yield Difference(attribute, member, None, "added")
    for key, member in theirs.items():
        if key not in ours:
            yield Difference(attribute, None, member, "removed")


def _firsts(members: Collection[Any], form: Callable[[Any], Hashable]) -> dict[Hashable, Any]:
    found: dict[Hashable, Any] = {}
    for member in _ordered(members):
        found.setdefault(form(member), member)
    return found


def identity(member: Any) -> Hashable:
    """Return what tells members without a canonical form apart: type and value; one NaN is like another."""
    return (type(member).__name__, member if member == member else "NaN")


def _ordered(members: Collection[Any]) -> list[Any]:
    """Sets have no order of their own: sort by value where that works, else by type and text."""
    if isinstance(members, (list, tuple)):
        return list(members)
    try:
        return sorted(members)
    except TypeError:
        return sorted(members, key=lambda member: (type(member).__name__, text_of(member)))
