"""Trying the works of one branch: those for handlers one by one, the rest in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from dss_runtime._actions import RecordChange
from dss_runtime._gathering import Gathering
from dss_runtime._outcomes import Outcome
from dss_runtime._policy import Policy
from dss_runtime._progress import Progress
from dss_runtime._recorder import Recorder
from dss_runtime._relations import Relations
from dss_runtime._settling import Settling
from dss_runtime._template import DefaultTemplate, Work, outcome_of
from dss_runtime._trying import Trying
from dss_runtime._units import Group
from dss_runtime._window import Window

_Window: TypeAlias = Window[Group, list[Outcome]]


class _UndoneError(Exception):
    """Leaves the frame of a handler that has returned without success."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Batching:
    """Tries the works of a branch, as many at a time as may be, and has each of them settled."""

    def __init__(
        self,
        template: DefaultTemplate,
        policy: Policy,
        gathering: Gathering,
        relations: Relations,
        trying: Trying,
        settling: Settling,
        progress: Progress,
        recorder: Recorder,
    ) -> None:
        self._template = template
        self._policy = policy
        self._gathering = gathering
        self._relations = relations
        self._trying = trying
        self._settling = settling
        self._progress = progress
        self._recorder = recorder

    def carry_out(self, works: Sequence[Work]) -> None:
        """Carry out works of one branch: those for handlers one by one, the rest in batches."""
        size = self._policy.batch_size or self._template.batch_size
        size = 1 if self._template.transactions == "record" else size
        at_once = self._policy.concurrency if self._template.concurrent else 1
        with Window(at_once, self._settling.group) as window:
            if at_once == 1 and self._are_apart(works):
                self._in_slices(works, size, window)
            else:
                self._as_they_come(works, size, window)

    def _are_apart(self, works: Sequence[Work]) -> bool:
        """Whether works of one branch can all be left to the adapter, and none hinders another."""
        return self._gathering.simple(works) and not self._relations.are_within(works[0].branch)

    def _in_slices(self, works: Sequence[Work], size: int, window: _Window) -> None:
        """Carry out works that the adapter takes and that do not depend on each other, many at a time."""
        tell = self._tell(works)
        for start in range(0, len(works), size):
            tell(start, len(works))
            due = works[start : start + size]
            if self._settling.is_stopped() or self._relations.are_in_doubt:
                due = [work for work in due if self._admitted(work)]
            self._begin(window, Group(self._template.write, due))
        tell(len(works), len(works))

    def _as_they_come(self, works: Sequence[Work], size: int, window: _Window) -> None:
        """Carry out works one after the other, of which batches are made as far as none hinders another."""
        batch = Group(self._template.write)
        tell = self._tell(works)
        tell(0, len(works))
        for done, work in enumerate(works):
            refs = self._relations.within(work)
            if len(batch.works) >= size or batch.hinders(work, refs):
                self._begin(window, batch)
                batch = Group(self._template.write)
                tell(done, len(works))
            if any(group.hinders(work, refs) for group in window):
                window.settle()
            self._settling.is_stopped()
            if not self._admitted(work):
                continue
            if self._gathering.way(work.actions[0]) == "adapter":
                batch.add(work, refs)
            else:
                alone = Group(self._handle)
                alone.add(work, refs)
                self._begin(window, alone)
                tell(done, len(works))
        self._begin(window, batch)
        tell(len(works), len(works))

    def _tell(self, works: Sequence[Work]) -> Callable[[int, int], None]:
        return partial(self._progress, "apply", f"{works[0].branch}, {works[0].phase}")

    def _admitted(self, work: Work) -> bool:
        """Whether a work is to be tried; one that is not is settled."""
        early = Outcome.skipped(self._settling.stopped) if self._settling.stopped else self._refuse(work)
        if early is not None:
            self._settling.work(work, early)
        return early is None

    def _refuse(self, work: Work) -> Outcome | None:
        """Return why a work is not even tried, None when nothing speaks against it."""
        for action in self._gathering.planned([work])[0].actions:
            if action.error is not None:
                return Outcome.rejected(action.error)
        unit = self._gathering.units.get(work.number)
        if unit is not None and unit.passes.refused:
            return Outcome.rejected(unit.passes.refused)
        return self._relations.blocked(work)

    def _begin(self, window: _Window, group: Group) -> None:
        """Begin to try the works of a group, once nothing else is under way with their records."""
        if not group.works:
            return
        if any(not group.keys.isdisjoint(other.keys) for other in window):
            window.settle()
        self._recorder.intend(self._gathering.planned(group.works))
        window.begin(group, partial(self._trying.outcomes, group.works, group.call))

    def _handle(self, works: Sequence[Work]) -> list[Outcome]:
        """Call the project's handler for the one work; what one that does not succeed has begun is undone."""
        try:
            with self._template.single():
                outcome = self._call(works[0])
                if not outcome.ok:
                    raise _UndoneError(outcome)
        except _UndoneError as undone:
            outcome = undone.outcome
        return [outcome]

    def _call(self, work: Work) -> Outcome:
        if work.phase == "changed" and self._gathering.way(work.actions[0]) == "record":
            change = RecordChange(work.branch, work.key, work.left, work.right, work.actions)
            return outcome_of(self._template.perform_record(change))
        return self._template(work.actions[0])
