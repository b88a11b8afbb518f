"""Where the records are: an object that can be inspected, never a global."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any

from dss_runtime._errors import DeclarationError
from dss_runtime._typing import override


class DataStore:
    """Holds the records of one or more trees, each branch under "<treename>.<branchname>".

    A tree makes a datastore of its own unless it is given one, so that two trees never share a branch.
    """

    def __init__(self) -> None:
        self._tree: dict[str, dict[Hashable, Any]] = {}
        self._make_whole: list[Callable[[], None]] = []

    @property
    def __tree__(self) -> Mapping[str, Mapping[Hashable, Any]]:
        """All records by branch, read-only: {"CSVTree.students": {"12345": <Student>}}."""
        for make_whole in self._make_whole:
            make_whole()
        return MappingProxyType({name: MappingProxyType(each) for name, each in self._tree.items()})

    def claim(self, name: str, make_whole: Callable[[], None]) -> dict[Hashable, Any]:
        """Return a new, empty store for the branch *name* (raises DeclarationError when it is taken).

        *make_whole* is called before somebody looks into the datastore: the store has all records then.
        """
        if name in self._tree:
            raise DeclarationError(
                f"the datastore holds a branch {name!r} already: give the tree another name"
            )
        self._tree[name] = {}
        self._make_whole.append(make_whole)
        return self._tree[name]

    @override
    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}: {len(records)}" for name, records in self._tree.items())
        return f"<DataStore {sizes}>"
