"""Bringing the right branch up to date after a success, so that a diff shows what is left to do."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from dss_runtime._actions import AttributeAction, New, Old
from dss_runtime._branch import Branch
from dss_runtime._differences import identity
from dss_runtime._fields import info_of
from dss_runtime._model import copies, with_value
from dss_runtime._template import Work
from dss_runtime._unclaimed import record_after

_MUTABLE: tuple[type[Any], ...] = (list, set, dict, bytearray)


class Updates:
    """Applies works to the right tree's records, and can undo all since the last `keep`."""

    def __init__(self, branches: Mapping[str, Branch[Any, Any]]) -> None:
        self.branches = branches
        self._before: dict[str, Any] = {}
        self._undo: list[Callable[[], object]] = []
        """What takes back, in the reverse order, what was done to branches before they were in `_before`."""

    def apply(self, work: Work, given: Mapping[str, object] = MappingProxyType({})) -> None:
        """Do to the right branch what was done to the system, which has put *given* into fields itself."""
        branch = self._begun(work.branch)
        _store(branch, work, self._made(branch, work))
        for name, value in given.items():
            branch.replace(work.key, with_value(branch[work.key], name, value))

    def apply_all(self, works: Sequence[Work]) -> None:
        """Do that for works of one branch and phase, each about a record of its own; nothing was given.

        Where a record of theirs cannot be made, none is brought up to date.
        """
        name, phase = works[0].branch, works[0].phase
        branch, keys = self.branches[name], [work.key for work in works]
        if phase == "changed":
            before = branch.all_of(keys)
            after = _all_after(before, works)
            self._note(name, partial(branch.replace_all, keys, before))
            branch.replace_all(keys, after)
        elif phase == "old" and not _moves(branch, works):
            self._begun(name).delete_all(keys)
        elif phase == "new" and not _moves(branch, works) and branch.held.keys().isdisjoint(keys):
            made = list(map(_unshared_fields, copies([work.left for work in works])))
            self._note(name, partial(branch.delete_all, keys))
            branch.replace_all(keys, made)
        else:
            branch = self._begun(name)
            for work, record in zip(works, [self._made(branch, work) for work in works], strict=True):
                _store(branch, work, record)

    def _made(self, branch: Branch[Any, Any], work: Work) -> Any:
        """Return the record that the right branch gets by *work*, None when it loses one."""
        first = work.actions[0]
        if first.kind == "new":
            return _unshared_fields(copy.copy(record_after(branch, first)))
        return self.after(work)

    def _note(self, name: str, undo: Callable[[], object]) -> None:
        if name not in self._before:
            self._undo.append(undo)

    def _begun(self, name: str) -> Branch[Any, Any]:
        """Return the branch of that name, as it was before kept for `undo`."""
        branch = self.branches[name]
        if name not in self._before:
            # The whole branch: undoing record by record would not bring back their order.
            self._before[name] = branch.snapshot()
        return branch

    def after(self, work: Work) -> Any:
        """Return the record as it is once *work* has happened, None when it is gone then."""
        if work.phase != "changed":
            return work.left
        record = copy.copy(self.branches[work.branch][work.key])
        for action in work.actions:
            if action.kind != "new" and action.kind != "old":
                _change(record, action)
        return record

    def keep(self) -> None:
        """Everything so far is certain."""
        self._before.clear()
        self._undo.clear()

    def undo(self) -> None:
        """Take back everything since the last `keep`."""
        for name, state in self._before.items():
            self.branches[name].restore(state)
        while self._undo:
            self._undo.pop()()
        self._before.clear()


def _store(branch: Branch[Any, Any], work: Work, record: Any) -> None:
    """Store the *record* that *branch* gets by *work*, and take away what is there no longer."""
    first = work.actions[0]
    if first.kind == "old":
        _remove(branch, first)
        return
    branch.replace_all((work.key,), (record,))
    if first.kind == "new":
        _forget(branch, first)


def _remove(branch: Branch[Any, Any], action: Old[Any, Any]) -> None:
    """Remove an old record, or set it aside."""
    key = action.key
    if action.final:
        branch.retired.pop(key, None)
        branch.expired.pop(key, None)
        return
    record = branch.held.get(key)
    if record is not None:
        branch.delete(key)
        if branch.retires_old:
            branch.retired[key] = record


def _forget(branch: Branch[Any, Any], action: New[Any, Any]) -> None:
    """Forget what a new record adopts, or the retired one that it is."""
    adopts = action.adopts
    gone = [action.key] if adopts is None else [action.key, adopts.key]
    for key in gone:
        branch.retired.pop(key, None)
        branch.expired.pop(key, None)
    if adopts is not None:
        branch.unclaimed[:] = [each for each in branch.unclaimed if each is not adopts]
        if adopts.key is not None and adopts.key in branch:
            branch.delete(adopts.key)


def _moves(branch: Branch[Any, Any], works: Sequence[Work]) -> bool:
    """Whether records may come from, or go to, where those are that are set aside or have no key."""
    return branch.retires_old or bool(branch.retired) or any(each.adopts or each.final for each in works)


def _all_after(records: Sequence[Any], works: Sequence[Work]) -> Sequence[Any]:
    """Return what becomes of *records* by *works*, which are about them in this order."""
    after = copies(records)
    for record, work in zip(after, works, strict=True):
        for action in work.actions:
            if action.kind != "new" and action.kind != "old":
                _change(record, action)
    return after


def _unshared_fields(record: Any) -> Any:
    """Return *record*, a copy, which shares no list, set or mapping any more: the source's are its own."""
    held: dict[str, Any] = getattr(record, "__dict__", {})
    for name, value in held.items():
        held[name] = _unshared(value)
    return record


def _unshared(value: Any) -> Any:
    return copy.copy(value) if isinstance(value, _MUTABLE) else value


def _change(record: Any, action: AttributeAction) -> None:
    """Do to *record*, a copy of the right side's, what *action* is about."""
    attribute: str = action.attribute
    if action.kind == "changed":
        _put(record, attribute, _unshared(action.new))
        return
    members: Collection[Any] | None = getattr(record, attribute)
    # Nothing at all has no kind: it becomes what the left side has.
    like: object = getattr(action.left, attribute) if members is None else members
    kind: Any = like.__class__
    if action.kind == "added":
        left = [*(members or ()), action.item]
    else:
        form = _form(record, attribute)
        gone = form(action.item)
        left = [each for each in members or () if form(each) != gone]
    object.__setattr__(record, attribute, kind(left))


def _put(record: Any, attribute: str, value: object) -> None:
    """Set an attribute; a property without a setter follows from the others, and there is nothing to set."""
    declared: object = getattr(record.__class__, attribute, None)
    if not isinstance(declared, property) or declared.fset is not None:
        object.__setattr__(record, attribute, value)  # a frozen dataclass refuses setattr


def _form(record: Any, attribute: str) -> Callable[[Any], Hashable]:
    """Return what tells the members of an attribute apart, as the comparison does."""
    for field in info_of(record).fields:
        of: Any = getattr(field.type, "of", None)
        if field.name == attribute and of is not None:
            return cast("Callable[[Any], Hashable]", of.canonical)
    return identity
