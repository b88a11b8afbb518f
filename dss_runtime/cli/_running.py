"""One run that writes: locked, journalled, and ended in order when somebody asks for it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from types import FrameType
from typing import Any

from dss_runtime import DataStoreTree, HeldError, Policy
from dss_runtime._diff import Diff
from dss_runtime.cli._apply_settings import ApplySettings
from dss_runtime.cli._json import masked
from dss_runtime.cli._report import Report
from dss_runtime.cli._session import Session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._state import state_of
from dss_runtime.cli._trips import held_summary
from dss_runtime.journal import Journal, JournalError, NewRun, Recording, RunState, resolve
from dss_runtime.plans import PlanRefusedError
from dss_runtime.plans._identity import schema_mark, system_mark, target_mark
from dss_runtime.plans._values import Values

log = logging.getLogger("dss_runtime")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Running:
    """A run that has begun. `report` is what it ends with; without one it has failed."""

    session: Session
    journal: Journal
    number: int
    left: str
    right: DataStoreTree
    target: str
    values: Values
    apply: ApplySettings
    goes_on_with: int | None = None
    """The run that has begun the same plan and did not come to its end."""
    report: Report | None = None
    notes: dict[str, object] = field(default_factory=dict[str, object])
    """What else the journal keeps of the run, however it ends."""
    _asked: list[str] = field(default_factory=list[str])

    @property
    def policy(self) -> Policy:
        """What the settings say of writing to the target, for a run that ends when a signal asks for it."""
        return self.apply.policy(lambda: self._asked[0] if self._asked else "")

    @cached_property
    def recording(self) -> Recording:
        """What notes the run's works in the journal."""
        branches = {branch.name: branch for branch in self.right.branches}
        return Recording(self.journal, self.number, branches, self.values, self.session.secrets.mask)

    def end(self, state: RunState, summary: Mapping[str, object] | None = None) -> None:
        """Note how the run has ended. What cannot be noted keeps nobody from hearing what it has done."""
        try:
            self.recording.flush()
            told: Any = {**self.notes, **(summary or {})}
            self.journal.end(self.number, state, masked(told, self.session.secrets))
        except JournalError as error:
            log.error("%s; the next run will find out by reading", error)

    def settle_killed(self) -> None:
        """Find out, now that the target is read, what runs have done that ended early."""
        branches = {branch.name: branch for branch in self.right.branches}
        ended = {run.state for run in self.journal.unfinished(self.target)}
        counts = resolve(self.journal, self.target, branches, self.values)
        if counts:
            told = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
            how = "was killed" if ended == {"abandoned"} else "did not come to its end"
            self.session.err.line(f"an earlier run {how}; reading {self.right.name} tells: {told}")

    def forget(self, settings: Settings) -> None:
        """Forget what the journal need not keep any longer; a disk that is full may keep it from that."""
        try:
            self.journal.prune(settings.journal.bounds)
        except JournalError as error:
            log.error("%s; old runs stay in it", error)

    @contextmanager
    def until_asked(self) -> Generator[None]:
        """End the run after the current batch when SIGINT or SIGTERM comes; a second one ends it at once."""

        def ask(number: int, frame: FrameType | None) -> None:
            if self._asked:
                raise KeyboardInterrupt
            self._asked.append(f"stopped by {signal.Signals(number).name}")
            self.session.err.line("stopping after the current batch; once more stops at once")

        before = {each: signal.signal(each, ask) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    @property
    def interrupted(self) -> bool:
        """Whether a signal has asked for the end."""
        return bool(self._asked)


@contextmanager
def running(
    session: Session,
    settings: Settings,
    command: str,
    diff: Diff,
    *,
    plan: str | None = None,
    undoes: int | None = None,
) -> Generator[Running]:
    """Keep other runs off the right tree of *diff*, and journal what happens inside of the block."""
    state, right = state_of(settings), diff.right
    seal = state.seal
    target = target_mark(right, seal)
    with state.lock(system_mark(right, seal), right.name), state.journal() as journal:
        begun = None if plan is None else _begun(journal, plan)
        compared = [branch for branch in right.branches if branch.name in diff.branches]
        number = journal.begin(
            NewRun(
                command=command,
                left=diff.left.name,
                right=right.name,
                branches=diff.branches,
                schema=schema_mark(compared),
                target=target,
                plan=plan,
                undoes=undoes,
            ),
            {"datastoresync": _version()},
        )
        values = Values(seal, settings.journal.sensitive)
        apply = settings.apply.get(right.name, ApplySettings())
        run = Running(session, journal, number, diff.left.name, right, target, values, apply, begun)
        try:
            yield run
        except HeldError as error:
            run.end("held", held_summary(error))
            raise
        except KeyboardInterrupt:
            run.end("interrupted")
            raise
        except BaseException as error:
            run.end("failed", {"error": type(error).__name__})
            raise
        run.notes["target"] = {branch.name: len(branch) for branch in compared}
        run.end(*_ended(run))
        run.forget(settings)


def _begun(journal: Journal, plan: str) -> int | None:
    """Return which run has begun *plan* without an end, None when none has.

    Raises PlanRefusedError when one came to its end: a plan is applied once.
    """
    before = journal.applied(plan)
    if before is None:
        return None
    number, at = before
    run = journal.run(number)
    if run is None or run.state in ("applied", "incomplete"):
        raise PlanRefusedError(
            f"this plan was applied already, by run {number} on {at:%Y-%m-%d %H:%M} UTC: make a new one"
        )
    return number


def _ended(run: Running) -> tuple[RunState, dict[str, object]]:
    report = run.report
    if report is None:
        return "failed", {}
    state: RunState = "interrupted" if run.interrupted else "applied"
    if report.result is not None and not report.result.ok and not run.interrupted:
        state = "incomplete"
    outcomes = (
        {} if report.result is None else {str(name): count for name, count in report.result.counts.items()}
    )
    return state, {
        "differences": len(report.actions),
        "outcomes": outcomes,
        "held_back": len(report.held_back),
    }


def _version() -> str:
    try:
        return metadata.version("datastoresync")
    except metadata.PackageNotFoundError:
        return "a checkout"
