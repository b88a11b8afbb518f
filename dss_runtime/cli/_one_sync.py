"""One sync, of two trees that are made: carried out, verified and shown, or merely looked at."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime import GuardHeldError, HeldError, Progress
from dss_runtime._progress import Stage
from dss_runtime._sync import carry_out
from dss_runtime.cli._account import Account
from dss_runtime.cli._comparison import Comparison
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._incremental import Remembered
from dss_runtime.cli._override_options import OverrideOptions
from dss_runtime.cli._plan import made_plan
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._report import Report, unreadable_rows
from dss_runtime.cli._running import running
from dss_runtime.cli._safety import Safety
from dss_runtime.cli._session import Session
from dss_runtime.cli._show import Show
from dss_runtime.cli._verifying import verified


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked of a sync on the command line."""

    everything: bool = False
    retry_stuck: bool = False
    dry_run: bool = False
    verify: bool = False
    override: OverrideOptions | None = None


def synced(session: Session, compared: Comparison, account: Account, wishes: Wishes) -> Exit:
    """Do with *compared* what was wished, and let *account* have the report, which is shown.

    Raises HeldError when nothing may be written, DssError for what else went wrong.
    """
    if wishes.dry_run:
        return made_plan(
            session, compared, account, everything=wishes.everything, retry_stuck=wishes.retry_stuck
        ).exit
    safety = compared.safety(session, wishes.override, retry_stuck=wishes.retry_stuck)
    show = Show(session.out, wishes.everything)
    try:
        account.report = report = _carried_out(session, compared, safety)
    except HeldError as error:
        if isinstance(error, GuardHeldError):
            account.report = _held(session, compared, safety, error)
            if not account.as_json:
                show.plan(account.report)
        raise
    if not account.as_json:
        show.sync(report)
    if wishes.verify:
        account.report = report = verified(
            session, compared.project, report, compared.left, compared.pair.branches
        )
        if not account.as_json and report.verification is not None:
            show.verification(report.verification)
    return report.exit


def _carried_out(session: Session, compared: Comparison, safety: Safety) -> Report:
    """Read both trees and carry out what differs (HeldError when nothing may be written)."""
    left, right = compared.left, compared.right
    with running(session, compared.project.settings, "sync", compared.diff) as run:
        safety.refuse(run)
        run.remembered = Remembered.of(
            run.journal, run.values.seal, run.target, left.name, safety.rules, learns=True
        )
        compared.load(session, run.remembered)
        run.settle_killed()
        run.note_aside(safety.now)
        with Bars(session) as bars:
            allowed = safety.after(run).allowed(run, compared.diff, bars(right.name))
        with Bars(session) as bars, run.until_asked():
            progress = watched(session, right.name, str(compared.pair), bars(right.name))
            result = carry_out(right, allowed.actions, allowed.held_back, run.policy, progress, run.recording)
        session.if_interrupted = f"{right.name} was written before; `dss show {run.number}` tells what"
        run.report = Report(
            "sync",
            compared.names,
            actions=tuple(action for action, _ in result),
            held_back=result.held_back,
            unreadable=unreadable_rows(left, right),
            result=result,
            passed=allowed.passed,
            interrupted=run.interrupted,
            run=run.number,
        )
    return run.report


def watched(session: Session, right: str, trees: str, progress: Progress) -> Progress:
    """Pass progress on, and note that from the first action on an interruption leaves something written."""

    written = (
        f"{right} is written in part: the phase under way was rolled back where the system can do that; "
        f"`dss plan {trees}` shows what is left"
    )

    def report(stage: Stage, what: str, done: int, total: int, /) -> None:
        session.if_interrupted = written
        progress(stage, what, done, total)

    return report


def _held(session: Session, compared: Comparison, safety: Safety, error: GuardHeldError) -> Report:
    """Return all that was compared where a guard tripped, before anything was written."""
    with Bars(session) as bars:
        found = safety.narrowed(compared.diff, bars(compared.right.name))
    return Report(
        "sync",
        compared.names,
        actions=tuple(found.actions),
        held_back=tuple(found.held_back),
        unreadable=unreadable_rows(compared.left, compared.right),
        trips=error.trips,
    )
