"""Taking a run back: the target as it would be without it, as far as nobody has changed it since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dss_runtime._branch import Branch
from dss_runtime._model import differences, with_value
from dss_runtime.journal._comparing import attributes, ident, is_targets_own, same
from dss_runtime.journal._values import OPEN, LoggedWork, Remark
from dss_runtime.plans._values import Values, held_record, left_out, stored_fields, stored_key

_FOR_GOOD: Mapping[Remark, str] = {
    "adopts": "the record was there before it got this key: take the key out by hand where it is wrong",
    "final": "the record was deleted for good, after it had been set aside",
}
"""What is never taken back, and why: an adopted record is somebody's, and is not deleted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that a run did and that is not taken back, or not all of it, and why."""

    branch: str
    message: str
    reason: str


class Undoing:
    """Makes *wanted*, a tree of the same kind, what *target* would be without some works of a run.

    `kept` is what cannot be taken back, `losses` what is, as far as that can be done at all.
    """

    def __init__(
        self,
        target: Mapping[str, Branch[Any, Any]],
        wanted: Mapping[str, Branch[Any, Any]],
        values: Values,
    ) -> None:
        self._target = target
        self._wanted = wanted
        self._values = values
        self._keys: dict[str, dict[str, Any]] = {}
        self.kept: list[Kept] = []
        self.losses: list[Kept] = []
        for name, branch in target.items():
            wanted[name].restore(branch.snapshot())
            wanted[name].tree.restored = True

    def take_back(self, works: Iterable[LoggedWork]) -> list[Kept]:
        """Take back what was applied of *works*, the last first; return what cannot be taken back."""
        for work in sorted(works, key=lambda work: work.number, reverse=True):
            if work.state in OPEN:
                self.kept.append(_kept(work, "nobody knows whether it happened"))
            elif work.state == "applied" and (reason := self._take_back(work)):
                self.kept.append(_kept(work, reason))
        return self.kept

    def _take_back(self, work: LoggedWork) -> str:
        """Take one work back; return why that is not possible, "" where it was."""
        if work.branch not in self._target:
            return "the tree has no such branch any more"
        branch, wanted = self._target[work.branch], self._wanted[work.branch]
        if work.remark:
            return _FOR_GOOD[work.remark]
        if work.phase == "old":
            return self._bring_back(work, branch, wanted)
        key = self._keys_of(branch).get(ident(work.key))
        if key is None:
            return "the record is gone"
        names = attributes(work, branch)
        now = held_record(branch, branch[key], self._values)
        if not names:
            return "it follows from other fields"
        if not self._is_as_left(work, branch, now, names):
            return "the record was changed since"
        if work.phase == "new":
            return self._remove(work, branch, wanted, key)
        return self._set_back(work, branch, wanted, key, names)

    def _remove(self, work: LoggedWork, branch: Branch[Any, Any], wanted: Branch[Any, Any], key: Any) -> str:
        """Remove what was created, or disable again what was enabled."""
        if branch.keeps_old:
            return "this branch keeps every record"
        wanted.delete(key)
        if work.before is None:
            if branch.retires_old:
                self.losses.append(_kept(work, "it is disabled, not removed: this branch removes no record"))
            return ""
        marks = {name for name, _ in branch.disabled_by}
        names = [name for name in attributes(work, branch) if name not in marks]
        stays = [name for name in names if not same(branch, work.after or {}, work.before, [name])]
        return f"it is disabled again, but with what the run has set: {', '.join(stays)}" if stays else ""

    def _is_as_left(
        self, work: LoggedWork, branch: Branch[Any, Any], now: Mapping[str, Any], names: list[str]
    ) -> bool:
        """Whether the record is as the work has left it; the target's own fields may be as they were."""
        if work.after is None:
            return False
        own = [name for name in names if work.phase == "new" and is_targets_own(branch, name)]
        before = work.before or dict.fromkeys(now)
        return same(branch, now, work.after, [name for name in names if name not in own]) and all(
            same(branch, now, work.after, [name]) or same(branch, now, before, [name]) for name in own
        )

    def _set_back(
        self,
        work: LoggedWork,
        branch: Branch[Any, Any],
        wanted: Branch[Any, Any],
        key: Any,
        names: Iterable[str],
    ) -> str:
        before = work.before or {}
        record = wanted[key]
        for name in names:
            if left_out(before.get(name)):
                return f"{name} is sensitive, and the journal does not hold what it was"
            record = with_value(record, name, self._values.loaded(branch.info[name], before.get(name)))
        wanted.replace(key, record)
        seen = {each.attribute for each in branch.compare(record, branch[key])}
        unseen = [each.attribute for each in differences(record, branch[key]) if each.attribute not in seen]
        if unseen:
            return f"{', '.join(dict.fromkeys(unseen))}: what this system has once been given is its own"
        return ""

    def _bring_back(self, work: LoggedWork, branch: Branch[Any, Any], wanted: Branch[Any, Any]) -> str:
        ident_ = ident(work.key)
        if ident_ in self._keys_of(branch):
            return "there is such a record again"
        for key, record in branch.retired.items():
            if ident(stored_key(branch, key, self._values)) == ident_:
                wanted.put(key, record)
                return ""
        before = work.before or {}
        # What this tree does not hold is optional or has a default: nothing of it was lost.
        held = [each for each in stored_fields(branch) if each.name not in branch.omitted]
        missing = [each.name for each in held if left_out(before.get(each.name))]
        if missing:
            return f"{', '.join(missing)}: sensitive, and the journal does not hold what it was"
        record = branch.klass(
            **{each.name: self._values.loaded(each, before.get(each.name)) for each in held}
        )
        wanted.put(branch.key_of(record), record)
        self.losses.append(_kept(work, "it is created anew: what the schema does not name of it is lost"))
        return ""

    def _keys_of(self, branch: Branch[Any, Any]) -> Mapping[str, Any]:
        if branch.name not in self._keys:
            self._keys[branch.name] = {ident(stored_key(branch, key, self._values)): key for key in branch}
        return self._keys[branch.name]


def _kept(work: LoggedWork, reason: str) -> Kept:
    return Kept(work.branch, f"{work.actions[0][2]}{work.mark}", reason)
