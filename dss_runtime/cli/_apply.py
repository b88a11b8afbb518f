"""`dss apply`: carry out a saved plan, once, and just as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from dss_runtime import DataStoreTree, GuardHeldError, HeldError
from dss_runtime._sync import carry_out
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._one_sync import watched
from dss_runtime.cli._override_options import OverrideOptions, given_override, override_options
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._project import Project, load_project
from dss_runtime.cli._report import Names, Report, unreadable_rows
from dss_runtime.cli._running import Running, running
from dss_runtime.cli._safety import Allowed, Safety, safety_of
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._show import Show
from dss_runtime.cli._sources import load
from dss_runtime.cli._state import state_of
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._verifying import verified, verify_option
from dss_runtime.plans import CHANGED, PlanRefusedError, SavedPlan, open_plan


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--if-changed",
    type=click.Choice(("continue", "stop")),
    default="continue",
    show_default=True,
    help="What to do when a record is not as it was when the plan was made: leave that one, or everything.",
)
@verify_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option("--all", "everything", is_flag=True, help="List everything, not a few of each kind.")
@override_options
@common_options
@pass_session
def apply(
    session: Session,
    *,
    file: Path,
    if_changed: str,
    verify: bool,
    as_json: bool,
    everything: bool,
    names: tuple[str, ...],
    reason: str,
    until: date | None,
) -> Exit:
    """Carry out the plan in FILE, which `dss plan -o FILE` has saved.

    Exactly that plan is carried out, once: nothing is compared anew. It is refused for another system or
    another schema than it was made for, a second time, and when the file was cut off or edited. The target is
    read first; a record that somebody has changed since is left alone and reported as rejected. A plan that
    is held can be applied later, or now with --override and a --reason.

    \b
    dss plan nightly -o plan.jsonl     in the evening
    dss apply plan.jsonl               when somebody has looked at it
    dss apply plan.jsonl --verify      and read the target again afterwards

    \b
    Exit codes:
      0    everything in the plan was applied, or it is empty
      1    an error; something was not applied; --verify found a difference
      3    held before anything was written: by a guard, or by --if-changed stop
      130  interrupted; the last line says what is true then
    """
    options = given_override(names, reason, until)
    account = session.begin("apply", str(file), as_json=as_json)
    project = load_project(session.settings())
    show = Show(session.out, everything)
    with open_plan(file, state_of(project.settings).seal) as plan:
        header = plan.header
        account.sync, account.names = header.sync, Names(header.left, header.right, header.branches)
        try:
            report, right = _applied(session, project, plan, options, stop=if_changed == "stop")
        except GuardHeldError as error:
            if not as_json:
                show.plan(Report("apply", account.names, trips=error.trips))
            raise
    account.report = report
    if not as_json:
        show.sync(report)
    if verify:
        # In memory the target is as the plan has left it: what came up elsewhere since is not the plan's.
        account.report = report = verified(session, project, report, right, report.names.branches)
        if not as_json and report.verification is not None:
            show.verification(report.verification)
    return report.exit


def _applied(
    session: Session, project: Project, plan: SavedPlan, options: OverrideOptions, *, stop: bool
) -> tuple[Report, DataStoreTree]:
    header = plan.header
    for name in (header.left, header.right):
        if name not in project.trees:
            raise PlanRefusedError(f"{plan.path}: was made for the tree {name}, which there is no more")
    left, right = project.make(header.left, header.right)
    plan.refuse_others(right)
    diff = left.diff(right, branches=header.branches)
    safety = safety_of(session, project, left, right, header.branches, sync=header.sync, options=options)
    with running(session, project.settings, "apply", diff, plan=plan.mark, made_with=header.journal) as run:
        run.compared_after = header.after
        safety.refuse(run)
        plan.refuse_held(safety.override)
        load(session, right)
        run.settle_killed()
        run.note_aside(safety.now)
        run.report = _carried_out(session, plan, left, right, run, safety.after(run), stop=stop)
    return run.report, right


def _carried_out(
    session: Session,
    plan: SavedPlan,
    left: DataStoreTree,
    right: DataStoreTree,
    run: Running,
    safety: Safety,
    *,
    stop: bool,
) -> Report:
    def load_left() -> DataStoreTree:
        load(session, left)
        return left

    actions, held_back, done = plan.today(right, load_left, begun=run.goes_on_with is not None)
    if run.goes_on_with is not None:
        session.err.line(
            f"run {run.goes_on_with} began this plan and did not end: "
            f"{done} of its {counted(plan.header.total, 'action')} are done"
        )
    changed = [action for action in actions if (action.error or "").startswith(CHANGED)]
    if changed and stop:
        raise HeldError(
            f"{counted(len(changed), 'action')} of the plan no longer fit, such as "
            f"{changed[0].message}: {changed[0].error}"
        )
    found = Allowed(actions, held_back, plan.refuse_held(safety.override))
    allowed = safety.allowed_plan(run, right, found, plan.header)
    with Bars(session) as bars, run.until_asked():
        progress = watched(session, right.name, f"{left.name} {right.name}", bars(right.name))
        result = carry_out(right, actions, held_back, run.policy, progress, run.recording)
    return Report(
        "apply",
        Names(left.name, right.name, plan.header.branches),
        actions=tuple(actions),
        held_back=tuple(held_back),
        unreadable=unreadable_rows(right),
        result=result,
        passed=allowed.passed,
        interrupted=run.interrupted,
        run=run.number,
    )
