"""A system in memory, with transactions, and with switches that make it fail."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterable, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, TypeAlias

from dss_runtime import Unclaimed

_Records: TypeAlias = "dict[Hashable, Any]"
_Store: TypeAlias = "dict[str, _Records]"
_Undo: TypeAlias = "tuple[_Records, Hashable, Any]"
_NOTHING = object()


class MemorySystem:
    """Holds records by branch and key: `MemorySystem({"students": {"1": Student(...)}})`.

    A branch that it was not given is empty. `unclaimed` are records without a key, by branch. `fail` and
    `fail_commit` make it fail, as often as they say.
    """

    def __init__(
        self,
        branches: Mapping[str, Mapping[Any, Any]] | None = None,
        unclaimed: Mapping[str, Iterable[Unclaimed]] | None = None,
    ) -> None:
        self._branches: _Store = {name: dict(records) for name, records in (branches or {}).items()}
        self._aside: _Store = {}
        self._unclaimed: _Store = {
            name: {id(each): each for each in records} for name, records in (unclaimed or {}).items()
        }
        self._failures: dict[tuple[str, Hashable], list[Exception]] = {}
        self._commit_failures: list[Exception] = []
        self._journal: list[_Undo] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the branches that hold something or were given."""
        return tuple(self._branches)

    def branch(self, name: str) -> Mapping[Any, Any]:
        """Return the records of a branch by key, read-only."""
        return MappingProxyType(self._branches.get(name, {}))

    def aside(self, name: str) -> Mapping[Any, Any]:
        """Return the records of a branch that are set aside, by key, read-only."""
        return MappingProxyType(self._aside.get(name, {}))

    def unclaimed(self, name: str) -> list[Unclaimed]:
        """Return the records of a branch that have no key."""
        return list(self._unclaimed.get(name, {}).values())

    def put(self, branch: str, key: Hashable, record: Any) -> None:
        """Hold *record* under *key*; what was there is replaced, and what was set aside with it."""
        self._may_fail(branch, key)
        self._set(self._aside, branch, key, _NOTHING)
        self._set(self._branches, branch, key, record)

    def set_aside(self, branch: str, key: Hashable) -> None:
        """Hold the record with *key* apart from the others (KeyError when there is none)."""
        record = self.branch(branch)[key]
        self._may_fail(branch, key)
        self._set(self._branches, branch, key, _NOTHING)
        self._set(self._aside, branch, key, record)

    def delete(self, branch: str, key: Hashable) -> None:
        """Forget the record with *key*, which may be set aside (KeyError when there is none)."""
        store = self._branches if key in self.branch(branch) else self._aside
        if key not in store.get(branch, {}):
            raise KeyError(key)
        self._may_fail(branch, key)
        self._set(store, branch, key, _NOTHING)

    def take_away(self, branch: str, found: Unclaimed) -> bool:
        """Forget a record that gets another key, or its first; return whether it was there."""
        store: _Store = self._unclaimed
        key: Hashable = id(found)
        if found.key is not None:
            store, key = self._branches if found.key in self.branch(branch) else self._aside, found.key
        there = key in store.get(branch, {})
        if there:
            self._set(store, branch, key, _NOTHING)
        return there

    # -- failing --------------------------------------------------------------------------------------

    def fail(self, branch: str, key: Hashable, error: Exception, times: int = 1) -> None:
        """Raise *error* the next *times* that the record with *key* is put or deleted."""
        self._failures.setdefault((branch, key), []).extend([error] * times)

    def fail_commit(self, error: Exception, times: int = 1) -> None:
        """Raise *error* at the next *times* that a transaction is committed."""
        self._commit_failures.extend([error] * times)

    # -- transactions ---------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin a transaction: `rollback` will undo everything from here on."""
        self._journal = []

    def commit(self) -> None:
        """End the transaction and keep what was done in it."""
        if self._commit_failures:
            raise self._commit_failures.pop(0)
        self._journal = None

    def rollback(self) -> None:
        """End the transaction and undo what was done in it."""
        self._undo_to(0)
        self._journal = None

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """Undo what the block did when it raises, within a transaction or without one."""
        outermost = self._journal is None
        journal = self._journal = [] if self._journal is None else self._journal
        start = len(journal)
        try:
            yield
        except BaseException:
            self._undo_to(start)
            raise
        finally:
            if outermost:
                self._journal = None

    def _may_fail(self, branch: str, key: Hashable) -> None:
        """Fail where that was asked for."""
        failures = self._failures.get((branch, key))
        if failures:
            raise failures.pop(0)

    def _set(self, store: _Store, branch: str, key: Hashable, record: Any) -> None:
        """Hold *record*, or nothing, and remember what was there."""
        records = store.setdefault(branch, {})
        if self._journal is not None:
            self._journal.append((records, key, records.get(key, _NOTHING)))
        _put(records, key, record)

    def _undo_to(self, start: int) -> None:
        """Undo all but the first *start* changes; a record that was deleted comes last in its branch."""
        journal = self._journal or []
        while len(journal) > start:
            _put(*journal.pop())


def _put(records: _Records, key: Hashable, record: Any) -> None:
    if record is _NOTHING:
        records.pop(key, None)
    else:
        records[key] = record
