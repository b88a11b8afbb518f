"""`dss plan`: what a sync would do."""

from __future__ import annotations

from dataclasses import replace

import click

from dss_runtime import HeldError
from dss_runtime._held import guard_trips
from dss_runtime.cli._comparison import Comparison, prepare, trees_and_output
from dss_runtime.cli._exits import GUARD_HINT, Exit
from dss_runtime.cli._json import json_text
from dss_runtime.cli._report import Report, unreadable_rows
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._show import Show


@click.command()
@trees_and_output
@common_options
@pass_session
def plan(session: Session, *, left: str, right: str | None, as_json: bool, everything: bool) -> Exit:
    """Show what would have to change in RIGHT to make it equal LEFT.

    LEFT and RIGHT are trees of the schema; the name of one of its syncs may stand for both. Both systems are
    read, nothing is written. Rows that cannot be read are listed, and what they leave in doubt stays as it
    is.

    \b
    dss plan Supplier Shop           a summary, and a few differences of each kind
    dss plan nightly --all           every difference, for the sync called nightly
    dss plan nightly --json          for another program

    \b
    Exit codes:
      0  nothing to do
      1  an error
      2  there are differences
      3  a sync would be held, by a guard or a source that cannot be trusted
    """
    return show_plan(session, prepare(session, left, right), as_json=as_json, everything=everything)


def show_plan(session: Session, compared: Comparison, *, as_json: bool, everything: bool) -> Exit:
    """Read both trees of *compared* and show what differs; return the exit code that says so."""
    report = Report("plan", compared.names)
    try:
        compared.load(session)
    except HeldError as error:
        if as_json:
            session.out.raw(json_text(replace(report, held=str(error)), session.secrets))
        raise
    diff = compared.diff
    actions = tuple(diff)
    report = replace(
        report,
        actions=actions,
        held_back=tuple(diff.held_back()),
        unreadable=unreadable_rows(compared.left, compared.right),
        trips=tuple(guard_trips(diff, actions)),
    )
    if as_json:
        session.out.raw(json_text(report, session.secrets))
    else:
        Show(session.out, everything).plan(report)
    if report.trips:
        session.err.line(f"a guard would hold this run: nothing would be written\n{GUARD_HINT}", "bold red")
    return report.exit
