"""Which statement writes a work."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from dss_runtime import Branch, Outcome
from dss_runtime._template import Work
from dss_runtime._unclaimed import kept_fields
from dss_runtime.adapters.sql._parameters import Statement
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._target import SqlTarget


class Choice:
    """Chooses among the statements of a target for works of its branch."""

    def __init__(self, target: SqlTarget, statements: Statements, branch: Branch[Any, Any]) -> None:
        self._target = target
        self._statements = statements
        self._branch = branch

    def shapes(self, works: Sequence[Work]) -> Iterable[Hashable]:
        """Yield for each of *works*, all of one phase, what is common to those that one statement writes."""
        phase = works[0].phase
        if phase == "changed":
            return [work.attributes for work in works]
        if phase == "old":
            return [work.final for work in works]
        # A row without a key is found by what it holds: each has to be hit by itself.
        return [self._kept(work) if work.adopts is None else place for place, work in enumerate(works)]

    def statement(self, work: Work) -> Statement | None:
        """Return the statement that writes *work*, None where none does."""
        if work.phase == "changed":
            return self._statements.update(work.attributes)
        if work.phase == "new":
            return self._new(work)
        if work.final:
            return self._statements.delete_disabled()
        return None if self._target.old == "keep" else self._statements.old()

    def outcome(self, work: Work) -> Outcome:
        """Return the outcome of a work that no statement writes."""
        if work.phase == "changed":
            return self._nothing(work)
        if work.phase == "new":
            made = ", ".join(self._given_keys())
            return Outcome.rejected(f"{made}: the database gives this key, and takes none")
        return Outcome.skipped("old records of this branch are kept")

    def _new(self, work: Work) -> Statement | None:
        """Return what makes a new record: its row is made, or one that is there already becomes it."""
        kept = self._kept(work)
        if kept is None:
            return None if self._given_keys() else self._statements.insert()
        return (
            self._statements.revive(kept)
            if work.adopts is None
            else self._statements.adopt(work.adopts, kept)
        )

    def _kept(self, work: Work) -> frozenset[str] | None:
        """Return the fields that the row of a new record keeps, None where it has none yet."""
        existing = work.adopts or self._branch.retired.get(work.key)
        return None if existing is None else kept_fields(self._branch, existing, self._target.create_only)

    def _given_keys(self) -> list[str]:
        """Return the fields of the key that the database itself fills."""
        return [name for name in self._target.key if name in self._statements.computed]

    def _nothing(self, work: Work) -> Outcome:
        """Return the outcome of a work none of whose attributes the adapter writes."""
        computed = [name for name in work.attributes if name in self._statements.computed]
        known = [name for name in work.attributes if name in self._target.columns and name not in computed]
        if known:
            return Outcome.skipped(f"{', '.join(known)}: by the schema, this is not written here")
        now = self._branch.get(work.key)
        if all(getattr(now, name, None) == getattr(work.left, name) for name in work.attributes):
            return Outcome.applied("follows from the other fields")
        if computed:
            why = f"the database computes this; say `sync: {{{computed[0]}: never}}` in the schema"
            return Outcome.rejected(f"{', '.join(computed)}: {why}")
        return Outcome.rejected(
            f"{', '.join(work.attributes)}: the table has no column for it; write a handler"
        )
