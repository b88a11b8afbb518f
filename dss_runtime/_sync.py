"""Carrying out a diff: every action gets exactly one outcome, and the source is never changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from dss_runtime._actions import Action, Phase
from dss_runtime._batching import Batching
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
from dss_runtime._template import DefaultTemplate, Work
from dss_runtime._trying import Trying, call_hook, text_of_error
from dss_runtime._update import Updates

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
        self.batching = Batching(
            self.template,
            policy,
            self.gathering,
            self.relations,
            self.trying,
            self.settling,
            progress,
            recorder,
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
                self.batching.carry_out(list(group))

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
