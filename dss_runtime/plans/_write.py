"""Writing a plan: every action with the values that it needs, and what it expects to find."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from dss_runtime._actions import Action, phase_of
from dss_runtime._branch import Branch
from dss_runtime._diff import Diff
from dss_runtime._errors import DeclarationError
from dss_runtime._held import guard_trips, needed_sources
from dss_runtime._protection import HeldBack
from dss_runtime._sync_rules import SyncRules
from dss_runtime._trips import Trip
from dss_runtime._unclaimed import Unclaimed
from dss_runtime.plans._fitting import parents_there
from dss_runtime.plans._header import Header, Source
from dss_runtime.plans._identity import schema_mark, target_mark
from dss_runtime.plans._lines import Line, write_lines
from dss_runtime.plans._seal import Seal
from dss_runtime.plans._stable import stable_record, stable_unclaimed
from dss_runtime.plans._values import Sensitive, Values, stored_key, stored_record


def write_plan(
    path: Path,
    diff: Diff,
    actions: Sequence[Action],
    held_back: Iterable[HeldBack],
    seal: Seal,
    sensitive: Sensitive = "omit",
    after: int = 0,
    journal: str = "",
    *,
    sync: str = "",
    rules: Sequence[SyncRules] = (SyncRules(),),
    trips: Iterable[Trip] | None = None,
) -> Header:
    """Write *actions* of *diff*, as `diff.plan()` gives them, to *path* in one step; return the header.

    *trips* are what holds the run by its *rules*; they are judged by the branches' own guards where none are
    given. Equal trees give equal bytes, unless sensitive values are sealed. Raises DeclarationError for
    models that were written by hand, since nothing says how their values are written as text, and
    PlanWriteError.
    """
    right = {branch.name: branch for branch in diff.right.branches if branch.name in diff.branches}
    for branch in right.values():
        if not branch.info.fields:
            raise DeclarationError(
                f"{branch.fullname} holds records of a class that was written by hand: "
                "only those of generated models can be saved in a plan"
            )
    if trips is None:
        trips = guard_trips(diff.left.branches, diff.right.branches, actions)
    header = Header(
        left=diff.left.name,
        right=diff.right.name,
        branches=diff.branches,
        schema=schema_mark(right.values()),
        target=target_mark(diff.right, seal),
        after=after,
        journal=journal,
        counts=_counts(actions),
        sources=tuple(map(_source, needed_sources(diff.left.branches, diff.branches))),
        sensitive=sensitive,
        held={trip.name: str(trip) for trip in trips},
        sync=sync,
        guard={branch.name: _limits(branch, rules) for branch in right.values()},
    )
    writer = _Writer(right, diff.right.branches, Values(seal, sensitive))
    lines = [header.json()], map(writer.held_back, held_back), writer.works(actions)
    write_lines(path, (line for part in lines for line in part), seal)
    return header


def right_mark(branch: Branch[Any, Any], record: object, seal: Seal) -> str | None:
    """Return by which a record of the target is known to be as it was; None for no record."""
    return None if record is None else seal.mark("record", branch.name, stable_record(branch, record))


def unclaimed_mark(branch: Branch[Any, Any], found: Unclaimed, seal: Seal) -> str:
    """Return by which a record of the target that is adopted is known to be as it was."""
    return seal.mark("unclaimed", branch.name, stable_unclaimed(branch, found))


def _counts(actions: Iterable[Action]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for action in actions:
        kinds = found.setdefault(action.branch, {})
        kinds[action.kind] = kinds.get(action.kind, 0) + 1
    return found


def _limits(branch: Branch[Any, Any], rules: Iterable[SyncRules]) -> dict[str, list[str]]:
    """Return every limit of *branch*, by kind, as a person reads it."""
    found: dict[str, list[str]] = {}
    for each in rules:
        guard = each.guard_of(branch.name, branch.guard)
        for kind in guard.limits:
            found.setdefault(kind, []).extend(map(str, guard.of(kind)))
    return found


def _source(branch: Branch[Any, Any]) -> Source:
    modified = branch.modified
    return Source(
        branch=branch.name,
        rows=branch.rows_read,
        bytes=branch.bytes_read,
        modified="" if modified is None else modified.isoformat(timespec="seconds"),
    )


class _Writer:
    """Turns actions into lines."""

    def __init__(
        self,
        right: Mapping[str, Branch[Any, Any]],
        whole: Sequence[Branch[Any, Any]],
        values: Values,
    ) -> None:
        self._right = right
        self._whole = whole
        self._values = values

    def works(self, actions: Iterable[Action]) -> Iterator[Line]:
        """Yield a line for all actions of one record in one phase."""
        for (phase, name, key), group in groupby(actions, _of_one_record):
            found = list(group)
            branch, left, right = self._right[name], found[0].left, found[0].right
            line: Line = {"phase": phase, "branch": name, "key": stored_key(branch, key, self._values)}
            if left is not None:
                line["left"] = stored_record(branch, left, self._values)
                names = [each.attribute for each in found if each.attribute is not None]
                refs = names or [field.name for field in branch.info.refs]
                if parents := list(parents_there(self._whole, branch, left, refs)):
                    line["parents"] = parents
            if phase == "new":
                right = branch.retired.get(key)
            line["right"] = right_mark(branch, right, self._values.seal)
            line.update(self._special(branch, found[0]))
            line["actions"] = [_action(each) for each in found]
            yield line

    def _special(self, branch: Branch[Any, Any], action: Action) -> Line:
        """Return what is told of a record that is adopted, or that is deleted for good."""
        if action.kind == "new" and action.adopts is not None:
            return {"adopts": unclaimed_mark(branch, action.adopts, self._values.seal)}
        if action.kind == "old" and action.aside_since is not None:
            return {"aside_since": action.aside_since.isoformat()}
        return {}

    def held_back(self, held: HeldBack) -> Line:
        """Return the line of a difference that is left alone."""
        key = stored_key(self._right[held.branch], held.key, self._values)
        return {
            "held_back": held.kind, "branch": held.branch, "key": key,
            "message": held.message, "reason": held.reason,
        }  # fmt: skip


def _of_one_record(action: Action) -> tuple[str, str, Hashable]:
    return phase_of(action), action.branch, action.key


def _action(action: Action) -> Line:
    found: Line = {"kind": action.kind, "message": action.message}
    if action.attribute is not None:
        found["attribute"] = action.attribute
    if action.error is not None:
        found["error"] = action.error
    return found
