"""A plan that was saved: its header, and its actions as they apply to the target of today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from dss_runtime._actions import Action, Changed, New, Old, Phase, attribute_action
from dss_runtime._branch import Branch
from dss_runtime._capacity import Capacity
from dss_runtime._fields import Field
from dss_runtime._naming import with_names
from dss_runtime._override import Override
from dss_runtime._protection import HeldBack
from dss_runtime._tree import DataStoreTree
from dss_runtime._trips import Passed
from dss_runtime.plans._adopted import Adopted
from dss_runtime.plans._fitting import CHANGED, parents_there, refitted
from dss_runtime.plans._header import VERSION, Header, Source
from dss_runtime.plans._identity import schema_mark, target_mark
from dss_runtime.plans._lines import Line, PlanHeldError, PlanRefusedError, opened
from dss_runtime.plans._seal import Seal
from dss_runtime.plans._values import SENSITIVE, Values, key_parts, left_out, mark_of, owner, stored_fields
from dss_runtime.plans._write import right_mark

Load: TypeAlias = Callable[[], DataStoreTree]
"""Reads the left tree again, for the values that the plan left out."""


class Today(NamedTuple):
    """A plan as it applies today: its actions, what it holds back, and how many of its actions are done."""

    actions: list[Action]
    held_back: list[HeldBack]
    done: int = 0


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan in a file that is open, whole and unedited. `mark` tells it from every other plan."""

    path: Path
    mark: str
    header: Header
    seal: Seal
    _lines: Iterator[tuple[int, Line]]

    def refuse_others(self, right: DataStoreTree) -> None:
        """Raise PlanRefusedError unless *right* is what the plan was made for."""
        header = self.header
        held = {branch.name: branch for branch in right.branches}
        branches = [held[name] for name in header.branches if name in held]
        if schema_mark(branches) != header.schema:
            raise PlanRefusedError(
                f"{self.path}: was made with another schema than that of today: make a new plan"
            )
        if target_mark(right, self.seal) != header.target:
            raise PlanRefusedError(
                f"{self.path}: was made for another system than the one that {right.name} is in the settings"
            )

    def refuse_held(self, override: Override | None = None) -> tuple[Passed, ...]:
        """Raise PlanHeldError when the plan was held when it was made, unless *override* lets that pass."""
        held = self.header.held
        left = {name: told for name, told in held.items() if override is None or not override.allows(name)}
        if left:
            raise PlanHeldError(
                f"{self.path}: was held when it was made: {'; '.join(left.values())}", tuple(left)
            )
        reason = "" if override is None else f"override: {override.reason}"
        return tuple(Passed(name, told, reason) for name, told in held.items())

    def today(self, right: DataStoreTree, load_left: Load, *, begun: bool = False) -> Today:
        """Return the plan as it applies to *right* as it was just read.

        Where it was *begun* before, what is as the plan wants it counts as done. The action of a record that
        is not as it was when the plan was made has an `error`, and so has one that the rest of the target
        speaks against. *load_left* is called, once, where values were left out of the plan. PlanRefusedError
        where the file has changed since it was opened.
        """
        branches = {branch.name: branch for branch in right.branches}
        reader = _Reader(branches, self, load_left)
        actions: list[Action] = []
        held_back: list[HeldBack] = []
        done = 0
        for number, line in self._lines:
            try:
                if "held_back" in line:
                    held_back.extend(reader.held_back(line))
                elif begun and reader.is_done(line):
                    done += len(line["actions"])
                else:
                    actions.extend(reader.work(line))
            except (KeyError, TypeError, ValueError) as error:
                raise PlanRefusedError(f"{self.path}:{number}: is no line of a plan: {error}") from error
        return Today(refitted(branches, actions), held_back, done)


@contextmanager
def open_plan(path: Path, seal: Seal) -> Generator[SavedPlan]:
    """Give the plan in *path* (PlanRefusedError unless it is a plan, whole, and as it was written)."""
    with opened(path, seal) as (mark, lines):
        _, first = next(lines, (0, cast("Line", {})))
        if first.get("plan") != VERSION:
            raise PlanRefusedError(f"{path}:1: is no plan of version {VERSION}, which this version reads")
        try:
            header = _header(first)
        except (KeyError, TypeError, ValueError) as error:
            raise PlanRefusedError(f"{path}:1: is no header of a plan: {error!r}") from error
        yield SavedPlan(path, mark, header, seal, lines)


