"""What is known of a run before anything is written: from trees and actions to what rules judge."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeAlias

from dss_runtime._actions import Action, phase_of
from dss_runtime._branch import Branch
from dss_runtime._cells import same
from dss_runtime._diff import Diff
from dss_runtime._rules import COUNTED, Case, Counted, Read, Touched, judge
from dss_runtime._sync_rules import LastGood, SyncRules
from dss_runtime._trips import GuardHeldError, Trip

Branches: TypeAlias = Sequence[Branch[Any, Any]]
Messages: TypeAlias = "dict[tuple[str, Counted], dict[Any, str]]"
"""By branch and kind, the message of the first action of each record."""

log = logging.getLogger("dss_runtime")

EXAMPLES = 3
"""How many actions a report of a held run shows."""


def check_guards(diff: Diff, actions: Sequence[Action]) -> None:
    """Raise GuardHeldError when *actions*, or the unreadable rows of either side, exceed a limit."""
    verdict = judge(case_of(diff.left.branches, diff.right.branches, actions))
    if verdict.trips:
        raise GuardHeldError(verdict.trips)
    for each in verdict.passed:
        log.warning("%s", each)


def guard_trips(left: Branches, right: Branches, actions: Sequence[Action]) -> list[Trip]:
    """Return every limit that would be exceeded; changed records count once, whatever differs in them.

    *left* are the branches that were read, none where a saved plan stands for them.
    """
    return list(judge(case_of(left, right, actions)).trips)


def case_of(
    left: Branches,
    right: Branches,
    actions: Sequence[Action],
    *,
    rules: SyncRules | None = None,
    last: LastGood | None = None,
    now: datetime | None = None,
    compared: Iterable[str] | None = None,
) -> Case:
    """Return what decides whether *actions* may be carried out.

    *left* are the branches that were read, none where a saved plan stands for them. Sources have to be fresh
    and whole where the branches *compared*, all where that is None, are read or derived from them.
    """
    rules, last = rules or SyncRules(), last or LastGood()
    sources = {branch.name: branch for branch in left}
    targets = {branch.name: branch for branch in right}
    wanted = set(targets) if compared is None else set(compared)
    needed = {each.name for each in needed_sources(left, sources if compared is None else compared)}
    messages = _messages(targets, actions)
    return Case(
        now=now or datetime.now(UTC),
        source=left[0].tree.name if left else "",
        touched=tuple(
            _touched(branch, messages, rules, last, nothing_read=_gave_nothing(sources, branch.name))
            for branch in right
            if branch.name in wanted
        ),
        read=(
            *(_source(branch, rules, last, trusted=branch.name in needed) for branch in left),
            *(_read(branch, rules) for branch in right),
        ),
        windows=rules.windows,
    )


def rows_of(branch: Branch[Any, Any]) -> int:
    """Return how many rows a source gave; how many records, where nothing counts its rows."""
    return len(branch) + len(branch.unreadable) if branch.rows_read is None else branch.rows_read


def _messages(targets: Mapping[str, Branch[Any, Any]], actions: Iterable[Action]) -> Messages:
    found: Messages = {}
    for action in actions:
        for kind in _kinds(targets[action.branch], action):
            found.setdefault((action.branch, kind), {}).setdefault(action.key, action.message)
    return found


def _touched(
    branch: Branch[Any, Any], messages: Messages, rules: SyncRules, last: LastGood, *, nothing_read: bool
) -> Touched:
    counts: dict[Counted, int] = {}
    examples: dict[Counted, tuple[str, ...]] = {}
    for kind in COUNTED:
        found = messages.get((branch.name, kind), {})
        counts[kind], examples[kind] = len(found), tuple(islice(found.values(), EXAMPLES))
    return Touched(
        branch=branch.name,
        counts=counts,
        holds=len(branch),
        guard=rules.guard_of(branch.name, branch.guard),
        created=last.created.get(branch.name, 0),
        held=last.holds.get(branch.name),
        limits=rules.source_of(branch.name),
        nothing_read=nothing_read,
        examples=examples,
    )


def _kinds(branch: Branch[Any, Any], action: Action) -> Iterator[Counted]:
    """Yield what an action counts as: a change that disables its record is that as well.

    What adopts a record creates none: it changes one that is there.
    """
    yield "changed" if action.kind == "new" and action.adopts is not None else phase_of(action)
    if action.left is None or action.right is None:
        return
    if _is_disabled(branch, action.left) and not _is_disabled(branch, action.right):
        yield "disabled"


def _is_disabled(branch: Branch[Any, Any], record: object) -> bool:
    marks = branch.disabled_by
    return bool(marks) and all(same(getattr(record, name, None), value) for name, value in marks)


def _gave_nothing(branches: Mapping[str, Branch[Any, Any]], name: str) -> bool:
    """Whether a branch, or one that it is derived from, was read from a source without a single row.

    Such a source is no reason to remove even a few records: the floors of the limits do not count then.
    """
    branch = branches.get(name)
    if branch is None:
        return False
    return branch.rows_read == 0 or any(_gave_nothing(branches, each) for each in branch.derived_from)


def needed_sources(left: Branches, names: Iterable[str]) -> list[Branch[Any, Any]]:
    """Return the branches of *left* called *names*, and those that they are derived from."""
    sources = {branch.name: branch for branch in left}
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in sources and name not in found:
            found[name] = None
            waiting.extend(sources[name].derived_from)
    return [branch for branch in left if branch.name in found]


def _source(branch: Branch[Any, Any], rules: SyncRules, last: LastGood, *, trusted: bool) -> Read:
    """Return what a branch of the left side was read from; what has to be *trusted* is looked at closely."""
    found = _read(branch, rules)
    if not trusted:
        return found
    return Read(
        branch=found.branch,
        records=found.records,
        unreadable=found.unreadable,
        guard=found.guard,
        rows=rows_of(branch),
        size=branch.bytes_read,
        modified=branch.modified,
        rows_before=last.rows.get(branch.name),
        size_before=last.sizes.get(branch.name),
        limits=rules.source_of(branch.name),
        examples=found.examples,
    )


def _read(branch: Branch[Any, Any], rules: SyncRules) -> Read:
    return Read(
        branch=branch.fullname,
        records=len(branch),
        unreadable=len(branch.unreadable),
        guard=rules.guard_of(branch.name, branch.guard),
        examples=tuple(map(str, branch.unreadable[:EXAMPLES])),
    )
