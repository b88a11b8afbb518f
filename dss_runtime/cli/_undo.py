"""`dss undo`: take a run back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import click

from dss_runtime import Branch, DataStoreTree, Progress
from dss_runtime._diff import Diff
from dss_runtime._sync import carry_out
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._history import run_numbered
from dss_runtime.cli._one_sync import watched
from dss_runtime.cli._override_options import given_override, override_options
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._project import load_project
from dss_runtime.cli._report import Names, Report
from dss_runtime.cli._running import Running, running
from dss_runtime.cli._safety import Safety, safety_of
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._show import Show
from dss_runtime.cli._sources import load
from dss_runtime.cli._state import seen_state, state_of
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._verifying import verified, verify_option
from dss_runtime.journal import LoggedWork, Run, Undoing, as_read
from dss_runtime.plans import Seal
from dss_runtime.plans._identity import schema_mark, target_mark
from dss_runtime.plans._values import Values


@click.command()
@click.argument("run", type=click.IntRange(min=1), metavar="RUN")
@click.option(
    "--dry-run", is_flag=True, help="Write nothing: show what would be taken back, and what cannot."
)
@verify_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option("--all", "everything", is_flag=True, help="List everything, not a few of each kind.")
@override_options
@common_options
@pass_session
def undo(
    session: Session,
    *,
    run: int,
    dry_run: bool,
    verify: bool,
    as_json: bool,
    everything: bool,
    names: tuple[str, ...],
    reason: str,
    until: date | None,
) -> Exit:
    """Take back what the run with the number RUN has changed.

    The target is read; what it holds as the run has left it is set back, and what somebody has changed since
    is left alone. What cannot be taken back, or only with loss, is listed before anything is written. A run
    on another system or with another schema is refused. Guards count as in any other run, and the journal
    holds what was taken back, so that this can be undone as well.

    \b
    dss undo 17 --dry-run    what would be taken back?
    dss undo 17              take it back

    \b
    Exit codes:
      0    nothing to take back, or everything was taken back
      1    an error; something was not taken back; --verify found a difference
      2    --dry-run found something to take back
      3    held before anything was written, by a guard
      130  interrupted; the last line says what is true then
    """
    if dry_run and verify:
        raise click.UsageError("--verify has nothing to verify with --dry-run: give one of them")
    if dry_run and names:
        raise click.UsageError(
            "--override is for a run that writes, and --dry-run does not: give one of them"
        )
    options = given_override(names, reason, until)
    account = session.begin("undo", f"run {run}", as_json=as_json, told=not dry_run)
    project = load_project(session.settings())
    with seen_state(project.settings).look() as journal:
        past = run_numbered(journal, run)
    target, wanted = project.make(past.right, past.right)
    _refuse_others(past, target, state_of(project.settings).seal)
    branches = tuple(each.name for each in target.branches if each.name in past.branches)
    diff = wanted.diff(target, branches=branches)
    account.names, ends = _names(diff, past), (past.left, past.right)
    safety = safety_of(session, project, wanted, target, branches, ends=ends, options=options)
    show = Show(session.out, everything)
    if dry_run:
        load(session, target)
        undoing = _looked_at(session, project.settings, past, wanted, target)
        safety = safety.looked_up(project.settings, wanted, target)
        with Bars(session) as bars:
            report = _planned(diff, past, undoing, safety, bars(target.name))
        if not as_json:
            show.plan(report)
    else:
        with running(session, project.settings, "undo", diff, undoes=run) as current:
            safety.refuse(current)
            load(session, target)
            current.settle_killed()
            works = current.journal.works(run)  # not before: only now it is settled what became of them
            undoing = _taken_back(session, wanted, target, works, current.values)
            report = current.report = _undone(session, diff, past, undoing, current, safety.after(current))
        if not as_json:
            show.sync(report)
        account.report = report
        if verify:
            report = verified(session, project, report, wanted, branches)
            if not as_json and report.verification is not None:
                show.verification(report.verification)
    account.report = report
    return report.exit


def _refuse_others(past: Run, target: DataStoreTree, seal: Seal) -> None:
    """Raise CommandError unless *target* is the system that *past* wrote to, with the same schema."""
    if target_mark(target, seal) != past.target:
        raise CommandError(
            f"run {past.id} wrote to another system than the one that {target.name} is in the settings: "
            "nothing of it can be taken back here"
        )
    if schema_mark(branch for branch in target.branches if branch.name in past.branches) != past.schema:
        raise CommandError(
            f"run {past.id} was made with another schema than that of today: take it back with the schema of "
            "then, or change the source and sync"
        )


def _looked_at(
    session: Session, settings: Settings, past: Run, wanted: DataStoreTree, target: DataStoreTree
) -> Undoing:
    """Take back in memory what *past* has done, as far as the journal and *target* tell."""
    state = seen_state(settings)
    values = Values(state.seal, settings.journal.sensitive)
    with state.look() as journal:
        works = () if journal is None else as_read(journal, past, _by_name(target), values)
    return _taken_back(session, wanted, target, works, values)


def _taken_back(
    session: Session,
    wanted: DataStoreTree,
    target: DataStoreTree,
    works: Iterable[LoggedWork],
    values: Values,
) -> Undoing:
    """Make *wanted* what *target* would be without *works*; say what is kept, and what is lost."""
    undoing = Undoing(_by_name(target), _by_name(wanted), values)
    undoing.take_back(works)
    for each in undoing.kept:
        session.err.line(f"cannot be taken back: {each.message}: {each.reason}", "yellow")
    for (branch, reason), number in Counter((each.branch, each.reason) for each in undoing.losses).items():
        such = next(each.message for each in undoing.losses if (each.branch, each.reason) == (branch, reason))
        told = f"{counted(number, 'change')} of {branch}, such as {such}"
        session.err.line(f"taken back with loss: {told}: {reason}", "yellow")
    return undoing


def _by_name(tree: DataStoreTree) -> dict[str, Branch[Any, Any]]:
    return {branch.name: branch for branch in tree.branches}


def _planned(diff: Diff, past: Run, undoing: Undoing, safety: Safety, progress: Progress) -> Report:
    actions, held_back = diff.plan(progress)
    verdict = safety.verdict((), diff.right, actions, diff.branches)
    return Report(
        "undo",
        _names(diff, past),
        actions=tuple(actions),
        held_back=tuple(held_back),
        trips=verdict.trips,
        passed=verdict.passed,
        kept=tuple(undoing.kept),
        losses=tuple(undoing.losses),
    )


def _undone(
    session: Session, diff: Diff, past: Run, undoing: Undoing, current: Running, safety: Safety
) -> Report:
    right = diff.right
    with Bars(session) as bars:
        allowed = safety.allowed_undo(current, diff, bars(right.name))
    with Bars(session) as bars, current.until_asked():
        progress = watched(session, right.name, f"{past.left} {past.right}", bars(right.name))
        result = carry_out(
            right, allowed.actions, allowed.held_back, current.policy, progress, current.recording
        )
    return Report(
        "undo",
        _names(diff, past),
        actions=tuple(action for action, _ in result),
        held_back=result.held_back,
        result=result,
        passed=allowed.passed,
        interrupted=current.interrupted,
        run=current.number,
        kept=tuple(undoing.kept),
        losses=tuple(undoing.losses),
    )


def _names(diff: Diff, past: Run) -> Names:
    return Names(f"{diff.right.name} before run {past.id}", diff.right.name, diff.branches)
