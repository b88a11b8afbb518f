"""Carrying out a diff: every action gets exactly one outcome, and the source is never changed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, get_args

from dss_runtime._actions import Action, Phase, RecordChange, phase_of
from dss_runtime._diff import Diff
from dss_runtime._errors import TransientError
from dss_runtime._held import check_guards
from dss_runtime._masking import scrub
from dss_runtime._outcomes import Outcome, Status, SyncResult
from dss_runtime._progress import STEP, Progress
from dss_runtime._protection import HeldBack
from dss_runtime._recorder import Recorder, forgetful
from dss_runtime._relations import Relations
from dss_runtime._template import DefaultTemplate, MissingHandlerError, Work, outcome_of
from dss_runtime._update import Updates

if TYPE_CHECKING:
    from dss_runtime._tree import DataStoreTree

T = TypeVar("T")

log = logging.getLogger("dss_runtime")

PHASES: tuple[Phase, ...] = ("new", "changed", "old")

OnError: TypeAlias = Literal["continue", "stop"]


def backoff(attempt: int) -> float:
    """Return the seconds to wait after the failed try number *attempt*: 0.5, 1, 2, … at most 30."""
    return min(2.0 ** (attempt - 2), 30.0)


@dataclass(frozen=True, slots=True)
class Policy:
    """How a sync deals with trouble.

    `on_error` "stop" leaves everything after the first failure untried; `attempts` is how often an action
    is tried in all when it fails with TransientError, `wait` gives the seconds before the next try. A batch
    that keeps failing so is tried once more, record by record. Raises ValueError for what makes no sense.
    """

    on_error: OnError = "continue"
    attempts: int = 3
    wait: Callable[[int], float] = backoff
    sleep: Callable[[float], None] = time.sleep
    batch_size: int = 1000
    guarded: bool = True
    stop: Callable[[], str] = lambda: ""
    """Asked before every record: why the run is to end there, "" while it is not. A batch is never split."""

    def __post_init__(self) -> None:
        if self.on_error not in get_args(OnError):
            raise ValueError(f"on_error: {self.on_error!r} is neither 'continue' nor 'stop'")
        for name, number in (("attempts", self.attempts), ("batch_size", self.batch_size)):
            if number < 1:
                raise ValueError(f"{name}: expected 1 or more, got {number}")


def synchronise(diff: Diff, policy: Policy, progress: Progress, recorder: Recorder = forgetful) -> SyncResult:
    """Carry out *diff* through the template of its right tree.

    The whole diff is computed before anything is written. Raises GuardHeldError when it exceeds a guard.
    """
    actions, held_back = diff.plan()
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
    run = _Run(right, actions, policy, progress, recorder)
    run.relations.hold(held_back)
    for phase in PHASES:
        run.phase(phase)
    results = tuple((action, run.outcomes[number]) for number, action in enumerate(actions))
    return SyncResult(results, tuple(run.missing), held_back)


class _UndoneError(Exception):
    """Leaves the frame of a handler that has returned without success."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(slots=True)
