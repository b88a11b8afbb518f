"""The base of generated templates that write to a system in memory."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from dss_runtime import Branch, DefaultTemplate, New, Outcome, Phase, TransientError, Work
from dss_runtime._masking import scrub
from dss_runtime._model import with_value
from dss_runtime._unclaimed import record_after
from dss_runtime.adapters.memory._importer import system_of
from dss_runtime.adapters.memory._system import MemorySystem
from dss_runtime.codegen import override


class MemoryTemplate(DefaultTemplate):
    """Writes records to the `MemorySystem` in the tree's settings, each phase in one transaction.

    Handlers use `system`; what one did before it raised is undone.
    """

    transactions = "phase"
    atomic_writes = True

    @property
    def system(self) -> MemorySystem:
        """The system that is written to."""
        return system_of(self.tree)

    @override
    def begin(self, phase: Phase) -> None:
        """Begin a transaction."""
        self.system.begin()

    @override
    def end(self, phase: Phase) -> None:
        """Commit it."""
        self.system.commit()

    @override
    def abandon(self, phase: Phase) -> None:
        """Roll it back."""
        self.system.rollback()

    @override
    def single(self) -> AbstractContextManager[None]:
        """Undo what a handler did when it raises."""
        return self.system.savepoint()

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        """Write the works, each by itself; TransientError, with nothing written, when one may work later."""
        with self.system.savepoint():
            return [self._one(work) for work in works]

    @override
    def look(self, work: Work) -> Any:
        """Return a copy of the record as the system holds it now."""
        return copy.copy(self.system.branch(work.branch).get(work.key))

    def _one(self, work: Work) -> Outcome:
        try:
            with self.system.savepoint():
                reason = self._write(work)
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a switch of the system raises
            reason = scrub(str(error) or type(error).__name__, *work.records)
        return Outcome.failed(reason) if reason else Outcome.applied()

    def _write(self, work: Work) -> str:
        """Carry out a work, and return why it cannot be, or nothing."""
        held = self.system.branch(work.branch)
        first = work.actions[0]
        if first.kind == "new":
            return self._new(first)
        if work.final:
            if work.key not in self.system.aside(work.branch):
                return "it is not set aside any more"
            self.system.delete(work.branch, work.key)
        elif work.key not in held:
            return "there is no such record any more"
        elif work.phase == "old":
            if self._branch(work.branch).retires_old:
                self.system.set_aside(work.branch, work.key)
            else:
                self.system.delete(work.branch, work.key)
        else:
            record = _changed(held[work.key], work)
            left = [name for name in work.attributes if _follows(record, name)]
            if any(getattr(record, name) != getattr(work.left, name) for name in left):
                return f"{', '.join(left)}: follows from other fields, and cannot be written itself"
            self.system.put(work.branch, work.key, record)
        return ""

    def _new(self, action: New[Any, Any]) -> str:
        """Make a record, or give one that is there already its key, and return why that cannot be."""
        branch, system, adopts = self._branch(action.branch), self.system, action.adopts
        if action.key in system.branch(branch.name):
            return "there is such a record already"
        record = copy.copy(record_after(branch, action))
        if adopts is not None and not system.take_away(branch.name, adopts):
            return "what it adopts is not there any more"
        system.put(branch.name, action.key, record)
        return ""

    def _branch(self, name: str) -> Branch[Any, Any]:
        return next(each for each in self.tree.branches if each.name == name)


def _changed(record: Any, work: Work) -> Any:
    """Return *record* with the attributes of *work* as the left side has them."""
    for name in work.attributes:
        if not _follows(record, name):
            record = with_value(record, name, getattr(work.left, name))
    return record


def _follows(record: Any, name: str) -> bool:
    """Return whether an attribute follows from others: there is nothing to set."""
    declared: object = getattr(record.__class__, name, None)
    return isinstance(declared, property) and declared.fset is None
