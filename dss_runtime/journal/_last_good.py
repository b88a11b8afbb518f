"""What the last good run leaves for the next one to be compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from dss_runtime._branch import Branch
from dss_runtime._sync_rules import LastGood
from dss_runtime.journal._comparing import ident
from dss_runtime.journal._journal import Journal
from dss_runtime.plans._values import Values, stored_key

Counts = dict[str, int]


def noted_sources(sources: Iterable[tuple[str, int | None, int | None]]) -> dict[str, Any]:
    """Return what a run's summary holds of its sources: (branch, rows, bytes) each."""
    return {branch: {"rows": rows, "bytes": size} for branch, rows, size in sources}


def last_good(
    journal: Journal,
    left: str,
    right: str,
    target: str,
    branches: Iterable[Branch[Any, Any]],
    values: Values,
) -> LastGood:
    """Return what the last good runs from *left* to *right*, on *target*, have read and left.

    *branches* are those of the target as it was just read: what a run created counts while it is there.

    A good run is one that came to its end: what it read had passed the guard. Of a branch that the latest
    one did not look at, an earlier one tells.
    """
    runs = journal.good(target)
    rows, sizes, holds = Counts(), Counts(), Counts()
    for run in runs:
        _first(holds, run.summary.get("target", {}))
        if (run.left, run.right) == (left, right):
            sources: Mapping[str, Mapping[str, int | None]] = run.summary.get("sources", {})
            _first(rows, {branch: each["rows"] for branch, each in sources.items()})
            _first(sizes, {branch: each["bytes"] for branch, each in sources.items()})
    made: dict[str, set[str]] = defaultdict(set)
    for branch, key in journal.created_since(target, runs[0].id if runs else 0):
        made[branch].add(ident(key))
    created = {
        branch.name: len(made[branch.name] & {ident(stored_key(branch, key, values)) for key in branch})
        for branch in branches
        if branch.name in made
    }
    return LastGood(rows=rows, sizes=sizes, holds=holds, created=created)


def _first(known: Counts, found: Mapping[str, int | None]) -> None:
    for branch, number in found.items():
        if number is not None:
            known.setdefault(branch, number)
