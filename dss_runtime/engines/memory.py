"""The default engine: both sides are objects in memory, compared in one pass over each.

Of branches that were sifted, only what may differ is held, and only that is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dss_runtime._actions import AttributeAction, New, Old, attribute_action, describe_key
from dss_runtime._branch import Branch
from dss_runtime._rest import differing


class MemoryEngine:
    """Compares the records of two branches by key; every method yields in the left's (old: right's) order."""

    def new(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[New[Any, Any]]:
        """Yield the records that only *left* has."""
        ours, theirs = differing(left, right)
        for key, record in ours.items():
            if key not in theirs:
                yield New(left.name, key, record)

    def changed(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[AttributeAction]:
        """Yield what differs in the records that both have.

        Fields that one side does not hold are left out, and those whose values the right side's system keeps
        as they were once generated.
        """
        name, compare, unheld = left.name, right.compare, left.omitted | right.omitted
        unheld |= {generation.field for generation in right.generates}
        ours, theirs = differing(left, right)
        for key, record in ours.items():
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
        for key, record in theirs.items():
            if key not in ours:
                yield Old(left.name, key, record)
