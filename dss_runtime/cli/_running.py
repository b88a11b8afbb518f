"""One run that writes: locked, journalled, and ended in order when somebody asks for it."""

from __future__ import annotations

import signal
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from types import FrameType
from typing import Any

from dss_runtime import DataStoreTree, HeldError, Policy
from dss_runtime._branch import Branch
from dss_runtime._diff import Diff
from dss_runtime._recorder import Recorder
from dss_runtime.cli._events import Eventful, event
from dss_runtime.cli._report import Report
from dss_runtime.cli._session import Session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._state import state_of
from dss_runtime.cli._trips import held_summary
from dss_runtime.journal import Journal, Marks, NewRun, Recording, RunState, Unconfirmed, forget, resolve
from dss_runtime.plans import PlanRefusedError
from dss_runtime.plans._identity import schema_mark, system_mark, target_mark
from dss_runtime.plans._values import Values

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Running:
    """A run that has begun. `report` is what it ends with; without one it has failed."""

    session: Session
    journal: Journal
    number: int
    left: str
    right: DataStoreTree
    target: str
    values: Values
    compared_after: int
    """The last run on the target before both sides were read and compared."""
    goes_on_with: int | None = None
    """The run that has begun the same plan and did not come to its end."""
    report: Report | None = None
    notes: dict[str, object] = field(default_factory=dict[str, object])
    """What else the journal keeps of the run, however it ends."""
    _asked: list[str] = field(default_factory=list[str])

    @property
    def policy(self) -> Policy:
        """The policy of a run that ends when a signal asks for it."""
        return Policy(stop=lambda: self._asked[0] if self._asked else "")

    @property
    def recording(self) -> Recorder:
        """What notes the run's works in the journal, and logs what becomes of them."""
        return Eventful(Recording(self.journal, self.number, self._branches, self.values))

    @property
    def marks(self) -> Marks:
        """What makes marks of what this run writes."""
        return Marks(self.values.seal, self._branches)

    @property
    def _branches(self) -> Mapping[str, Branch[Any, Any]]:
        return {branch.name: branch for branch in self.right.branches}

    def announce(self, diff: Diff, killed: tuple[int, ...]) -> None:
        """Let the journal, the log and whoever is told of the run know of its beginning."""
        account = self.session.account
        if account is not None:
            account.number, account.killed = self.number, killed
            if account.sync:
                self.notes["sync"] = account.sync
        self.journal.note(self.number, self.notes)
        ends = {"left": self.left, "right": self.right.name}
        event("run_begins", "the run begins", **ends, branches=diff.branches, killed=killed)

    def settle_killed(self) -> None:
        """Find out, now that the target is read, what runs have done that were killed."""
        counts = resolve(self.journal, self.target, self._branches, self.values)
        if counts:
            told = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
            self.session.err.line(f"an earlier run was killed; reading {self.right.name} tells: {told}")

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
    state, right, account = state_of(settings), diff.right, session.account
    seal = state.seal
    target = target_mark(right, seal)
    with state.lock(system_mark(right, seal), right.name), state.journal() as journal:
        begun = None if plan is None else _begun(journal, target, plan)
        killed = journal.running(target)  # the lock is ours: none of them can be alive
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
        run = Running(session, journal, number, diff.left.name, right, target, values, number - 1, begun)
        run.announce(diff, killed)
        try:
            yield run
        except HeldError as error:
            journal.end(number, "held", {**run.notes, **held_summary(error)})
            raise
        except KeyboardInterrupt:
            journal.end(number, "interrupted", run.notes)
            raise
        except BaseException as error:
            journal.end(number, "failed", {**run.notes, "error": type(error).__name__})
            raise
        run.notes["target"] = {branch.name: len(branch) for branch in compared}
        _remember(run, diff.branches, undoes=undoes is not None)
        if account is not None:
            account.report, account.holds = run.report, {each.name: len(each) for each in compared}
        journal.end(number, *_ended(run))
        journal.prune(settings.journal.bounds)


def _remember(run: Running, compared: Iterable[str], *, undoes: bool) -> None:
    """Let the journal remember what was written, for the next run to find in place or not."""
    result = None if run.report is None else run.report.result
    if result is None:
        return
    if undoes:
        forget(run.journal, run.target, run.marks, result)
        return
    before = Unconfirmed.read(run.journal, run.left, run.target)
    found = before.after(run.marks, run.number, result, compared, run.compared_after)
    found.keep(run.journal, run.left, run.target)


def _begun(journal: Journal, target: str, plan: str) -> int | None:
    """Return which run has begun *plan* without an end, None when none has.

    Raises PlanRefusedError when one came to its end, since a plan is applied once, and when another run has
    written since, which had a newer source.
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
    if (later := journal.wrote_after(target, number)) is not None:
        raise PlanRefusedError(
            f"run {number} began this plan and did not end, and run {later} has written since: make a new one"
        )
    return number


def _ended(run: Running) -> tuple[RunState, dict[str, object]]:
    report = run.report
    if report is None:
        return "failed", run.notes
    state: RunState = "interrupted" if run.interrupted else "applied"
    if report.result is not None and not report.result.ok and not run.interrupted:
        state = "incomplete"
    outcomes = (
        {} if report.result is None else {str(name): count for name, count in report.result.counts.items()}
    )
    return state, {
        **run.notes,
        "differences": len(report.actions),
        "outcomes": outcomes,
        "held_back": len(report.held_back),
    }


def _version() -> str:
    try:
        return metadata.version("datastoresync")
    except metadata.PackageNotFoundError:
        return "a checkout"
