"""A system in memory, with transactions, and with switches that make it fail."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, TypeAlias

_Undo: TypeAlias = "tuple[str, Hashable, Any]"
_NOTHING = object()


class MemorySystem:
    """Holds records by branch and key: `MemorySystem({"students": {"1": Student(...)}})`.

    A branch that it was not given is empty. `fail` and `fail_commit` make it fail, as often as they say.
    """

    def __init__(self, branches: Mapping[str, Mapping[Any, Any]] | None = None) -> None:
        self._branches: dict[str, dict[Hashable, Any]] = {
            name: dict(records) for name, records in (branches or {}).items()
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

    def put(self, branch: str, key: Hashable, record: Any) -> None:
        """Hold *record* under *key*; what was there is replaced."""
        self._touch(branch, key)
        self._branches.setdefault(branch, {})[key] = record

    def delete(self, branch: str, key: Hashable) -> None:
        """Forget the record with *key* (KeyError when there is none)."""
        if key not in self.branch(branch):
            raise KeyError(key)
        self._touch(branch, key)
        del self._branches[branch][key]

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

    def _touch(self, branch: str, key: Hashable) -> None:
        """Fail where that was asked for, and remember what was there."""
        failures = self._failures.get((branch, key))
        if failures:
            raise failures.pop(0)
        if self._journal is not None:
            self._journal.append((branch, key, self.branch(branch).get(key, _NOTHING)))

    def _undo_to(self, start: int) -> None:
        """Undo all but the first *start* changes; a record that was deleted comes last in its branch."""
        journal = self._journal or []
        while len(journal) > start:
            branch, key, before = journal.pop()
            if before is _NOTHING:
                self._branches[branch].pop(key, None)
            else:
                self._branches[branch][key] = before
