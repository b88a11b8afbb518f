"""The default engine: both sides are objects in memory, compared in one pass over each.

Of branches that were sifted, only what may differ is held, and only that is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dss_runtime._actions import AttributeAction, New, Old, attribute_action, describe_key
from dss_runtime._branch import Branch
from dss_runtime._progress import Progress, silent, watched
from dss_runtime._rest import differing


class MemoryEngine:
    """Compares the records of two branches by key; every method yields in the left's (old: right's) order."""

    def __init__(self, progress: Progress = silent) -> None:
        self._progress = progress

    def telling(self, progress: Progress) -> MemoryEngine:
        """Return an engine that tells *progress* how much of each side it has gone through."""
        return MemoryEngine(progress)

    def new(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[New[Any, Any]]:
        """Yield the records that only *left* has."""
        ours, theirs = differing(left, right)
        for key, record in watched(ours.items(), self._progress, "diff", left.name):
            if key not in theirs:
                yield New(left.name, key, record)

    def changed(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[AttributeAction]:
        """Yield what differs in the records that both have.

        Fields that one side does not hold are left out, and those whose values the right side's system keeps
        as they were once generated.
        """
        name, compare, unheld = left.name, right.compare, uncompared(left, right)
        ours, theirs = differing(left, right)
        for key, record in watched(ours.items(), self._progress, "diff", left.name):
            other = theirs.get(key)
            if other is None:
                continue
            try:
                for difference in compare(record, other):
                    if difference.attribute not in unheld:
                        yield attribute_action(name, key, record, other, difference)
            except Exception as error:
                error.add_note(f"while comparing {name} ({describe_key(record, key)})")
                raise

    def old(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[Old[Any, Any]]:
        """Yield the records that only *right* has."""
        ours, theirs = differing(left, right)
        for key, record in watched(theirs.items(), self._progress, "diff", f"{right.name}, old"):
            if key not in ours:
                yield Old(left.name, key, record)


def uncompared(left: Branch[Any, Any], right: Branch[Any, Any]) -> frozenset[str]:
    """Return the fields in which records of both may differ without being different."""
    return left.omitted | right.omitted | {generation.field for generation in right.generates}
