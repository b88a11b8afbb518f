"""`dss sync`: bring the right system in step with the left one."""

from __future__ import annotations

from datetime import date

import click

from dss_runtime import GuardHeldError, HeldError, Progress
from dss_runtime._progress import Stage
from dss_runtime._sync import carry_out
from dss_runtime.cli._account import Account
from dss_runtime.cli._comparison import Comparison, asked, prepare, trees_and_output
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._override_options import given_override, override_options
from dss_runtime.cli._plan import made_plan
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._report import Report, unreadable_rows
from dss_runtime.cli._running import running
from dss_runtime.cli._safety import Safety
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._show import Show
from dss_runtime.cli._verifying import verified, verify_option


@click.command()
@trees_and_output
@click.option("--dry-run", is_flag=True, help="Write nothing: show what would be done, as `dss plan` does.")
@verify_option
@override_options
@common_options
@pass_session
def sync(
    session: Session,
    *,
    left: str,
    right: str | None,
    as_json: bool,
    everything: bool,
    retry_stuck: bool,
    dry_run: bool,
    verify: bool,
    names: tuple[str, ...],
    reason: str,
    until: date | None,
) -> Exit:
    """Change RIGHT until it equals LEFT.

    LEFT and RIGHT are trees of the schema; the name of one of its syncs may stand for both. LEFT is never
    changed. Everything is read and compared before anything is written; new records come first and old ones
    last. What cannot be applied is listed with its reason, and does not keep the rest from being applied.
    What holds the run is told by its name; --override lets it pass, for this run, with a --reason.

    \b
    dss sync Supplier Shop --dry-run    what would it do?
    dss sync Supplier Shop --verify     do it, then read Shop again and compare
    dss sync nightly --json             the sync called nightly, told to another program

    \b
    Exit codes:
      0    nothing to do, or everything was applied
      1    an error; something was not applied; --verify found a difference
      2    --dry-run found differences
      3    held before anything was written, by a guard or a source that cannot be trusted
      130  interrupted; the last line says what is true then
    """
    if dry_run and verify:
        raise click.UsageError("--verify has nothing to verify with --dry-run: give one of them")
    if dry_run and names:
        raise click.UsageError(
            "--override is for a run that writes, and --dry-run does not: give one of them"
        )
    options = given_override(names, reason, until)
    account = session.begin(
        "plan" if dry_run else "sync", asked(left, right), as_json=as_json, told=not dry_run
    )
    compared = prepare(session, left, right)
    if dry_run:
        return made_plan(session, compared, account, everything=everything, retry_stuck=retry_stuck).exit
    safety = compared.safety(session, options, retry_stuck=retry_stuck)
    return bring_in_step(session, compared, safety, account, everything=everything, verify=verify)


def bring_in_step(
    session: Session,
    compared: Comparison,
    safety: Safety,
    account: Account,
    *,
    everything: bool,
    verify: bool,
) -> Exit:
    """Read both trees, carry out what differs, and show it unless JSON is asked for.

    Raises HeldError where nothing may be written; the account has the report by then.
    """
    show = Show(session.out, everything)
    try:
        account.report = report = _carried_out(session, compared, safety)
    except HeldError as error:
        if isinstance(error, GuardHeldError):
            account.report = _held(compared, safety, error)
            if not account.as_json:
                show.plan(account.report)
        raise
    if not account.as_json:
        show.sync(report)
    if verify:
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
        compared.load(session)
        run.settle_killed()
        run.note_aside(safety.now)
        allowed = safety.after(run).allowed(run, compared.diff)
        with Bars(session.err) as bars, run.until_asked():
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

    def report(stage: Stage, what: str, done: int, total: int, /) -> None:
        session.if_interrupted = (
            f"{right} is written in part: the phase under way was rolled back where the system can do that; "
            f"`dss plan {trees}` shows what is left"
        )
        progress(stage, what, done, total)

    return report


def _held(compared: Comparison, safety: Safety, error: GuardHeldError) -> Report:
    """Return all that was compared where a guard tripped, before anything was written."""
    found = safety.narrowed(compared.diff)
    return Report(
        "sync",
        compared.names,
        actions=tuple(found.actions),
        held_back=tuple(found.held_back),
        unreadable=unreadable_rows(compared.left, compared.right),
        trips=error.trips,
    )
