"""Carrying out a diff: every action gets exactly one outcome, and the source is never changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from dss_runtime._actions import Action, Phase, RecordChange, phase_of
from dss_runtime._collector import left_alone
from dss_runtime._diff import Diff
from dss_runtime._errors import DeclarationError
from dss_runtime._held import check_guards
from dss_runtime._masking import scrub
from dss_runtime._outcomes import Outcome, Status, SyncResult
from dss_runtime._passes import Planner
from dss_runtime._policy import Policy
from dss_runtime._progress import Progress
from dss_runtime._protection import HeldBack
from dss_runtime._recorder import Recorder, forgetful
from dss_runtime._relations import Relations
from dss_runtime._template import DefaultTemplate, MissingHandlerError, Work, outcome_of
from dss_runtime._trying import Trying, call_hook, text_of_error
from dss_runtime._units import Group, Unit
from dss_runtime._update import Updates
from dss_runtime._window import Window

if TYPE_CHECKING:
    from dss_runtime._tree import DataStoreTree

log = logging.getLogger("dss_runtime")

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
        results = tuple([(action, run.outcomes[number]) for number, action in enumerate(actions)])
    return SyncResult(results, tuple(run.missing), held_back)


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
        self.numbers: dict[Phase, list[int]] = {phase: [] for phase in PHASES}
        for number, action in enumerate(actions):
            self.numbers[phase_of(action)].append(number)
        self.branches = {branch.name: branch for branch in right.branches}
        self.relations = Relations(self.branches)
        self.updates = Updates(self.branches)
        self.trying = Trying(self.template, policy, self.updates)
        self.hooked = _has_hooks(self.template)
        self.adapter_does: dict[tuple[str, str, str | None], bool] = {}
        """Whether the adapter carries out what a branch, a kind and an attribute stand for."""
        self.outcomes: dict[int, Outcome] = {}
        self.missing: dict[str, None] = {}
        self.stopped = ""

    def phase(self, phase: Phase) -> None:
        """Carry out all actions of one phase, and tell the hooks what became of them once that is certain."""
        units = self._units(phase)
        if stopped := self._ending():
            for unit in units:
                self._settle(unit, Outcome.skipped(stopped))
        elif units:
            self._carry_out(phase, units)
        for number in self.numbers[phase] if self.hooked else ():
            outcome = self.outcomes[number]
            hook = self.template.on_success if outcome.ok else self.template.on_failure
            call_hook(hook, self.actions[number], outcome)

    def _ending(self) -> str:
        """Return why the run is to end, "" when it is not, as far as is known without asking again."""
        self.stopped = self.stopped or self.trying.away
        return self.stopped

    def _carry_out(self, phase: Phase, units: Sequence[Unit]) -> None:
        """Carry out the units of one phase, inside one frame of the template."""
        try:
            self.trying.begin(phase)
            self._passes(units)
            self.template.end(phase)
        except Exception as error:  # noqa: BLE001 - whatever a template raises must not lose the outcomes
            self._abandon(phase, units, error)
        except BaseException:
            self._roll_back(phase)
            raise
        else:
            self.updates.keep()
            self.recorder.committed(phase)

    def _passes(self, units: Sequence[Unit]) -> None:
        """Carry out what is tried of each unit: all of it at once, or in several passes over the branches."""
        several = max(len(unit.passes.works) for unit in units)
        for step in range(several):
            due = units if several == 1 else self._due(units, step, several)
            for _, group in groupby(due, key=lambda unit: unit.work.branch):
                self._branch(list(group))

    def _due(self, units: Sequence[Unit], step: int, of: int) -> Sequence[Unit]:
        """Return the units of which something is tried in a step, set to it."""
        due: list[Unit] = []
        for unit in units:
            work = unit.passes.at(step, of)
            if work is not None and self._applied_so_far(unit):
                unit.now = work
                due.append(unit)
        return due

    def _applied_so_far(self, unit: Unit) -> bool:
        known = self.outcomes.get(unit.numbers[0])
        return known is None or known.ok

    def _abandon(self, phase: Phase, units: Sequence[Unit], error: Exception) -> None:
        """The template could not begin or end the phase: what it had applied is undone, or unknown."""
        self._roll_back(phase)
        records = [record for unit in units for record in unit.work.records]
        reason = f"the phase could not be completed: {scrub(text_of_error(error), *records)}"
        stays = self._stays
        for unit in units:
            for number in unit.numbers:
                known = self.outcomes.get(number)
                if known is None:
                    self.outcomes[number] = Outcome.skipped(reason)
                elif known.ok and not (stays and unit.ends):
                    self.outcomes[number] = Outcome.unknown(reason)
            self.recorder.settle(unit.work, self.outcomes[unit.numbers[0]])
        self.stopped = reason

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

    def _units(self, phase: Phase) -> Sequence[Unit]:
        """Gather the actions of a phase by record, and by whether the adapter or a handler takes them."""
        if phase == "changed":
            found: dict[tuple[str, Hashable, int], list[int]] = {}
            for number in self.numbers[phase]:
                action = self.actions[number]
                ident = action.branch, action.key, -1 if self._is_whole(action) else number
                found.setdefault(ident, []).append(number)
            gathered = list(found.values())
        else:
            gathered = [[number] for number in self.numbers[phase]]
        works: list[Work] = []
        for numbers in gathered:
            first = self.actions[numbers[0]]
            actions = tuple([self.actions[number] for number in numbers])
            works.append(Work(phase, first.branch, first.key, actions, numbers[0] + 1))
        planner = Planner(self.branches, works, self._is_whole)
        each = zip(works, gathered, map(planner.passes, range(len(works))), strict=True)
        return [Unit(work, numbers, passes, passes.works[0]) for work, numbers, passes in each]

    def _is_whole(self, action: Action) -> bool:
        """Whether the action is done together with the others of its record; an impossible one never is."""
        if action.attribute is None or action.error is not None:
            return action.attribute is None
        return self.branches[action.branch].by_record or self._adapter_does(action)

    def _adapter_does(self, action: Action) -> bool:
        kind = action.branch, action.kind, action.attribute
        if kind not in self.adapter_does:
            by_record = action.attribute is not None and self.branches[action.branch].by_record
            method = f"changed_{action.branch}" if by_record else action.method
            self.adapter_does[kind] = self.template.leaves_to_adapter(method)
        return self.adapter_does[kind]

    def _branch(self, units: Sequence[Unit]) -> None:
        """Carry out the units of one branch: handlers one by one, the rest in batches."""
        size = self.policy.batch_size or self.template.batch_size
        size = 1 if self.template.transactions == "record" else size
        at_once = self.policy.concurrency if self.template.concurrent else 1
        batch = Group(self.template.write)
        tell = partial(self.progress, "apply", f"{units[0].work.branch}, {units[0].work.phase}")
        tell(0, len(units))
        with Window(at_once, self._settle_group) as window:
            for done, unit in enumerate(units):
                refs = self.relations.within(unit.now)
                if len(batch.units) >= size or batch.hinders(unit.now, refs):
                    self._begin(window, batch)
                    batch = Group(self.template.write)
                    tell(done, len(units))
                if at_once > 1 and any(group.hinders(unit.now, refs) for group in window):
                    window.settle()
                stopped = self._ending() or self.policy.stop()
                self.stopped = stopped
                early = Outcome.skipped(stopped) if stopped else self._refuse(unit)
                if early is not None:
                    self._settle(unit, early)
                elif self._adapter_does(unit.now.actions[0]):
                    batch.add(unit, refs)
                else:
                    alone = Group(self._handle)
                    alone.add(unit, refs)
                    self._begin(window, alone)
                    tell(done, len(units))
            self._begin(window, batch)
        tell(len(units), len(units))

    def _refuse(self, unit: Unit) -> Outcome | None:
        """Return why what is due of a unit is not even tried, None when nothing speaks against it."""
        for action in unit.work.actions:
            if action.error is not None:
                return Outcome.rejected(action.error)
        if unit.passes.refused:
            return Outcome.rejected(unit.passes.refused)
        return self.relations.blocked(unit.now)

    def _begin(self, window: Window[Group, list[Outcome]], group: Group) -> None:
        """Begin to try what is due of a group's units, once nothing else is under way with their records."""
        if not group.units:
            return
        if any(not group.keys.isdisjoint(other.keys) for other in window):
            window.settle()
        self.recorder.intend([unit.work for unit in group.units])
        works = [unit.now for unit in group.units]
        window.begin(group, partial(self.trying.outcomes, works, group.call))

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

    def _settle_group(self, group: Group, result: Callable[[], list[Outcome]]) -> None:
        """Settle each unit of a group that was tried."""
        try:
            outcomes = result()
        except MissingHandlerError as missing:
            for unit in group.units:
                if unit.work.phase == "old" and not unit.ends:
                    continue
                self.missing[missing.method] = None
                call_hook(self.template.on_not_implemented, unit.now.actions[0])
            outcomes = [Outcome.skipped(str(missing))] * len(group.units)
        for unit, outcome in zip(group.units, outcomes, strict=True):
            self._settle(unit, outcome)

    def _settle(self, unit: Unit, outcome: Outcome) -> None:
        """Bring the right branch up to date, and give every action of a unit its one outcome.

        While more is to be done of the unit, success is not the end of it.
        """
        work = unit.work
        if work.phase == "old" and outcome.status is Status.SKIPPED and not unit.ends and not self._ending():
            return  # A ref that nobody clears need not keep the record from being removed.
        if outcome.ok:
            outcome = self._update(unit.now, outcome)
        applied = outcome.ok
        if not applied:
            outcome = unit.passes.described(unit.now, outcome)
        if outcome.reason:
            outcome = replace(outcome, reason=scrub(outcome.reason, *work.records))
        for number in unit.numbers:
            self.outcomes[number] = outcome
        if applied and not unit.ends:
            return
        if not applied and not unit.is_there and not self._is_held(work):
            self.relations.failed(work)
        self.recorder.settle(work, outcome)
        if (
            not applied
            and self.policy.on_error == "stop"
            and outcome.status in (Status.FAILED, Status.UNKNOWN)
            and not self.stopped
        ):
            self.stopped = f"stopped after {work.actions[0].message} {outcome.status}"

    def _is_held(self, work: Work) -> bool:
        """Whether a new record was seen in the target, though not as it was to be: it can be referred to."""
        return work.phase == "new" and work.number in self.trying.held

    def _update(self, work: Work, outcome: Outcome) -> Outcome:
        """Bring the right branch up to date; a record that cannot be is one to read again."""
        try:
            self.updates.apply(work, outcome.given)
        except Exception as error:  # noqa: BLE001 - a record's own code may raise anything
            return Outcome.unknown(
                f"applied, but the record in memory could not follow: {text_of_error(error)}"
            )
        return outcome
