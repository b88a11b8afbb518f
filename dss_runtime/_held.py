"""Whether a run exceeds a guard, looked at before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from dss_runtime._actions import Action, phase_of
from dss_runtime._branch import Branch
from dss_runtime._diff import Diff
from dss_runtime._guard import Guard, GuardedKind, GuardHeldError, Trip

Branches: TypeAlias = Sequence[Branch[Any, Any]]

EXAMPLES = 3
"""How many actions a report of a held run shows."""


def check_guards(diff: Diff, actions: Sequence[Action]) -> None:
    """Raise GuardHeldError when *actions*, or the unreadable rows of either side, exceed a limit."""
    trips = guard_trips(diff.left.branches, diff.right.branches, actions)
    if trips:
        raise GuardHeldError(trips)


def guard_trips(left: Branches, right: Branches, actions: Sequence[Action]) -> list[Trip]:
    """Return every limit that would be exceeded; changed records count once, whatever differs in them.

    *left* are the branches that were read, none where a saved plan stands for them.
    """
    touched: dict[tuple[str, GuardedKind], dict[Any, str]] = {}
    for action in actions:
        touched.setdefault((action.branch, phase_of(action)), {}).setdefault(action.key, action.message)
    found: list[Trip] = []
    sources = {branch.name: branch for branch in left}
    for branch in right:
        for kind in ("new", "changed", "old"):
            messages = touched.get((branch.name, kind), {})
            nothing_read = kind == "old" and _gave_nothing(sources, branch.name)
            guard = _without_floors(branch.guard) if nothing_read else branch.guard
            trip = guard.trips(branch.name, kind, len(messages), len(branch))
            if trip is not None:
                found.append(replace(trip, examples=tuple(messages.values())[:EXAMPLES]))
    for branch in (*left, *right):
        trip = _unreadable(branch)
        if trip is not None:
            found.append(trip)
    return found


def _gave_nothing(branches: Mapping[str, Branch[Any, Any]], name: str) -> bool:
    """Whether a branch, or one that it is derived from, was read from a source without a single row.

    Such a source is no reason to remove even a few records: the floors of the limits do not count then.
    """
    branch = branches.get(name)
    if branch is None:
        return False
    return branch.rows_read == 0 or any(_gave_nothing(branches, each) for each in branch.derived_from)


def _without_floors(guard: Guard) -> Guard:
    return Guard({kind: replace(limit, floor=0) for kind, limit in guard.limits.items()})


def _unreadable(branch: Branch[Any, Any]) -> Trip | None:
    rows = branch.unreadable
    trip = branch.guard.trips(branch.fullname, "unreadable", len(rows), len(branch) + len(rows))
    return None if trip is None else replace(trip, examples=tuple(map(str, rows[:EXAMPLES])))
