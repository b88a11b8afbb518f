"""Carrying out a diff: every action gets exactly one outcome, and the source is never changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from dss_runtime._actions import Action, Phase, RecordChange
from dss_runtime._collector import collector_suspended, left_alone
from dss_runtime._diff import Diff
from dss_runtime._errors import DeclarationError
from dss_runtime._gathering import Gathering
from dss_runtime._held import check_guards
from dss_runtime._masking import scrub
from dss_runtime._outcomes import Outcome, SyncResult
from dss_runtime._passes import Passes
from dss_runtime._policy import Policy
from dss_runtime._progress import Progress
from dss_runtime._protection import HeldBack
from dss_runtime._recorder import Recorder, forgetful
from dss_runtime._relations import Relations
from dss_runtime._settling import Settling
from dss_runtime._template import DefaultTemplate, Work, outcome_of
from dss_runtime._trying import Trying, call_hook, text_of_error
from dss_runtime._units import Group
from dss_runtime._update import Updates
from dss_runtime._window import Window

if TYPE_CHECKING:
    from dss_runtime._tree import DataStoreTree

log = logging.getLogger("dss_runtime")

_Window: TypeAlias = Window[Group, list[Outcome]]

PHASES: tuple[Phase, ...] = ("new", "changed", "old")


def synchronise(diff: Diff, policy: Policy, progress: Progress, recorder: Recorder = forgetful) -> SyncResult:
    """Carry out *diff* through the template of its right tree.

    The whole diff is computed before anything is written. Raises GuardHeldError when it exceeds a guard.
    """
    actions, held_back = diff.plan(progress)
    if policy.guarded:
        check_guards(diff, actions)
    return carry_out(diff.right, actions, held_back, policy, progress, recorder)


def carry_out(
    right: DataStoreTree,
    actions: Sequence[Action],
    held_back: Iterable[HeldBack],
    policy: Policy,
    progress: Progress,
    recorder: Recorder = forgetful,
) -> SyncResult:
    """Carry out *actions*, in the order of a diff, through the template of *right*; no guard is asked."""
    held_back = tuple(held_back)
    if not actions:
        return SyncResult((), (), held_back)
    _check(right.template)
    run = _Run(right, actions, policy, progress, recorder)
    run.relations.hold(held_back)
    with left_alone():
        for phase in PHASES:
            run.phase(phase)
        with collector_suspended():
            outcomes = map(run.settling.outcomes.__getitem__, range(len(actions)))
            results = tuple(zip(actions, outcomes, strict=True))
    return SyncResult(results, tuple(run.settling.missing), held_back)


def _has_hooks(template: DefaultTemplate) -> bool:
    """Return whether anybody wants to be told what became of an action."""
    told = (
        (template.on_success, DefaultTemplate.on_success),
        (template.on_failure, DefaultTemplate.on_failure),
    )
    return any(getattr(hook, "__func__", None) is not own for hook, own in told)


def _check(template: DefaultTemplate) -> None:
    """Raise DeclarationError for a template whose threads would share one transaction."""
    if template.concurrent and template.transactions != "none":
        raise DeclarationError(
            f"{type(template).__name__}: concurrent needs transactions = 'none', "
            f"not {template.transactions!r}: handlers that run at once cannot share a transaction"
        )


class _UndoneError(Exception):
    """Leaves the frame of a handler that has returned without success."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class _Run:
    """The state of one sync."""

    def __init__(
        self,
        right: DataStoreTree,
        actions: Sequence[Action],
        policy: Policy,
        progress: Progress,
        recorder: Recorder,
    ) -> None:
        self.template: DefaultTemplate = right.template
        self.policy = policy
        self.progress = progress
        self.recorder = recorder
        self.actions = actions
        self.branches = {branch.name: branch for branch in right.branches}
        self.gathering = Gathering(actions, self.branches, self.template)
        self.relations = Relations(self.branches)
        self.updates = Updates(self.branches)
        self.trying = Trying(self.template, policy, self.updates)
        self.settling = Settling(
            self.template, policy, self.gathering, self.relations, self.updates, self.trying, recorder
        )
        self.hooked = _has_hooks(self.template)

    def phase(self, phase: Phase) -> None:
        """Carry out all actions of one phase, and tell the hooks what became of them once that is certain."""
        with collector_suspended():
            works = self.gathering.works(phase)
        if stopped := self.settling.ending():
            for work in works:
                self.settling.work(self._first(work), Outcome.skipped(stopped))
        elif works:
            self._carry_out(phase, works)
        for number in self.gathering.phases[phase] if self.hooked else ():
            outcome = self.settling.outcomes[number]
            hook = self.template.on_success if outcome.ok else self.template.on_failure
            call_hook(hook, self.actions[number], outcome)

    def _first(self, work: Work) -> Work:
        """Return what is tried first of a work."""
        unit = self.gathering.units.get(work.number)
        return work if unit is None else unit.now

    def _carry_out(self, phase: Phase, works: Sequence[Work]) -> None:
        """Carry out the works of one phase, inside one frame of the template."""
        try:
            self.trying.begin(phase)
            self._passes(works)
            self.template.end(phase)
        except Exception as error:  # noqa: BLE001 - whatever a template raises must not lose the outcomes
            self._abandon(phase, works, error)
        except BaseException:
            self._roll_back(phase)
            raise
        else:
            self.updates.keep()
            self.recorder.committed(phase)

    def _passes(self, works: Sequence[Work]) -> None:
        """Carry out what is tried of each work: all of it at once, or in several passes over the branches."""
        units = [self.gathering.units.get(work.number) for work in works] if self.gathering.units else []
        several = max([len(unit.passes.works) for unit in units if unit is not None], default=1)
        for step in range(several):
            due = works if several == 1 else self._due(works, step, several)
            for _, group in groupby(due, key=attrgetter("branch")):
                self._branch(list(group))

    def _due(self, works: Sequence[Work], step: int, of: int) -> Sequence[Work]:
        """Return what is tried in a step, of those works of which something is."""
        due: list[Work] = []
        for work in works:
            unit = self.gathering.units.get(work.number)
            now = Passes((work,)).at(step, of) if unit is None else unit.passes.at(step, of)
            if now is not None and self._applied_so_far(work):
                due.append(now)
                if unit is not None:
                    unit.now = now
        return due

    def _applied_so_far(self, work: Work) -> bool:
        known = self.settling.outcomes.get(work.number - 1)
        return known is None or known.ok

    def _abandon(self, phase: Phase, works: Sequence[Work], error: Exception) -> None:
        """The template could not begin or end the phase: what it had applied is undone, or unknown."""
        self._roll_back(phase)
        records = [record for work in works for record in work.records]
        reason = f"the phase could not be completed: {scrub(text_of_error(error), *records)}"
        self.settling.abandon(works, reason, stays=self._stays)

    @property
    def _stays(self) -> bool:
        """Whether what was applied is certain although its phase breaks off: nothing could undo it."""
        kind = type(self.template)
        no_frame = kind.end is DefaultTemplate.end and kind.abandon is DefaultTemplate.abandon
        return self.template.transactions == "record" or (self.template.transactions == "none" and no_frame)

    def _roll_back(self, phase: Phase) -> None:
        if self._stays:
            self.updates.keep()
        else:
            self.updates.undo()
        try:
            self.template.abandon(phase)
        except Exception as error:  # noqa: BLE001 - the first error is the one to report
            records = [record for action in self.actions for record in (action.left, action.right)]
            log.error(
                "rolling back the phase %s failed too: %s", phase, scrub(text_of_error(error), *records)
            )

    def _branch(self, works: Sequence[Work]) -> None:
        """Carry out works of one branch: those for handlers one by one, the rest in batches."""
        size = self.policy.batch_size or self.template.batch_size
        size = 1 if self.template.transactions == "record" else size
        at_once = self.policy.concurrency if self.template.concurrent else 1
        with Window(at_once, self.settling.group) as window:
            if at_once == 1 and self._are_apart(works):
                self._in_slices(works, size, window)
            else:
                self._as_they_come(works, size, window)

    def _are_apart(self, works: Sequence[Work]) -> bool:
        """Whether works of one branch can all be left to the adapter, and none hinders another."""
        return self.gathering.simple(works) and not self.relations.are_within(works[0].branch)

    def _in_slices(self, works: Sequence[Work], size: int, window: _Window) -> None:
        """Carry out works that the adapter takes and that do not depend on each other, many at a time."""
        tell = self._tell(works)
        for start in range(0, len(works), size):
            tell(start, len(works))
            due = works[start : start + size]
            if self.settling.is_stopped() or self.relations.are_in_doubt:
                due = [work for work in due if self._admitted(work)]
            self._begin(window, Group(self.template.write, due))
        tell(len(works), len(works))

    def _as_they_come(self, works: Sequence[Work], size: int, window: _Window) -> None:
        """Carry out works one after the other, of which batches are made as far as none hinders another."""
        batch = Group(self.template.write)
        tell = self._tell(works)
        tell(0, len(works))
        for done, work in enumerate(works):
            refs = self.relations.within(work)
            if len(batch.works) >= size or batch.hinders(work, refs):
                self._begin(window, batch)
                batch = Group(self.template.write)
                tell(done, len(works))
            if any(group.hinders(work, refs) for group in window):
                window.settle()
            self.settling.is_stopped()
            if not self._admitted(work):
                continue
            if self.gathering.way(work.actions[0]) == "adapter":
                batch.add(work, refs)
            else:
                alone = Group(self._handle)
                alone.add(work, refs)
                self._begin(window, alone)
                tell(done, len(works))
        self._begin(window, batch)
        tell(len(works), len(works))

    def _tell(self, works: Sequence[Work]) -> Callable[[int, int], None]:
        return partial(self.progress, "apply", f"{works[0].branch}, {works[0].phase}")

    def _admitted(self, work: Work) -> bool:
        """Whether a work is to be tried; one that is not is settled."""
        early = Outcome.skipped(self.settling.stopped) if self.settling.stopped else self._refuse(work)
        if early is not None:
            self.settling.work(work, early)
        return early is None

    def _refuse(self, work: Work) -> Outcome | None:
        """Return why a work is not even tried, None when nothing speaks against it."""
        for action in self.gathering.planned([work])[0].actions:
            if action.error is not None:
                return Outcome.rejected(action.error)
        unit = self.gathering.units.get(work.number)
        if unit is not None and unit.passes.refused:
            return Outcome.rejected(unit.passes.refused)
        return self.relations.blocked(work)

    def _begin(self, window: _Window, group: Group) -> None:
        """Begin to try the works of a group, once nothing else is under way with their records."""
        if not group.works:
            return
        if any(not group.keys.isdisjoint(other.keys) for other in window):
            window.settle()
        self.recorder.intend(self.gathering.planned(group.works))
        window.begin(group, partial(self.trying.outcomes, group.works, group.call))

    def _handle(self, works: Sequence[Work]) -> list[Outcome]:
        """Call the project's handler for the one work; what one that does not succeed has begun is undone."""
        try:
            with self.template.single():
                outcome = self._call(works[0])
                if not outcome.ok:
                    raise _UndoneError(outcome)
        except _UndoneError as undone:
            outcome = undone.outcome
        return [outcome]

    def _call(self, work: Work) -> Outcome:
        if work.phase == "changed" and self.branches[work.branch].by_record:
            change = RecordChange(work.branch, work.key, work.left, work.right, work.actions)
            return outcome_of(self.template.perform_record(change))
        return self.template(work.actions[0])
