"""Noting in the journal what a run is about to do, and what became of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from dss_runtime._actions import Phase
from dss_runtime._branch import Branch
from dss_runtime._outcomes import Outcome
from dss_runtime._template import Work
from dss_runtime._unclaimed import record_after
from dss_runtime.journal._journal import Journal
from dss_runtime.journal._opening import JournalError
from dss_runtime.journal._texts import Texts
from dss_runtime.journal._values import Remark, WorkState
from dss_runtime.plans._values import Values, stored_unclaimed

log = logging.getLogger("dss_runtime")

_AT_ONCE = 1000
"""How many settled works are noted in one transaction; what is not noted yet is found out by reading."""


class Recording:
    """Notes the works of one run; *mask* takes secrets out of what people read of them.

    *mask* takes secrets out of what others have said. An intent that cannot be noted raises JournalError, and
    so ends the run; an outcome that cannot be is found out by the next run.
    """

    def __init__(
        self,
        journal: Journal,
        run: int,
        right: Mapping[str, Branch[Any, Any]],
        values: Values,
        mask: Callable[[str], str] = str,
    ) -> None:
        self._journal = journal
        self._run = run
        self._right = right
        self._values = values
        self._mask = mask
        self._texts: dict[str, Texts] = {}
        self._intended: dict[int, float] = {}
        self._settled: list[tuple[int, WorkState, str, int, float]] = []
        self._refused: list[tuple[object, ...]] = []

    def intend(self, works: Sequence[Work], /) -> None:
        """Note *works* as intended, before any of them is tried."""
        self.flush()
        self._journal.add_works(self._rows(works, "intended"))
        self._intended.update(dict.fromkeys((work.number for work in works), monotonic()))

    def settle(self, work: Work, outcome: Outcome, /) -> None:
        """Note what became of a work."""
        state: WorkState = "written" if outcome.ok else outcome.status.value
        reason = self._mask(outcome.reason)
        try:
            begun = self._intended.get(work.number)
            if begun is None:  # refused before it was tried
                self._refused.extend(self._rows([work], state, reason))
            else:
                seconds = round(monotonic() - begun, 6)
                self._settled.append((work.number, state, reason, outcome.attempts, seconds))
            if len(self._settled) + len(self._refused) >= _AT_ONCE:
                self.flush()
        except JournalError as error:
            log.error("%s; the next run will find out by reading", error)

    def committed(self, phase: Phase, /) -> None:
        """Note that what was written in *phase* stays."""
        try:
            self.flush()
            self._journal.commit_phase(self._run, phase)
        except JournalError as error:
            log.error("%s; the next run will find out by reading", error)

    def flush(self) -> None:
        """Note what became of the works that are settled since the last time."""
        if self._refused:
            self._journal.add_works(self._refused)
            self._refused.clear()
        if self._settled:
            self._journal.settle_works(self._run, self._settled)
            self._settled.clear()

    def _rows(self, works: Sequence[Work], state: WorkState, reason: str = "") -> list[tuple[object, ...]]:
        """Return the rows of *works*, which are of one branch."""
        branch = self._right[works[0].branch]
        texts = self._texts_of(branch)
        before = texts.records([self._before(work, branch) for work in works])
        after = texts.records([self._after(work, branch) for work in works])
        rows: list[tuple[object, ...]] = []
        for work, key, was, will_be in zip(
            works, texts.keys([work.key for work in works]), before, after, strict=True
        ):
            told = [(action.kind, action.attribute, self._mask(action.message)) for action in work.actions]
            remark: Remark = "final" if work.final else ""
            if work.adopts is not None:
                remark = "adopts"
                was = json.dumps(stored_unclaimed(branch, work.adopts, work.key, self._values))
            rows.append((
                self._run, work.number, work.phase, work.branch, key,
                json.dumps(told), was, will_be, state, reason, 0, remark,
            ))  # fmt: skip
        return rows

    def _texts_of(self, branch: Branch[Any, Any]) -> Texts:
        if branch.name not in self._texts:
            self._texts[branch.name] = Texts(branch, self._values)
        return self._texts[branch.name]

    def _before(self, work: Work, branch: Branch[Any, Any]) -> Any:
        """Return what the target held before *work*, disabled or not."""
        return branch.retired.get(work.key) if work.phase == "new" else work.right

    def _after(self, work: Work, branch: Branch[Any, Any]) -> Any:
        """Return what the target is to hold after *work*."""
        first = work.actions[0]
        return record_after(branch, first) if first.kind == "new" else work.left
