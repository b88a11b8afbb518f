"""What a run has done after all that ended early, or could not tell: found out by reading the target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dss_runtime._became import what_became
from dss_runtime._branch import Branch
from dss_runtime.journal._comparing import attributes, ident, is_targets_own, same
from dss_runtime.journal._journal import Journal
from dss_runtime.journal._values import OPEN, LoggedWork, Run, WorkState
from dss_runtime.plans._identity import schema_mark
from dss_runtime.plans._values import Values, held_record, stored_key


def resolve(
    journal: Journal, target: str, right: Mapping[str, Branch[Any, Any]], values: Values, by: int
) -> dict[int, Counter[WorkState]]:
    """Decide, for *right* as it was just read, what earlier runs on *target* have done that do not know it.

    Works that happened are noted as applied, those that did not as skipped; what is neither, because
    somebody else has changed the record meanwhile, or the schema has, stays unknown. A run is looked at once,
    and notes *by* which. Returns how many of each there were, by run.
    """
    counts: dict[int, Counter[WorkState]] = {}
    for run in journal.unfinished(target):
        reading = _Reading(run, right, values)
        found = [reading.settled(work) for work in journal.works(run.id) if work.state in OPEN]
        journal.settle_works(
            run.id, ((each.number, each.state, each.reason, each.attempts, None) for each in found)
        )
        journal.settled(run.id, by)
        if found:
            counts[run.id] = Counter(each.state for each in found)
    return counts


def as_read(
    journal: Journal, run: Run, right: Mapping[str, Branch[Any, Any]], values: Values
) -> list[LoggedWork]:
    """Return the works of *run*, with what *right*, as it was just read, tells where the journal does not."""
    works = list(journal.works(run.id))
    if run.settled is not None:
        return works
    reading = _Reading(run, right, values)
    return [reading.settled(work) if work.state in OPEN else work for work in works]


class _Reading:
    """A target as it was just read, and a run that was there before."""

    def __init__(self, run: Run, right: Mapping[str, Branch[Any, Any]], values: Values) -> None:
        self._right = right
        self._values = values
        self._records: dict[str, dict[str, Any]] = {}
        self._same_schema = run.schema == schema_mark(
            branch for name, branch in right.items() if name in run.branches
        )

    def settled(self, work: LoggedWork) -> LoggedWork:
        """Return *work* with what became of it."""
        try:
            state, reason = self._what_became(work)
        except Exception:  # noqa: BLE001 - of another schema, whose values are none of today's types
            state, reason = "unknown", "its values cannot be compared with those of today's schema"
        before = f"{work.reason}; " if work.reason else ""
        return replace(work, state=state, reason=f"{before}found out by reading: {reason}")

    def _what_became(self, work: LoggedWork) -> tuple[WorkState, str]:
        branch = self._right.get(work.branch)
        if branch is None:
            return "unknown", "the tree has no such branch any more"
        if work.remark == "final":
            aside = (ident(stored_key(branch, key, self._values)) for key in branch.retired)
            there = ident(work.key) in (*self._records_of(branch), *aside)
            return ("skipped", "it is still there") if there else ("applied", "it is gone")
        record = self._records_of(branch).get(ident(work.key))
        if record is None and not self._same_schema:
            return "unknown", "there is no such record, or the schema has another key for it by now"
        names = attributes(work, branch)
        if work.phase == "new":
            names = [name for name in names if not is_targets_own(branch, name)]
        if not names and record is not None and work.phase != "old":
            return "unknown", "what it was to change cannot be read back"

        def is_now(then: Mapping[str, Any] | None) -> bool:
            return then is not None and same(branch, held_record(branch, record, self._values), then, names)

        return what_became(
            work.phase,
            held=record is not None,
            is_after=lambda: is_now(work.after),
            # What was to be enabled again has a `before` as well: as it is while it is disabled.
            is_before=lambda: work.phase == "changed" and is_now(work.before),
        )

    def _records_of(self, branch: Branch[Any, Any]) -> Mapping[str, Any]:
        if branch.name not in self._records:
            self._records[branch.name] = {
                ident(stored_key(branch, key, self._values)): record for key, record in branch.items()
            }
        return self._records[branch.name]
