"""Trying a work, or a batch of them, until it is known what became of each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from dss_runtime._actions import Phase
from dss_runtime._availability import Availability
from dss_runtime._became import Became, what_became
from dss_runtime._errors import TransientError, UnknownOutcomeError
from dss_runtime._masking import scrub
from dss_runtime._outcomes import Outcome, Status
from dss_runtime._policy import Policy
from dss_runtime._template import DefaultTemplate, MissingHandlerError, Work
from dss_runtime._update import Updates

log = logging.getLogger("dss_runtime")

Call: TypeAlias = Callable[[Sequence[Work]], Sequence[Outcome]]
"""Tries works, all at once, and returns an outcome for each."""

_NO_LOOK = "what the target holds could not be asked"


@dataclass(slots=True)
class _Tries:
    """What has been tried of works that were begun together. `found` holds outcomes by the works' numbers.

    `since` is the time of the first try, or of the last answer.
    """

    call: Call
    since: float | None = None
    made: int = 0
    said: str = ""
    found: dict[int, Outcome] = field(default_factory=dict[int, Outcome])

    def settle(self, works: Sequence[Work], outcome: Outcome) -> None:
        """Give each of *works* its outcome."""
        self.found.update(dict.fromkeys([work.number for work in works], self.reached(outcome)))

    def reached(self, outcome: Outcome) -> Outcome:
        """Return *outcome* as one that was reached at the last try."""
        return outcome if outcome.attempts == self.made else outcome.after(self.made)


class Trying:
    """Tries works by a policy. A work is tried again only where it is certain that it did not happen."""

    def __init__(self, template: DefaultTemplate, policy: Policy, updates: Updates) -> None:
        self._template = template
        self._policy = policy
        self._updates = updates
        self._system = Availability(policy)
        self._looks = type(template).look is not DefaultTemplate.look
        self.held: set[int] = set()
        """The numbers of works whose records were seen in the target, whatever became of the works."""

    @property
    def away(self) -> str:
        """Why the run is to end because the system does not answer, "" while it does."""
        return self._system.away

    def begin(self, phase: Phase) -> None:
        """Begin a phase of the template, trying again while that fails with TransientError."""
        made, since = 0, self._policy.clock()
        while True:
            try:
                return self._template.begin(phase)
            except TransientError as error:
                made += 1
                if self._why_not_again(error, made, since) is not None:
                    raise

    def outcomes(self, works: Sequence[Work], call: Call) -> list[Outcome]:
        """Return the outcome of each of *works* (MissingHandlerError when there is no method for them)."""
        tries = _Tries(call)
        self._try(works, tries)
        return [tries.found[work.number] for work in works]

    def _try(self, works: Sequence[Work], tries: _Tries) -> None:
        while works:
            if not self._is_due(works, tries):
                return None
            tries.made += 1
            try:
                answer: object = tries.call(works)
            except MissingHandlerError:
                raise
            except Exception as raised:  # noqa: BLE001 - a handler may raise anything; its action failed
                error: Exception = raised
                for work in works:
                    call_hook(self._template.on_exception, work.actions[0], error)
                tries.said = _scrubbed(error, works)
                if not isinstance(error, (TransientError, UnknownOutcomeError)):
                    self._answered(tries)
                    return self._refused(works, tries)
                lost = [(work, f"{tries.said}; read the target again") for work in works]
            else:
                lost = self._noted(works, answer, tries)
                if not lost:
                    return None
                error = UnknownOutcomeError(tries.said)
            works = self._after(error, works, lost, tries)

    def _is_due(self, works: Sequence[Work], tries: _Tries) -> bool:
        """Wait until *works* may be tried; where they are not to be any more, say why, and return False."""
        before = f"{tries.said}; not tried again: " if tries.made else ""
        try:
            stopped = self._system.await_turn()
        except Exception as error:  # noqa: BLE001 - the policy's functions are the project's own code
            tries.settle(works, Outcome.failed(f"{before}waiting for a turn failed: {text_of_error(error)}"))
            return False
        now, most = self._policy.clock(), self._policy.retry_for
        if tries.since is None:
            tries.since = now
        if not stopped and now - tries.since > most:
            stopped = f"an action is given up after {most:g} s"
        if stopped:
            ended = Outcome.failed(f"{before}{stopped}") if tries.made else Outcome.skipped(stopped)
            tries.settle(works, ended)
        return not stopped

    def _after(
        self, error: Exception, works: Sequence[Work], lost: Sequence[tuple[Work, str]], tries: _Tries
    ) -> Sequence[Work]:
        """Wait after a failed try; return the works to be tried again, having settled the others."""
        passes = isinstance(error, TransientError)
        if not passes and not self._looks:
            self._system.gave_up()
            for work, why in lost:
                tries.settle([work], Outcome.unknown(why))
            return ()
        reason = self._why_not_again(error, tries.made, tries.since or 0.0)
        if not passes:
            # What is only late gets its time before it is looked for, after the last try as well.
            certain = reason is None or (not reason and not self._settling(tries))
            works = self._not_happened(lost, tries, certain=certain)
        elif self._is_partial(works):
            works = self._not_happened(lost, tries)
        if works and reason is not None:
            self._give_up(works, tries, reason, alone=passes)
            return ()
        return works

    def _settling(self, tries: _Tries) -> str:
        """Let the usual time pass after a last try; return why it was cut short, "" when it was not."""
        try:
            return self._policy.pause(self._policy.wait(tries.made))
        except Exception as error:  # noqa: BLE001 - the policy's functions are the project's own code
            return text_of_error(error)

    def _answered(self, tries: _Tries) -> None:
        """The system has answered: it is not away, and the time of these tries begins anew."""
        self._system.answered()
        tries.since = self._policy.clock()

    def _is_partial(self, works: Sequence[Work]) -> bool:
        """Whether a TransientError may have left some of *works* done, and it can be told which."""
        return len(works) > 1 and self._looks and not self._template.atomic_writes

    def _noted(self, works: Sequence[Work], answer: object, tries: _Tries) -> list[tuple[Work, str]]:
        """Note what is known of *works*; return those of which nobody knows, each with the reason."""
        outcomes = _outcomes_in(answer)
        if outcomes is None or len(outcomes) != len(works):
            given = type(answer).__name__ if outcomes is None else f"{len(outcomes)} outcomes"
            tries.settle(works, Outcome.unknown(f"the adapter gave {given} for {len(works)} records"))
            return []
        lost: list[tuple[Work, str]] = []
        for work, outcome in zip(works, outcomes, strict=True):
            if outcome.status is Status.UNKNOWN:
                lost.append((work, outcome.reason))
                tries.said = outcome.reason
            else:
                tries.found[work.number] = (
                    outcome if outcome.attempts == tries.made else tries.reached(outcome)
                )
        if len(lost) < len(works):
            self._answered(tries)
        return lost

    def _refused(self, works: Sequence[Work], tries: _Tries) -> None:
        """Find those of *works* that are to blame for an error that will not pass."""
        if len(works) == 1:
            return tries.settle(works, Outcome.failed(tries.said))
        if self._template.atomic_writes:
            middle = len(works) // 2
            parts = [works[:middle], works[middle:]]
        else:
            lost = [(work, f"{tries.said}; read the target again") for work in works]
            parts = [[work] for work in self._not_happened(lost, tries)]
        made = tries.made
        for part in parts:
            tries.made = made
            self._try(part, tries)

    def _give_up(self, works: Sequence[Work], tries: _Tries, reason: str, *, alone: bool) -> None:
        """Let *works* fail; where they were tried *alone* only together, each has a last try of its own."""
        if not reason and alone and len(works) > 1:
            self._system.gave_up()
            made = tries.made
            for work in works:
                tries.made = made
                self._try([work], tries)
            return
        self._system.gave_up()
        because = f"; not tried again: {reason}" if reason else ""
        tries.settle(works, Outcome.failed(f"{tries.said}{because}"))

    def _why_not_again(self, error: Exception, made: int, since: float) -> str | None:
        """Wait until the next try, and return None; or why there is none, "" when there were enough."""
        policy = self._policy
        asked = error.retry_after if isinstance(error, TransientError) else None
        if asked is not None:
            self._system.put_off(asked)
        if made >= policy.attempts:
            return ""
        try:
            seconds = max(policy.wait(made), asked or 0.0)
        except Exception as broken:  # noqa: BLE001 - the policy's functions are the project's own code
            return f"the wait could not be told: {text_of_error(broken)}"
        if policy.clock() - since + seconds > policy.retry_for:
            who = "the system asks to wait" if seconds == asked else "the next wait would be"
            return f"{who} {seconds:g} s, and an action is given up after {policy.retry_for:g} s"
        return policy.pause(seconds) or None

    # -- looking --------------------------------------------------------------------------------------

    def _not_happened(
        self, lost: Sequence[tuple[Work, str]], tries: _Tries, *, certain: bool = True
    ) -> list[Work]:
        """Look what became of works; note what did happen and what cannot be told, and return the others.

        Unless it is *certain*, what is not there may still come, and is unknown. After a look that fails for
        all its tries nothing else is looked for.
        """
        again: list[Work] = []
        failed = ""
        for work, reason in lost:
            state, how = ("unknown", failed) if failed else self._look(work)
            if how.startswith(_NO_LOOK):
                failed = how
            if state == "skipped" and certain:
                again.append(work)
            elif state == "applied":
                self._answered(tries)
                tries.settle([work], Outcome.applied(f"found by looking: {how}"))
            else:
                tries.settle([work], Outcome.unknown(f"{reason}; {how}" if how else reason))
        return again

    def _look(self, work: Work) -> tuple[Became, str]:
        """Ask the template what the target holds, and return what became of *work*."""
        made, since = 0, self._policy.clock()
        while True:
            try:
                if stopped := self._system.await_turn():
                    return "unknown", f"{_NO_LOOK}: {stopped}"
                since = since if made else self._policy.clock()
                return self._compared(work, self._template.look(work))
            except Exception as error:  # noqa: BLE001 - the project's own code may raise anything
                made += 1
                said = _scrubbed(error, [work])
                if not isinstance(error, (TransientError, UnknownOutcomeError)):
                    return "unknown", f"looking failed: {said}"
                if self._why_not_again(error, made, since) is not None:
                    self._system.gave_up()
                    return "unknown", f"{_NO_LOOK}: looking failed: {said}"

    def _compared(self, work: Work, now: Any) -> tuple[Became, str]:
        if now is NotImplemented:
            return "unknown", ""
        branch = self._updates.branches[work.branch]
        if now is not None:
            self.held.add(work.number)

        def is_now(then: Any) -> bool:
            if then is None:
                return False
            names = {each.attribute for each in branch.compare(then, now)}
            return names.isdisjoint(work.attributes) if work.phase == "changed" else not names

        return what_became(
            work.phase,
            held=now is not None,
            is_after=lambda: is_now(self._updates.after(work)),
            is_before=lambda: is_now(branch.held.get(work.key)),
        )


def call_hook(hook: Callable[..., object], *arguments: Any) -> None:
    """Call a hook of a template; one that raises is logged and changes nothing."""
    try:
        hook(*arguments)
    except Exception as error:  # noqa: BLE001 - a hook only looks on
        action = arguments[0]
        what = scrub(text_of_error(error), action.left, action.right)
        log.error("the hook %s has raised %s", getattr(hook, "__name__", hook), what)


def _outcomes_in(answer: object) -> list[Outcome] | None:
    """Return the outcomes that a `write` has returned, None when it is anything else."""
    if not isinstance(answer, Sequence):
        return None
    found = cast("Sequence[object]", answer)
    outcomes = [each for each in found if isinstance(each, Outcome)]
    return outcomes if len(outcomes) == len(found) else None


def text_of_error(error: BaseException) -> str:
    """Return the type of an error and what it says."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _scrubbed(error: Exception, works: Sequence[Work]) -> str:
    """Return what an error says, which may quote any of the records of *works*."""
    return scrub(text_of_error(error), *(each for work in works for each in work.records))
