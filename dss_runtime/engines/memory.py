"""The default engine: both sides are objects in memory, compared in one pass over each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dss_runtime._actions import AttributeAction, New, Old, attribute_action, describe_key
from dss_runtime._branch import Branch
from dss_runtime._progress import Watch, unwatched


class MemoryEngine:
    """Compares the records of two branches by key; every method yields in the left's (old: right's) order."""

    def new(
        self, left: Branch[Any, Any], right: Branch[Any, Any], watch: Watch = unwatched
    ) -> Iterator[New[Any, Any]]:
        """Yield the records that only *left* has."""
        for key, record in watch(left.items()):
            if key not in right:
                yield New(left.name, key, record)

    def changed(
        self, left: Branch[Any, Any], right: Branch[Any, Any], watch: Watch = unwatched
    ) -> Iterator[AttributeAction]:
        """Yield what differs in the records that both have.

        Fields that one side does not hold are left out, and those whose values the right side's system keeps
        as they were once generated.
        """
        name, compare, unheld = left.name, right.compare, left.omitted | right.omitted
        unheld |= {generation.field for generation in right.generates}
        for key, record in watch(left.items()):
            other = right.get(key)
            if other is None:
                continue
            try:
                for difference in compare(record, other):
                    if difference.attribute not in unheld:
                        yield attribute_action(name, key, record, other, difference)
            except Exception as error:
                error.add_note(f"while comparing {name} ({describe_key(record, key)})")
                raise

    def old(
        self, left: Branch[Any, Any], right: Branch[Any, Any], watch: Watch = unwatched
    ) -> Iterator[Old[Any, Any]]:
        """Yield the records that only *right* has."""
        for key, record in watch(right.items()):
            if key not in left:
                yield Old(left.name, key, record)
