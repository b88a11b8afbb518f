"""The default engine: both sides are objects in memory, compared in one pass over each.

Of branches that were sifted, only what may differ is held, and only that is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import filterfalse
from typing import Any

from dss_runtime._actions import AttributeAction, New, Old, attribute_action, describe_key
from dss_runtime._branch import Branch
from dss_runtime._progress import Progress, silent, watched
from dss_runtime._rest import differing
from dss_runtime._typing import override


class MemoryEngine:
    """Compares the records of two branches by key; every method yields in the left's (old: right's) order."""

    def __init__(self, progress: Progress = silent) -> None:
        self._progress = progress

    def at_once(self, progress: Progress) -> MemoryEngine:
        """Return an engine for somebody who asks for all differences: it goes through each side once.

        It tells *progress* how far it is.
        """
        return _AtOnce(progress)

    def new(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[New[Any, Any]]:
        """Yield the records that only *left* has."""
        ours, theirs = differing(left, right)
        for key in filterfalse(theirs.__contains__, ours):
            yield New(left.name, key, ours[key])

    def changed(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[AttributeAction]:
        """Yield what differs in the records that both have.

        Fields that one side does not hold are left out, and those whose values the right side's system keeps
        as they were once generated.
        """
        return _changed(left, right, None, self._progress)

    def old(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[Old[Any, Any]]:
        """Yield the records that only *right* has."""
        ours, theirs = differing(left, right)
        seen = watched(theirs, self._progress, "diff", f"{right.name}, old")
        for key in filterfalse(ours.__contains__, seen):
            yield Old(left.name, key, theirs[key])


def uncompared(left: Branch[Any, Any], right: Branch[Any, Any]) -> frozenset[str]:
    """Return the fields in which records of both may differ without being different."""
    return left.omitted | right.omitted | {generation.field for generation in right.generates}


@dataclass(slots=True)
class _Found:
    """What one pass over a left side has found; `error` is what has ended it before its time."""

    news: list[New[Any, Any]] = field(default_factory=list[New[Any, Any]])
    changes: list[AttributeAction] = field(default_factory=list[AttributeAction])
    error: Exception | None = None


class _AtOnce(MemoryEngine):
    """Finds with the new records of a branch what differs in the others, for one walk over all branches."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress)
        self._found: dict[str, _Found] = {}

    @override
    def new(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[New[Any, Any]]:
        found = self._found[left.name] = _Found()
        try:
            found.changes.extend(_changed(left, right, found.news, self._progress))
        except Exception as error:  # noqa: BLE001 - told in `changed`, as by an engine that asks only there
            found.error = error
            yield from super().new(left, right)
        else:
            yield from found.news

    @override
    def changed(self, left: Branch[Any, Any], right: Branch[Any, Any]) -> Iterator[AttributeAction]:
        found = self._found.pop(left.name)
        yield from found.changes
        if found.error is not None:
            raise found.error


def _changed(
    left: Branch[Any, Any],
    right: Branch[Any, Any],
    news: list[New[Any, Any]] | None,
    progress: Progress,
) -> Iterator[AttributeAction]:
    """Yield what differs in the records that both have, and add those that only *left* has to *news*."""
    name, compare, unheld = left.name, right.compare, uncompared(left, right)
    ours, theirs = differing(left, right)
    other_of = theirs.get
    for key, record in watched(ours.items(), progress, "diff", left.name):
        other = other_of(key)
        if other is None:
            if news is not None:
                news.append(New(name, key, record))
            continue
        try:
            for difference in compare(record, other):
                if difference.attribute not in unheld:
                    yield attribute_action(name, key, record, other, difference)
        except Exception as error:
            error.add_note(f"while comparing {name} ({describe_key(record, key)})")
            raise
