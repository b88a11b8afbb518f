"""`dss plan`: what a sync would do."""

from __future__ import annotations

from pathlib import Path

import click

from dss_runtime.cli._account import Account
from dss_runtime.cli._comparison import Comparison, asked, prepare, trees_and_output
from dss_runtime.cli._engine import show_chosen
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._incremental import Remembered, incremental
from dss_runtime.cli._progress import Bars
from dss_runtime.cli._report import Report, unreadable_rows
from dss_runtime.cli._safety import Safety
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._show import Show
from dss_runtime.cli._state import seen_state, state_of
from dss_runtime.cli._suggest import counted
from dss_runtime.cli._toml_file import shown_path
from dss_runtime.cli._trips import override_advice
from dss_runtime.plans import SENSITIVE, Sensitive, write_plan
from dss_runtime.plans._identity import target_mark


@click.command()
@trees_and_output
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Save the plan, for `dss apply`.",
)
@click.option(
    "--sensitive",
    type=click.Choice(SENSITIVE),
    default="omit",
    show_default=True,
    help="What FILE holds of sensitive values: nothing (`apply` reads LEFT again), or them encrypted.",
)
@click.option("--explain", is_flag=True, help="Tell what has compared each branch, and why not DuckDB.")
@common_options
@pass_session
def plan(
    session: Session,
    *,
    left: str,
    right: str | None,
    as_json: bool,
    engine: str,
    explain: bool,
    everything: bool,
    retry_stuck: bool,
    output: Path | None,
    sensitive: Sensitive,
) -> Exit:
    """Show what would have to change in RIGHT to make it equal LEFT.

    LEFT and RIGHT are trees of the schema; the name of one of its syncs may stand for both. Both systems are
    read, nothing is written. Rows that cannot be read are listed, and what they leave in doubt stays as it
    is.

    \b
    dss plan Supplier Shop           a summary, and a few differences of each kind
    dss plan nightly --all           every difference, for the sync called nightly
    dss plan nightly --json          for another program
    dss plan nightly -o plan.jsonl   to be looked at, and carried out later by `dss apply plan.jsonl`

    \b
    Exit codes:
      0  nothing to do
      1  an error
      2  there are differences
      3  a sync would be held, by a guard or a source that cannot be trusted
    """
    account = session.begin("plan", asked(left, right), as_json=as_json, told=False)
    compared = prepare(session, left, right, engine=engine)
    report = made_plan(session, compared, account, everything=everything, retry_stuck=retry_stuck)
    if explain:
        show_chosen(session.err, compared.chosen)
    if output is not None:
        state = state_of(compared.project.settings)
        with state.journal() as journal:
            after, birth = journal.latest(target_mark(compared.right, state.seal)), journal.birth
        diff, seal = compared.diff, state.seal
        header = write_plan(
            output,
            diff,
            report.actions,
            report.held_back,
            seal,
            sensitive,
            after,
            birth,
            sync=compared.pair.sync,
            rules=compared.safety(session).rules,
            trips=report.trips,
        )
        session.err.line(f"saved {counted(header.total, 'action')} in {shown_path(output)}")
    return report.exit


def made_plan(
    session: Session, compared: Comparison, account: Account, *, everything: bool, retry_stuck: bool = False
) -> Report:
    """Read both trees of *compared* and show what differs."""
    today = compared.safety(session, retry_stuck=retry_stuck)
    _load(session, compared, today)
    safety = today.without_windows().looked_up(compared.project.settings, compared.left, compared.right)
    safety.expire(compared.project.settings, compared.right)
    with Bars(session) as bars:
        found = safety.narrowed(compared.diff, bars(compared.right.name))
    verdict = safety.verdict(compared.left.branches, compared.right, found.actions, compared.diff.branches)
    account.report = report = Report(
        "plan",
        compared.names,
        actions=tuple(found.actions),
        held_back=tuple(found.held_back),
        unreadable=unreadable_rows(compared.left, compared.right),
        trips=verdict.trips,
        passed=verdict.passed,
    )
    if not account.as_json:
        Show(session.out, everything).plan(report)
    if report.trips:
        hint = override_advice(trip.name for trip in report.trips)
        session.err.line(f"a guard would hold this run: nothing would be written\n{hint}", "bold red")
    if today.calendar:
        session.err.line(f"note: {today.calendar}", "yellow")
    return report


def _load(session: Session, compared: Comparison, safety: Safety) -> None:
    """Read both trees with what runs have proven, to which a plan adds nothing."""
    state, left, right = seen_state(compared.project.settings), compared.left, compared.right
    with state.look() as journal:
        seal = state.seal if journal is not None and incremental(safety.rules) else None
        target = "" if seal is None else target_mark(right, seal)
        compared.load(session, Remembered.of(journal, seal, target, left.name, safety.rules))
