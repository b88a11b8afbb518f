"""Trying a work, or a batch of them, until it is known what became of each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dss_runtime._actions import Phase
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


@dataclass(slots=True)
class _Tries:
    """What has been tried of works that were begun together. `found` holds outcomes by the works' numbers."""

    call: Call
    since: float
    made: int = 0
    said: str = ""
    found: dict[int, Outcome] = field(default_factory=dict[int, Outcome])

    def settle(self, works: Sequence[Work], outcome: Outcome) -> None:
        """Give each of *works* its outcome."""
        reached = outcome if outcome.attempts == self.made else outcome.after(self.made)
        for work in works:
            self.found[work.number] = reached


class Trying:
    """Tries works by a policy. A work is tried again only where it is certain that it did not happen."""

    def __init__(self, template: DefaultTemplate, policy: Policy, updates: Updates) -> None:
        self._template = template
        self._policy = policy
        self._updates = updates

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
        tries = _Tries(call, self._policy.clock())
        self._try(works, tries)
        return [tries.found[work.number] for work in works]

    def _try(self, works: Sequence[Work], tries: _Tries) -> None:
        while works:
            if stopped := self._policy.await_turn():
                tried = Outcome.failed(f"{tries.said}; not tried again: {stopped}")
                return tries.settle(works, tried if tries.made else Outcome.skipped(stopped))
            tries.made += 1
            try:
                lost = self._noted(works, tries.call(works), tries)
                if not lost:
                    return None
                error: Exception = UnknownOutcomeError(tries.said)
            except MissingHandlerError:
                raise
            except Exception as raised:  # noqa: BLE001 - a handler may raise anything; its action failed
                error = raised
                for work in works:
                    call_hook(self._template.on_exception, work.actions[0], error)
                tries.said = _scrubbed(error, works)
                if not isinstance(error, (TransientError, UnknownOutcomeError)):
                    return self._refused(works, tries)
                lost = [(work, f"{tries.said}; read the target again") for work in works]
            reason = self._why_not_again(error, tries.made, tries.since)
            if not isinstance(error, TransientError) or self._is_partial(works):
                # After the wait: what was only late has happened by then.
                works = self._not_happened(lost, tries)
            if works and reason is not None:
                return self._give_up(works, tries, reason, alone=isinstance(error, TransientError))

    def _is_partial(self, works: Sequence[Work]) -> bool:
        """Whether a TransientError may have left some of *works* done, and it can be told which."""
        looks = type(self._template).look is not DefaultTemplate.look
        return len(works) > 1 and looks and not self._template.atomic_writes

    def _noted(
        self, works: Sequence[Work], outcomes: Sequence[Outcome], tries: _Tries
    ) -> list[tuple[Work, str]]:
        """Note what is known of *works*; return those of which nobody knows, each with the reason."""
        if len(outcomes) != len(works):
            wrong = f"the adapter gave {len(outcomes)} outcomes for {len(works)} records"
            outcomes = [Outcome.unknown(wrong)] * len(works)
        lost: list[tuple[Work, str]] = []
        for work, outcome in zip(works, outcomes, strict=True):
            if outcome.status is Status.UNKNOWN:
                lost.append((work, outcome.reason))
                tries.said = outcome.reason
            else:
                tries.settle([work], outcome)
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
            made = tries.made
            for work in works:
                tries.made = made
                self._try([work], tries)
            return
        because = f"; not tried again: {reason}" if reason else ""
        tries.settle(works, Outcome.failed(f"{tries.said}{because}"))

    def _why_not_again(self, error: Exception, made: int, since: float) -> str | None:
        """Wait until the next try, and return None; or why there is none, "" when there were enough."""
        policy = self._policy
        if made >= policy.attempts:
            return ""
        asked = error.retry_after if isinstance(error, TransientError) else None
        seconds = max(policy.wait(made), asked or 0.0)
        if policy.clock() - since + seconds > policy.retry_for:
            who = "the system asks to wait" if seconds == asked else "the next wait would be"
            return f"{who} {seconds:g} s, and an action is given up after {policy.retry_for:g} s"
        return policy.pause(seconds) or None

    # -- looking --------------------------------------------------------------------------------------

    def _not_happened(self, lost: Sequence[tuple[Work, str]], tries: _Tries) -> list[Work]:
        """Look what became of works; note what did happen and what cannot be told, and return the others."""
        again: list[Work] = []
        for work, reason in lost:
            state, how = self._look(work)
            if state == "skipped":
                again.append(work)
            elif state == "applied":
                tries.settle([work], Outcome.applied(f"found by looking: {how}"))
            else:
                tries.settle([work], Outcome.unknown(f"{reason}; {how}" if how else reason))
        return again

    def _look(self, work: Work) -> tuple[Became, str]:
        """Ask the template what the target holds, and return what became of *work*."""
        made, since = 0, self._policy.clock()
        while True:
            try:
                self._policy.await_turn()
                return self._compared(work, self._template.look(work))
            except Exception as error:  # noqa: BLE001 - the project's own code may raise anything
                made += 1
                passes = isinstance(error, (TransientError, UnknownOutcomeError))
                if not passes or self._why_not_again(error, made, since) is not None:
                    return "unknown", f"looking failed: {_scrubbed(error, [work])}"

    def _compared(self, work: Work, now: Any) -> tuple[Became, str]:
        if now is NotImplemented:
            return "unknown", ""
        branch = self._updates.branches[work.branch]

        def is_now(then: Any) -> bool:
            if then is None:
                return False
            names = {each.attribute for each in branch.compare(then, now)}
            return names.isdisjoint(work.attributes) if work.phase == "changed" else not names

        return what_became(
            work.phase,
            held=now is not None,
            is_after=lambda: is_now(self._updates.after(work)),
            is_before=lambda: is_now(branch.get(work.key)),
        )


def call_hook(hook: Callable[..., object], *arguments: Any) -> None:
    """Call a hook of a template; one that raises is logged and changes nothing."""
    try:
        hook(*arguments)
    except Exception as error:  # noqa: BLE001 - a hook only looks on
        action = arguments[0]
        what = scrub(text_of_error(error), action.left, action.right)
        log.error("the hook %s has raised %s", getattr(hook, "__name__", hook), what)


def text_of_error(error: BaseException) -> str:
    """Return the type of an error and what it says."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _scrubbed(error: Exception, works: Sequence[Work]) -> str:
    """Return what an error says, which may quote any of the records of *works*."""
    return scrub(text_of_error(error), *(each for work in works for each in work.records))
