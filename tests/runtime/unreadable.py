"""Rows that could not be read, made by hand."""

from __future__ import annotations

from typing import Any

from dss_runtime import DataStoreTree, Place, Unreadable
from tests.runtime.people import branch

NO_KEY = object()
"""Stands for a key that could not be read either."""


def unreadable(tree: DataStoreTree, name: str, key: Any = NO_KEY, line: int = 7) -> Unreadable:
    """Quarantine a row of the branch *name* and return it."""
    held = branch(tree, name)
    place = Place(f"{name}.txt", line)
    row = Unreadable(held.fullname, place, "grade: expected a number", () if key is NO_KEY else (key,))
    held.quarantine(row)
    return row