def _header(line: Line) -> Header:
    values = {name: value for name, value in line.items() if name != "plan"}
    values["sources"] = tuple(Source(**each) for each in line["sources"])
    values["branches"] = tuple(line["branches"])
    values["held"] = dict(line["held"])
    if line["sensitive"] not in SENSITIVE:
        raise ValueError(f"sensitive: {line['sensitive']!r}")
    return Header(**values)


class _Reader:
    """Turns lines into actions."""

    def __init__(self, right: Mapping[str, Branch[Any, Any]], plan: SavedPlan, load_left: Load) -> None:
        self._right = right
        self._values = Values(plan.seal, plan.header.sensitive)
        self._load_left = load_left
        self._left: Mapping[str, Branch[Any, Any]] | None = None
        self._adopted: dict[str, Adopted] = {}
        self._known: dict[tuple[str, str, bool], dict[str, object]] = {}

    def held_back(self, line: Line) -> Iterator[HeldBack]:
        """Yield what a line holds back, unless it has gone from the target meanwhile."""
        branch = self._right[line["branch"]]
        kind: Literal["new", "old"] = line["held_back"]
        key = self._key(branch, line["key"], kind)
        if kind == "new" or key in branch:
            yield HeldBack(branch.name, kind, key, line["reason"], line["message"])

    def is_done(self, line: Line) -> bool:
        """Whether the target is already as one line wants it."""
        branch = self._right[line["branch"]]
        key = self._key(branch, line["key"], line["phase"])
        right = branch.get(key)
        if "aside_since" in line:
            return right is None and key not in branch.retired
        if right is None or line["phase"] == "old":
            return right is None and line["phase"] == "old"
        left, gone = self._record(branch, key, line["left"])
        wanted = {each.get("attribute") for each in line["actions"]}
        left_over = (
            each for each in branch.compare(left, right) if wanted == {None} or each.attribute in wanted
        )
        return gone is None and next(iter(left_over), None) is None

    def work(self, line: Line) -> Iterator[Action]:
        """Yield the actions of one record in one phase."""
        phase: Phase = line["phase"]
        branch = self._right[line["branch"]]
        key = self._key(branch, line["key"], phase)
        right = branch.get(key)
        since = None
        if phase == "old" and "aside_since" in line:
            since = datetime.fromisoformat(line["aside_since"])
            right = None if key in branch else branch.retired.get(key)
        error = _presence(phase, right)
        expected = branch.retired.get(key) if phase == "new" else right
        if error is None and right_mark(branch, expected, self._values.seal) != line["right"]:
            error = f"{CHANGED}: the target's record is not as it was"
        if right is None and phase != "new":
            right = _placeholder(branch, key)
        planned: Sequence[Line] = line["actions"]
        if phase == "old":
            yield Old(branch.name, key, right, error or planned[0].get("error"), since)
            return
        left, gone = self._record(branch, key, line["left"])
        error = error or self._orphaned(branch, left, line.get("parents", ()))
        if phase == "new":
            error = error or gone or planned[0].get("error")
            new = self._new(branch, New(branch.name, key, left, error), line.get("adopts"))
            yield with_names(new, branch)
        else:
            yield from _changes(branch, key, left, right, planned, error or gone)

    def _new(self, branch: Branch[Any, Any], new: New[Any, Any], mark: str | None) -> New[Any, Any]:
        """Return *new* with what it adopts; where that has changed since, it has an error."""
        if not branch.matched_by or new.error is not None or new.key in branch.retired:
            return new
        if branch.name not in self._adopted:
            self._adopted[branch.name] = Adopted(branch, self._values.seal)
        found = self._adopted[branch.name].find(new.left, mark)
        if isinstance(found, str):
            return replace(new, error=f"{CHANGED}: {found}")
        return new if found is None else replace(new, adopts=found, matched_by=branch.matched_by)

    def _orphaned(self, branch: Branch[Any, Any], left: object, names: Sequence[str]) -> str | None:
        """Return that a record which the plan found in the target, by one of the refs *names*, is gone."""
        there = set(parents_there(self._right.values(), branch, left, names))
        gone = [name for name in names if name not in there]
        return f"{CHANGED}: the record that {gone[0]} refers to is gone" if gone else None

    def _record(
        self, branch: Branch[Any, Any], key: Any, stored: Mapping[str, object]
    ) -> tuple[Any, str | None]:
        """Return the left record, and why it cannot be used where a value that was left out is not there."""
        values: dict[str, object] = {}
        gone: str | None = None
        of = owner(branch, key)
        for field in stored_fields(branch):
            value = stored[field.name]
            if left_out(value):
                record = self._left_branches[branch.name].get(key)
                values[field.name] = getattr(record, field.name, None)
                own = "" if field.name in branch.info.key else of
                if self._values.mark(field, values[field.name], own) != mark_of(value):
                    gone = (
                        f"{CHANGED}: {field.name} is sensitive, was left out of the plan, and is another now"
                    )
            else:
                values[field.name] = self._values.loaded(field, value)
        return branch.klass(**values), gone

    @property
    def _left_branches(self) -> Mapping[str, Branch[Any, Any]]:
        if self._left is None:
            self._left = {branch.name: branch for branch in self._load_left().branches}
        return self._left

    def _key(self, branch: Branch[Any, Any], stored: Mapping[str, object], phase: Phase) -> Any:
        """Return the key; a sensitive part that was left out is looked up on the side that has the record."""
        parts: list[object] = []
        for name in branch.info.key:
            field, value = branch.info[name], stored[name]
            if left_out(value):
                parts.append(self._known_values(branch, field, phase == "old").get(mark_of(value)))
            else:
                parts.append(self._values.loaded(field, value))
        return tuple(parts) if len(parts) > 1 else parts[0]

    def _known_values(self, branch: Branch[Any, Any], field: Field, of_right: bool) -> Mapping[str, object]:
        """Return all values of *field* on one side by their marks."""
        ident = (branch.name, field.name, of_right)
        if ident not in self._known:
            side = branch if of_right else self._left_branches[branch.name]
            records = chain(side.values(), side.retired.values() if of_right else ())
            values = (getattr(record, field.name) for record in records)
            self._known[ident] = {self._values.mark(field, value): value for value in values}
        return self._known[ident]


