"""Trees of records written by hand: one branch of `Model`s, compared over their public attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dss_runtime import DataStoreBranch, DataStoreTree, DefaultTemplate, Model
from tests.runtime.people import UNGUARDED, Obedient


class ThingsBranch(DataStoreBranch):
    """Things by idnumber."""

    __branchname__ = "things"
    klass = Model
    guard = UNGUARDED


class Things(DataStoreTree):
    """A system of things."""

    __branches__ = ThingsBranch
    __template__ = Obedient


def things(
    records: Mapping[Any, Mapping[str, Any]] | None = None, *, template: type[DefaultTemplate] = Obedient
) -> Things:
    """Return a tree with a record per key."""
    tree = Things(template=template)
    for key, fields in (records or {}).items():
        held(tree).make(key, **fields)
    return tree


def held(tree: DataStoreTree) -> DataStoreBranch:
    """Return the branch of things."""
    (branch,) = tree.branches
    assert isinstance(branch, DataStoreBranch)
    return branch