class _Unit:
    """A work with the positions of its actions in the plan."""

    work: Work
    numbers: list[int] = field(default_factory=list[int])


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
        self.relations = Relations(self.branches)
        self.updates = Updates(self.branches)
        self.outcomes: dict[int, Outcome] = {}
        self.missing: dict[str, None] = {}
        self.stopped = ""

    def phase(self, phase: Phase) -> None:
        """Carry out all actions of one phase, and tell the hooks what became of them once that is certain."""
        units = list(self._units(phase))
        if self.stopped:
            self._settle_all(units, Outcome.skipped(self.stopped))
        elif units:
            self._carry_out(phase, units)
        for number in sorted(number for unit in units for number in unit.numbers):
            outcome = self.outcomes[number]
            hook = self.template.on_success if outcome.ok else self.template.on_failure
            self._hook(hook, self.actions[number], outcome)

    def _carry_out(self, phase: Phase, units: Sequence[_Unit]) -> None:
        """Carry out the units of one phase, inside one frame of the template."""
        try:
            self._begin(phase)
            for _, group in groupby(units, key=lambda unit: unit.work.branch):
                self._branch(list(group))
            self.template.end(phase)
        except Exception as error:  # noqa: BLE001 - whatever a template raises must not lose the outcomes
            self._abandon(phase, units, error)
        except BaseException:
            self._roll_back(phase)
            raise
        else:
            self.updates.keep()
            self.recorder.committed(phase)
            self.progress("apply", phase, len(units), len(units))

    def _begin(self, phase: Phase) -> None:
        """Begin a phase, trying again while that fails with TransientError."""
        attempt = 1
        while True:
            try:
                self.template.begin(phase)
                return
            except TransientError:
                if attempt >= self.policy.attempts:
                    raise
            self.policy.sleep(self.policy.wait(attempt))
            attempt += 1

    def _abandon(self, phase: Phase, units: Sequence[_Unit], error: Exception) -> None:
        """The template could not begin or end the phase: what it had applied is undone, or unknown."""
        self._roll_back(phase)
        records = [record for unit in units for record in unit.work.records]
        reason = f"the phase could not be completed: {scrub(_text(error), *records)}"
        for unit in units:
            for number in unit.numbers:
                known = self.outcomes.get(number)
                if known is None:
                    self.outcomes[number] = Outcome.skipped(reason)
                elif known.ok:
                    self.outcomes[number] = Outcome.unknown(reason)
            self.recorder.settle(unit.work, self.outcomes[unit.numbers[0]])
        self.stopped = reason

    def _roll_back(self, phase: Phase) -> None:
        self.updates.undo()
        try:
            self.template.abandon(phase)
        except Exception as error:  # noqa: BLE001 - the first error is the one to report
            records = [record for action in self.actions for record in (action.left, action.right)]
            log.error("rolling back the phase %s failed too: %s", phase, scrub(_text(error), *records))

    def _units(self, phase: Phase) -> Iterable[_Unit]:
        """Gather the actions of a phase by record, and by whether the adapter or a handler takes them."""
        units: dict[tuple[str, object, str], _Unit] = {}
        for number, action in enumerate(self.actions):
            if phase_of(action) != phase:
                continue
            whole = self._is_whole(action)
            ident = (action.branch, action.key, "" if whole else str(number))
            if ident in units:
                work = units[ident].work
                units[ident].work = replace(work, actions=(*work.actions, action))
            else:
                units[ident] = _Unit(Work(phase, action.branch, action.key, (action,), number + 1))
            units[ident].numbers.append(number)
        return units.values()

    def _is_whole(self, action: Action) -> bool:
        """Whether the action is done together with the others of its record; an impossible one never is."""
        if action.attribute is None or action.error is not None:
            return action.attribute is None
        return self.branches[action.branch].by_record or self.template.leaves_to_adapter(action.method)

    def _branch(self, units: Sequence[_Unit]) -> None:
        """Carry out the units of one branch: handlers one by one, the rest in batches."""
        batch: list[_Unit] = []
        for done, unit in enumerate(units):
            if done % STEP == 0:
                self.progress("apply", unit.work.branch, done, len(units))
            if batch and (
                len(batch) >= self.policy.batch_size or self.relations.awaits(unit.work, batch[0].work)
            ):
                self._write(batch)
                batch = []
            self.stopped = self.stopped or self.policy.stop()
            early = Outcome.skipped(self.stopped) if self.stopped else self._refuse(unit.work)
            if early is not None:
                self._settle(unit, early)
            elif self.template.leaves_to_adapter(self._method(unit.work)):
                batch.append(unit)
            else:
                self._settle(unit, self._handle(unit.work))
        if batch:
            self._write(batch)

    def _method(self, work: Work) -> str:
        if work.phase == "changed" and self.branches[work.branch].by_record:
            return f"changed_{work.branch}"
        return work.actions[0].method

    def _refuse(self, work: Work) -> Outcome | None:
        """Return why a work is not even tried, None when nothing speaks against it."""
        for action in work.actions:
            if action.error is not None:
                return Outcome.rejected(action.error)
        return self.relations.blocked(work)

    def _handle(self, work: Work) -> Outcome:
        """Call the project's handler for a work; what one that does not succeed has begun is undone."""

        def call() -> list[Outcome]:
            try:
                with self.template.single():
                    outcome = self._call(work)
                    if not outcome.ok:
                        raise _UndoneError(outcome)
            except _UndoneError as undone:
                outcome = undone.outcome
            return [outcome]

        self.recorder.intend([work])
        return self._attempt([work], call)[0]

    def _call(self, work: Work) -> Outcome:
        if work.phase == "changed" and self.branches[work.branch].by_record:
            change = RecordChange(work.branch, work.key, work.left, work.right, work.actions)
            return outcome_of(self.template.perform_record(change))
        return self.template(work.actions[0])

    def _write(self, batch: Sequence[_Unit]) -> None:
        """Let the adapter write a batch, and settle each of its units."""
        works = [unit.work for unit in batch]
        self.recorder.intend(works)
        outcomes = self._attempt(works, partial(self._write_works, works))
        if len(outcomes) != len(batch):
            wrong = f"the adapter gave {len(outcomes)} outcomes for {len(batch)} records"
            outcomes = [Outcome.unknown(wrong)] * len(batch)
        for unit, outcome in zip(batch, outcomes, strict=True):
            self._settle(unit, outcome)

    def _attempt(
        self, works: Sequence[Work], call: Callable[[], list[Outcome]], attempt: int = 1
    ) -> list[Outcome]:
        """Call until it does not fail with TransientError any more; the first try is number *attempt*."""
        attempts = self.policy.attempts
        while True:
            try:
                return [outcome.after(attempt) if attempt > 1 else outcome for outcome in call()]
            except MissingHandlerError as missing:
                self.missing[missing.method] = None
                for work in works:
                    self._hook(self.template.on_not_implemented, work.actions[0])
                return [Outcome.skipped(str(missing))] * len(works)
            except Exception as error:  # noqa: BLE001 - a handler may raise anything; its action failed
                for work in works:
                    self._hook(self.template.on_exception, work.actions[0], error)
                transient = isinstance(error, TransientError)
                if transient and attempt >= attempts and len(works) > 1:
                    return self._one_by_one(works)
                if not transient or attempt >= attempts:
                    # The error of a batch may quote any of its records.
                    reason = scrub(_text(error), *(each for work in works for each in work.records))
                    outcome = Outcome.failed(reason)
                    if len(works) > 1:  # Some of them may have been written before it failed.
                        outcome = Outcome.unknown(f"{reason}; read the target again")
                    return [outcome.after(attempt)] * len(works)
            self.policy.sleep(self.policy.wait(attempt))
            attempt += 1

    def _one_by_one(self, works: Sequence[Work]) -> list[Outcome]:
        """Give each work of a batch that keeps failing a last try of its own."""
        last = self.policy.attempts + 1
        return [
            outcome
            for work in works
            for outcome in self._attempt([work], partial(self._write_works, [work]), last)
        ]

    def _write_works(self, works: Sequence[Work]) -> list[Outcome]:
        return list(self.template.write(works))

    def _settle_all(self, units: Sequence[_Unit], outcome: Outcome) -> None:
        for unit in units:
            self._settle(unit, outcome)

    def _settle(self, unit: _Unit, outcome: Outcome) -> None:
        """Give every action of a unit its one outcome, and bring the right branch up to date."""
        work = unit.work
        if outcome.ok:
            outcome = self._update(work, outcome)
        if outcome.reason:
            outcome = replace(outcome, reason=scrub(outcome.reason, *work.records))
        if not outcome.ok:
            self.relations.failed(work)
        for number in unit.numbers:
            self.outcomes[number] = outcome
        self.recorder.settle(work, outcome)
        if (
            self.policy.on_error == "stop"
            and outcome.status in (Status.FAILED, Status.UNKNOWN)
            and not self.stopped
        ):
            self.stopped = f"stopped after {work.actions[0].message} {outcome.status}"

    def _update(self, work: Work, outcome: Outcome) -> Outcome:
        """Bring the right branch up to date; a record that cannot be is one to read again."""
        try:
            self.updates.apply(work)
        except Exception as error:  # noqa: BLE001 - a record's own code may raise anything
            return Outcome.unknown(f"applied, but the record in memory could not follow: {_text(error)}")
        return outcome

    def _hook(self, hook: Callable[..., object], *arguments: Any) -> None:
        """Call a hook of the template; one that raises is logged and changes nothing."""
        try:
            hook(*arguments)
        except Exception as error:  # noqa: BLE001 - a hook only looks on
            action: Action = arguments[0]
            what = scrub(_text(error), action.left, action.right)
            log.error("the hook %s has raised %s", getattr(hook, "__name__", hook), what)


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