def _presence(phase: Phase, right: object | None) -> str | None:
    """Return why an action is out of date already because its record is there, or is not."""
    if phase == "new" and right is not None:
        return f"{CHANGED}: the target has such a record now"
    if phase != "new" and right is None:
        return f"{CHANGED}: the target's record is gone"
    return None


def _placeholder(branch: Branch[Any, Any], key: Any) -> Any:
    """Return a record that stands for one that is gone, so that the action can still be told."""
    nothing: dict[str, object] = {field.name: None for field in stored_fields(branch)}
    return branch.klass(**nothing | dict(key_parts(branch, key)))


def _changes(
    branch: Branch[Any, Any], key: Any, left: Any, right: Any, planned: Sequence[Line], error: str | None
) -> Iterator[Action]:
    """Yield the changes of one record: found anew, and held against the plan, unless there is an *error*."""
    if error is None:
        wanted = {each["attribute"] for each in planned}
        found = [
            attribute_action(branch.name, key, left, right, each)
            for each in branch.compare(left, right)
            if each.attribute in wanted
        ]
        shown = Counter((each.kind, each.attribute) for each in found)
        if shown == Counter((each["kind"], each["attribute"]) for each in planned):
            refused = {each["attribute"]: each["error"] for each in planned if "error" in each}
            for action in map(Capacity(branch).checked, found):
                yield replace(action, error=action.error or refused.get(action.attribute))
            return
        error = f"{CHANGED}: the project's code does not find the same differences any more"
    for each in planned:
        name = each["attribute"]
        new, old = getattr(left, name, None), getattr(right, name, None)
        yield Changed(branch.name, key, left, right, name, new, old, error)
