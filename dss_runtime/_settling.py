"""What became of works: told to whoever takes note, and to the records in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dss_runtime._gathering import Gathering
from dss_runtime._masking import scrub
from dss_runtime._outcomes import Outcome, Status
from dss_runtime._policy import Policy
from dss_runtime._recorder import Recorder
from dss_runtime._relations import Relations
from dss_runtime._template import DefaultTemplate, MissingHandlerError, Work
from dss_runtime._trying import Trying, call_hook, text_of_error
from dss_runtime._units import Group
from dss_runtime._update import Updates


class Settling:
    """Settles works: gives every action of each its one outcome, and brings the right branch up to date.

    `outcomes` are those of the actions, by their positions; `missing` are the names of methods that the
    template does not have. `stopped` says why the run is to end, "" while it goes on.
    """

    def __init__(
        self,
        template: DefaultTemplate,
        policy: Policy,
        gathering: Gathering,
        relations: Relations,
        updates: Updates,
        trying: Trying,
        recorder: Recorder,
    ) -> None:
        self._template = template
        self._policy = policy
        self._gathering = gathering
        self._relations = relations
        self._updates = updates
        self._trying = trying
        self._recorder = recorder
        self.outcomes: dict[int, Outcome] = {}
        self.missing: dict[str, None] = {}
        self.stopped = ""

    def ending(self) -> str:
        """Return why the run is to end, "" when it is not, as far as is known without asking again."""
        self.stopped = self.stopped or self._trying.away
        return self.stopped

    def is_stopped(self) -> bool:
        """Ask whether the run is to end."""
        self.stopped = self.ending() or self._policy.stop()
        return bool(self.stopped)

    def group(self, group: Group, result: Callable[[], list[Outcome]]) -> None:
        """Settle each work of a group that was tried."""
        try:
            outcomes = result()
        except MissingHandlerError as missing:
            for work in group.works:
                unit = self._gathering.units.get(work.number)
                if unit is not None and unit.work.phase == "old" and not unit.ends:
                    continue
                self.missing[missing.method] = None
                call_hook(self._template.on_not_implemented, work.actions[0])
            outcomes = [Outcome.skipped(str(missing))] * len(group.works)
        if not self._all_applied(group.works, outcomes):
            for work, outcome in zip(group.works, outcomes, strict=True):
                self.work(work, outcome)

    def _all_applied(self, works: Sequence[Work], outcomes: Sequence[Outcome]) -> bool:
        """Settle works that the adapter has applied, and return True, where nothing is to be told of any."""
        applied = outcomes[0]
        if not applied.ok or applied.reason or applied.given or not self._gathering.simple(works):
            return False
        if any(outcome is not applied for outcome in outcomes):
            return False
        try:
            self._updates.apply_all(works)
        except Exception:  # noqa: BLE001 - a record's own code may raise anything: one by one it tells which
            return False
        self.outcomes.update(dict.fromkeys(self._gathering.all_positions(works), applied))
        for work in works:
            self._recorder.settle(work, applied)
        return True

    def work(self, now: Work, outcome: Outcome) -> None:
        """Bring the right branch up to date, and give every action of a work its one outcome.

        While more is to be done than what was tried *now*, success is not the end of it.
        """
        unit = self._gathering.units.get(now.number)
        work = now if unit is None else unit.work
        ends = unit is None or unit.ends
        if work.phase == "old" and outcome.status is Status.SKIPPED and not ends and not self.ending():
            return  # A ref that nobody clears need not keep the record from being removed.
        if outcome.ok:
            outcome = self._update(now, outcome)
        applied = outcome.ok
        if unit is not None and not applied:
            outcome = unit.passes.described(now, outcome)
        if outcome.reason:
            outcome = replace(outcome, reason=scrub(outcome.reason, *work.records))
        for at in self._gathering.positions(work):
            self.outcomes[at] = outcome
        if applied and not ends:
            return
        if not applied and not (unit is not None and unit.is_there) and not self._is_held(work):
            self._relations.failed(work)
        self._recorder.settle(work, outcome)
        if (
            not applied
            and self._policy.on_error == "stop"
            and outcome.status in (Status.FAILED, Status.UNKNOWN)
            and not self.stopped
        ):
            self.stopped = f"stopped after {work.actions[0].message} {outcome.status}"

    def abandon(self, works: Sequence[Work], reason: str, *, stays: bool) -> None:
        """Settle the works of a phase that has broken off, and end the run.

        What was applied is unknown, unless it *stays*, which it does where nothing could undo it.
        """
        for work in works:
            unit = self._gathering.units.get(work.number)
            stayed = stays and (unit is None or unit.ends)
            for at in self._gathering.positions(work):
                known = self.outcomes.get(at)
                if known is None:
                    self.outcomes[at] = Outcome.skipped(reason)
                elif known.ok and not stayed:
                    self.outcomes[at] = Outcome.unknown(reason)
            self._recorder.settle(work, self.outcomes[work.number - 1])
        self.stopped = reason

    def _is_held(self, work: Work) -> bool:
        """Whether a new record was seen in the target, though not as it was to be: it can be referred to."""
        return work.phase == "new" and work.number in self._trying.held

    def _update(self, work: Work, outcome: Outcome) -> Outcome:
        """Bring the right branch up to date; a record that cannot be is one to read again."""
        try:
            self._updates.apply(work, outcome.given)
        except Exception as error:  # noqa: BLE001 - a record's own code may raise anything
            return Outcome.unknown(
                f"applied, but the record in memory could not follow: {text_of_error(error)}"
            )
        return outcome
