"""What a run has done after all that ended early, or could not tell: found out by reading the target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from dss_runtime._became import what_became
from dss_runtime._branch import Branch
from dss_runtime.journal._comparing import attributes, ident, is_targets_own, same
from dss_runtime.journal._journal import Journal
from dss_runtime.journal._values import LoggedWork, RunState, WorkState
from dss_runtime.plans._values import Values, held_record, stored_key

Found = tuple[int, WorkState, str, int]

_OPEN: tuple[WorkState, ...] = ("intended", "written", "unknown")

HOW_IT_ENDED: Mapping[RunState, str] = {
    "running": "the run was killed; ",
    "abandoned": "the run was killed; ",
    "interrupted": "the run was interrupted; ",
    "failed": "the run failed; ",
}
"""What is said of a run before what became of its works."""


def resolve(
    journal: Journal, target: str, right: Mapping[str, Branch[Any, Any]], values: Values
) -> Counter[WorkState]:
    """Decide, for *right* as it was just read, what became of works of earlier runs that nobody knows of.

    Works that happened are noted as applied, those that did not as skipped; what is neither, because
    somebody else has changed the record meanwhile, stays unknown. Returns how many of each there were.
    """
    counts: Counter[WorkState] = Counter()
    for run in journal.unfinished(target):
        found = list(_resolved(journal.works(run.id), HOW_IT_ENDED.get(run.state, ""), right, values))
        journal.settle_works(run.id, found)
        counts.update(state for _, state, _, _ in found)
    return counts


def _resolved(
    works: Iterator[LoggedWork], ended: str, right: Mapping[str, Branch[Any, Any]], values: Values
) -> Iterator[Found]:
    records: dict[str, dict[str, Any]] = {}
    for work in works:
        if work.state not in _OPEN:
            continue
        branch = right.get(work.branch)
        if branch is None:
            yield work.number, "unknown", f"{ended}the tree has no such branch any more", 0
            continue
        if work.branch not in records:
            records[work.branch] = {
                ident(stored_key(branch, key, values)): record for key, record in branch.items()
            }
        record = records[work.branch].get(ident(work.key))
        state, reason = _what_became(work, branch, record, values)
        yield work.number, state, f"{ended}{reason}", work.attempts


def _what_became(
    work: LoggedWork, branch: Branch[Any, Any], record: Any, values: Values
) -> tuple[WorkState, str]:
    names = attributes(work, branch)
    if work.phase == "new":
        names = [name for name in names if not is_targets_own(branch, name)]
    if not names and record is not None and work.phase != "old":
        return "unknown", "what it was to change cannot be read back"

    def is_now(then: Mapping[str, Any] | None) -> bool:
        return then is not None and same(branch, held_record(branch, record, values), then, names)

    return what_became(
        work.phase,
        held=record is not None,
        is_after=lambda: is_now(work.after),
        is_before=lambda: is_now(work.before),
    )
