"""Bringing the right branch up to date after a success, so that a diff shows what is left to do."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, cast

from dss_runtime._actions import AttributeAction
from dss_runtime._branch import Branch
from dss_runtime._model import with_value
from dss_runtime._template import Work

_NOTHING = object()


class Updates:
    """Applies works to the right tree's records, and can undo all since the last `keep`."""

    def __init__(self, branches: Mapping[str, Branch[Any, Any]]) -> None:
        self._branches = branches
        self._before: list[tuple[Branch[Any, Any], Hashable, Any, Any]] = []

    def apply(self, work: Work) -> None:
        """Do to the right branch what was done to the system."""
        branch = self._branches[work.branch]
        key = work.key
        record = branch.get(key, _NOTHING)
        self._before.append((branch, key, record, branch.retired.get(key, _NOTHING)))
        if work.phase == "new":
            # A copy: the source's records are its own, and hand-written ones can be changed by anybody.
            branch.replace(key, copy.copy(work.left))
            branch.retired.pop(key, None)
        elif work.phase == "old":
            if record is not _NOTHING:
                branch.delete(key)
                if branch.retires_old:
                    branch.retired[key] = record
        else:
            for action in work.actions:
                if action.kind != "new" and action.kind != "old":
                    record = _changed(record, action)
            branch.replace(key, record)

    def keep(self) -> None:
        """Everything so far is certain."""
        self._before.clear()

    def undo(self) -> None:
        """Take back everything since the last `keep`, the last first."""
        for branch, key, record, retired in reversed(self._before):
            if record is _NOTHING:
                branch.delete(key)
            else:
                branch.replace(key, record)
            if retired is _NOTHING:
                branch.retired.pop(key, None)
            else:
                branch.retired[key] = retired
        self._before.clear()


def _changed(record: Any, action: AttributeAction) -> Any:
    """Return *record* as it is after *action*."""
    attribute: str = action.attribute
    if action.kind == "changed":
        return _settable(record, attribute, action.new)
    present: Collection[Any] | None = getattr(record, attribute)
    # An optional collection that is absent becomes one of the kind that the left side has.
    like: object = getattr(action.left, attribute) if present is None else present
    kind = cast("Callable[[list[Any]], Any]", type(like))
    members, item = list(present or ()), action.item
    if action.kind == "added":
        return with_value(record, attribute, kind([*members, item]))
    rest = [member for member in members if not (type(member) is type(item) and member == item)]
    return with_value(record, attribute, kind(rest))


def _settable(record: Any, attribute: str, value: object) -> Any:
    """A property without a setter follows from the other attributes: there is nothing to set."""
    declared = getattr(cast("type[object]", type(record)), attribute, None)
    if isinstance(declared, property) and declared.fset is None:
        return record
    return with_value(record, attribute, value)
