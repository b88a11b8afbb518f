"""What a run that was killed has done after all: found out by reading the target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from dss_runtime._branch import Branch
from dss_runtime.journal._comparing import attributes, ident, same
from dss_runtime.journal._journal import Journal
from dss_runtime.journal._values import LoggedWork, WorkState
from dss_runtime.plans._values import Values, held_record, stored_key

Found = tuple[int, WorkState, str, int]


def resolve(
    journal: Journal, target: str, right: Mapping[str, Branch[Any, Any]], values: Values
) -> Counter[WorkState]:
    """Decide, for *right* as it was just read, what became of the works of killed runs on *target*.

    Works that happened are noted as applied, those that did not as skipped; what is neither, because
    somebody else has changed the record meanwhile, stays unknown. Returns how many of each there were.
    """
    counts: Counter[WorkState] = Counter()
    for run in journal.unfinished(target):
        found = list(_resolved(journal.works(run.id), right, values))
        journal.settle_works(run.id, found)
        counts.update(state for _, state, _, _ in found)
    return counts


def _resolved(
    works: Iterator[LoggedWork], right: Mapping[str, Branch[Any, Any]], values: Values
) -> Iterator[Found]:
    records: dict[str, dict[str, Any]] = {}
    for work in works:
        if work.state not in ("intended", "written"):
            continue
        branch = right.get(work.branch)
        if branch is None:
            yield work.number, "unknown", "the run was killed; the tree has no such branch any more", 0
            continue
        if work.branch not in records:
            records[work.branch] = {
                ident(stored_key(branch, key, values)): record for key, record in branch.items()
            }
        record = records[work.branch].get(ident(work.key))
        state, reason = _what_became(work, branch, record, values)
        yield work.number, state, f"the run was killed; {reason}", 0


def _what_became(
    work: LoggedWork, branch: Branch[Any, Any], record: Any, values: Values
) -> tuple[WorkState, str]:
    if work.phase == "old":
        return ("applied", "it is gone") if record is None else ("skipped", "it is still there")
    if record is None:
        return ("skipped", "it is not there") if work.phase == "new" else ("unknown", "the record is gone")
    now, names = held_record(branch, record, values), attributes(work, branch)
    if not names:
        return "unknown", "what it was to change cannot be read back"
    if same(branch, now, work.after or {}, names):
        return "applied", "it is there"
    if work.before is not None and same(branch, now, work.before, names):
        return "skipped", "it did not happen"
    return "unknown", "the record is neither as it was nor as it was to be"
