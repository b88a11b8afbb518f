"""What the last good run leaves for the next one to be compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dss_runtime._override import Override
from dss_runtime._sync_rules import LastGood
from dss_runtime.journal._journal import Journal
from dss_runtime.journal._values import Run

Counts = dict[str, int]


def noted_sources(sources: Iterable[tuple[str, int | None, int | None]]) -> dict[str, Any]:
    """Return what a run's summary holds of its sources: (branch, rows, bytes) each."""
    return {branch: {"rows": rows, "bytes": size} for branch, rows, size in sources}


def last_good(journal: Journal, left: str, right: str, target: str) -> LastGood:
    """Return what the last good runs from *left* to *right*, on *target*, have read and left.

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
    created = journal.created_since(target, runs[0].id if runs else 0)
    return LastGood(rows=rows, sizes=sizes, holds=holds, created=created)


def used_by(journal: Journal, target: str, override: Override) -> Run | None:
    """Return the good run on *target* that had the very same override; None when there was none."""
    told = override.json()
    return next((run for run in journal.good(target) if run.summary.get("override") == told), None)


def _first(known: Counts, found: Mapping[str, int | None]) -> None:
    for branch, number in found.items():
        if number is not None:
            known.setdefault(branch, number)
