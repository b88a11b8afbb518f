"""One run that writes: locked, journalled, and ended in order when somebody asks for it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib import metadata
from typing import Any, cast

from dss_runtime import DataStoreTree, HeldError, Policy
from dss_runtime._branch import Branch
from dss_runtime._diff import Diff
from dss_runtime._recorder import Recorder
from dss_runtime.cli._apply_settings import ApplySettings
from dss_runtime.cli._events import Eventful, event
from dss_runtime.cli._incremental import Remembered
from dss_runtime.cli._json import Json, masked
from dss_runtime.cli._once import run_that_began
from dss_runtime.cli._report import Report
from dss_runtime.cli._session import Session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._state import state_of
from dss_runtime.cli._stopping import Stopping
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._trips import held_summary
from dss_runtime.journal import (
    Aside,
    Bounds,
    Journal,
    JournalError,
    Marks,
    NewRun,
    Recording,
    RunState,
    Unconfirmed,
    WorkState,
    forget,
    resolve,
)
from dss_runtime.plans._identity import schema_mark, system_mark, target_mark
from dss_runtime.plans._values import Values

_FOUND: Mapping[WorkState, str] = {
    "applied": "{} happened",
    "skipped": "{} did not happen",
    "unknown": "of {} nobody can tell",
}
"""What reading the target tells of changes that a run has left open."""


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
    bounds: Bounds
    stopping: Stopping
    compared_after: int
    """The last run on the target before both sides were read and compared."""
    goes_on_with: int | None = None
    """The run that has begun the same plan and did not come to its end."""
    report: Report | None = None
    remembered: Remembered | None = None
    """What is known of rows that were compared, where the sync's settings ask for that."""
    notes: dict[str, object] = field(default_factory=dict[str, object])
    """What else the journal keeps of the run, however it ends."""

    @property
    def policy(self) -> Policy:
        """What the settings say of writing to the target, for a run that ends when a signal asks for it."""
        return self.apply.policy(lambda: self.stopping.asked)

    @cached_property
    def _noted(self) -> Recording:
        return Recording(self.journal, self.number, self._branches, self.values, self.session.secrets.mask)

    @property
    def recording(self) -> Recorder:
        """What notes the run's works in the journal, and logs what becomes of them."""
        return Eventful(self._noted)

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
        self.journal.note(self.number, self._masked(self.notes))
        ends = {"left": self.left, "right": self.right.name}
        event("run_begins", "the run begins", **ends, branches=diff.branches, killed=killed)

    def settle_killed(self) -> None:
        """Find out, now that the target is read, what earlier runs have done that do not know it."""
        settled = resolve(self.journal, self.target, self._branches, self.values, self.number)
        for run, counts in settled.items():
            told = ", ".join(text.format(counts[state]) for state, text in _FOUND.items() if counts[state])
            self.session.err.line(
                f"run {run} has left open what became of {counted(sum(counts.values()), 'change')}; "
                f"reading {self.right.name} tells: {told}"
            )

    def note_aside(self, now: datetime) -> None:
        """Note what is set aside in the target, now that it is read, and tell it what is to be deleted."""
        branches = {branch.name: branch for branch in self.right.branches}
        aside = Aside(self.journal, self.target, self.values)
        aside.note(branches, self.number, now)
        aside.expire(branches, now, self.number)

    def until_asked(self) -> AbstractContextManager[None]:
        """End the run after the current batch when SIGINT or SIGTERM comes; a second one ends it at once."""
        return self.stopping.after_the_batch()

    @property
    def interrupted(self) -> bool:
        """Whether a signal has asked for the end."""
        return bool(self.stopping.asked)

    @contextmanager
    def noting(self) -> Generator[None]:
        """Note what the run has done; where that is not possible, say so: what it has done is done."""
        self.stopping.ignore()
        try:
            yield
        except JournalError as error:
            self.session.err.line(
                f"{error}\nthe journal may not tell how run {self.number} has ended: the next one finds out",
                "bold red",
            )

    def _masked(self, told: Mapping[str, object]) -> dict[str, Any]:
        return cast("dict[str, Any]", masked(cast("Json", told), self.session.secrets))

    def end(self, state: RunState, more: Mapping[str, object]) -> None:
        """Note how the run has ended, and forget what is beyond the journal's bounds."""
        with self.noting():
            self._noted.flush()
            self.journal.end(self.number, state, self._masked({**self.notes, **more}))
            self.journal.prune(self.bounds)


@contextmanager
def running(
    session: Session,
    settings: Settings,
    command: str,
    diff: Diff,
    *,
    plan: str | None = None,
    made_with: str = "",
    undoes: int | None = None,
) -> Generator[Running]:
    """Keep other runs off the right tree of *diff*, and journal what happens inside of the block.

    Raises PlanRefusedError for a *plan* that was applied, or may have been: where the journal is not the one
    that it was *made_with*.
    """
    state, right, account = state_of(settings), diff.right, session.account
    seal = state.seal
    target = target_mark(right, seal)
    stopping = Stopping(session.err.line)
    with stopping.listening(), state.lock(system_mark(right, seal), right.name), state.journal() as journal:
        begun = None if plan is None else run_that_began(journal, target, plan, made_with)
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
        run = Running(
            session,
            journal,
            number,
            diff.left.name,
            right,
            target,
            values,
            settings.apply.get(right.name, ApplySettings()),
            settings.journal.bounds,
            stopping,
            number - 1,
            begun,
        )
        run.announce(diff, killed)
        try:
            yield run
        except HeldError as error:
            run.end("held", held_summary(error))
            raise
        except KeyboardInterrupt:
            run.end("interrupted", {})
            raise
        except BaseException as error:
            run.end("failed", {"error": type(error).__name__})
            raise
        run.notes["target"] = {branch.name: len(branch) for branch in compared}
        if account is not None:
            account.report, account.holds = run.report, {each.name: len(each) for each in compared}
        with run.noting():
            _remember(run, diff.branches, undoes=undoes is not None)
            if run.remembered is not None and not run.interrupted:
                run.remembered.keep(run.number)
        run.end(*_ended(run))


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


def _ended(run: Running) -> tuple[RunState, dict[str, object]]:
    report = run.report
    if report is None:
        return "failed", {}
    found = report.state
    state: RunState = found if found in ("interrupted", "incomplete") else "applied"
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
