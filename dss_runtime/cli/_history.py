"""`dss history` and `dss show`: what earlier runs did."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._json import masked
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._state import seen_state
from dss_runtime.cli._verification import told_summary
from dss_runtime.journal import Journal, LoggedWork, Run, Standing, standings

FEW = 5
"""How many works of a kind are listed unless everything is asked for."""


@click.command()
@click.option(
    "-n", "--number", type=click.IntRange(min=1), default=20, show_default=True, help="How many runs."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@common_options
@pass_session
def history(session: Session, *, number: int, as_json: bool) -> Exit:
    """List the latest runs, the newest first.

    With --json, `syncs` tells how each sync stands: its latest run, and when one last applied everything.

    \b
    dss history            the last twenty
    dss history -n 400     as far back as the journal goes
    """
    settings = session.settings()
    with seen_state(settings).look() as journal:
        runs = [] if journal is None else journal.runs(number)
        known = journal.runs(settings.journal.bounds.keep_runs) if journal is not None and as_json else []
    if as_json:
        syncs = [_standing(each, session.now()) for each in standings(known)]
        _print_json(session, {"schema_version": 1, "syncs": syncs, "runs": [_run(each) for each in runs]})
        return Exit.OK
    if not runs:
        session.err.line("no run yet: `dss sync` and `dss apply` are journalled")
    for each in runs:
        session.out.line(_told(each))
    return Exit.OK


@click.command()
@click.argument("run", type=click.IntRange(min=1), metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option("--all", "everything", is_flag=True, help="List everything, not a few of each kind.")
@common_options
@pass_session
def show(session: Session, *, run: int, as_json: bool, everything: bool) -> Exit:
    """Show what the run with the number RUN did, and what became of it.

    \b
    dss show 17            a summary, and a few of each kind
    dss show 17 --all      all that it did
    """
    with seen_state(session.settings()).look() as journal:
        found = run_numbered(journal, run)
        works = [] if journal is None else list(journal.works(run))
    if as_json:
        _print_json(
            session, {"schema_version": 1, "run": _run(found), "works": [_work(each) for each in works]}
        )
        return Exit.OK
    session.out.line(_told(found), "bold")
    for line in _safety(found):
        session.out.line(line)
    for line in told_summary(found.summary["verification"]) if "verification" in found.summary else ():
        session.out.line(line)
    for state, count in sorted(Counter(work.state for work in works).items()):
        session.out.line(f"{state}: {count}")
        lines = [_line(work) for work in works if work.state == state]
        shown = len(lines) if everything else FEW
        for line in lines[:shown]:
            session.out.line(f"  {line}")
        if len(lines) > shown:
            session.out.line(f"  ... and {len(lines) - shown} more (--all lists them)", "dim")
    return Exit.OK


def run_numbered(journal: Journal | None, number: int) -> Run:
    """Return the run with this number (CommandError when there is none)."""
    found = None if journal is None else journal.run(number)
    if found is None:
        latest = [] if journal is None else journal.runs(1)
        known = f"the latest is {latest[0].id}" if latest else "there is none yet"
        raise CommandError(f"there is no run {number}: {known}; `dss history` lists them")
    return found


def _told(run: Run) -> str:
    what = f"{run.left} -> {run.right}" if run.undoes is None else f"{run.right}, takes back run {run.undoes}"
    counts = ", ".join(f"{number} {name}" for name, number in run.summary.get("outcomes", {}).items())
    more = run.summary.get("held") or run.summary.get("error") or counts
    override = run.summary.get("override")
    told = [more] if more else []
    told += [f"override of {', '.join(override['names'])}: {override['reason']}"] if override else []
    return f"{run.id}  {run.started:%Y-%m-%d %H:%M:%S} UTC  {run.command}  {what}  {_ended(run)}" + (
        f": {'; '.join(told)}" if told else ""
    )


def _ended(run: Run) -> str:
    """Return how a run ended, and which run has found out what became of what it left open."""
    if run.state == "abandoned":
        told = "killed"  # nobody knows when
    elif run.ended is None:
        told = run.state
    else:
        told = f"{run.state} in {(run.ended - run.started).total_seconds():.1f} s"
    return told if run.settled is None else f"{told}, settled by run {run.settled}"


def _safety(run: Run) -> Iterator[str]:
    """Yield what held the run, with examples, and what would have."""
    for trip in run.summary.get("trips", ()):
        yield f"held: {trip['message']} ({trip['name']})"
        yield from (f"  {example}" for example in trip["examples"])
    for each in run.summary.get("passed", ()):
        yield f"not held: {each['message']} ({each['name']}): {each['why']}"


def _print_json(session: Session, told: dict[str, Any]) -> None:
    session.out.raw(json.dumps(masked(told, session.secrets), indent=2))


def _line(work: LoggedWork) -> str:
    messages = "; ".join(message for _, _, message in work.actions) + work.mark
    return f"{messages}: {work.reason}" if work.reason else messages


def _standing(standing: Standing, now: datetime) -> dict[str, Any]:
    latest, success = standing.latest, standing.success
    ended = None if success is None else success.ended
    return {
        "sync": standing.sync or None,
        "trees": {"left": standing.left, "right": standing.right},
        "latest": {"run": latest.id, "state": latest.state, "started": latest.started.isoformat()},
        "last_success": None
        if success is None or ended is None
        else {
            "run": success.id,
            "ended": ended.isoformat(),
            "age_seconds": round((now - ended).total_seconds(), 3),
        },
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "command": run.command,
        "trees": {"left": run.left, "right": run.right},
        "branches": list(run.branches),
        "started": run.started.isoformat(),
        "ended": None if run.ended is None else run.ended.isoformat(),
        "state": run.state,
        "settled": run.settled,
        "plan": run.plan,
        "undoes": run.undoes,
        "versions": dict(run.versions),
        "summary": dict(run.summary),
    }


def _work(work: LoggedWork) -> dict[str, Any]:
    return {
        "number": work.number,
        "phase": work.phase,
        "branch": work.branch,
        "messages": [message for _, _, message in work.actions],
        "state": work.state,
        "reason": work.reason,
        "attempts": work.attempts,
        "seconds": work.seconds,
    }
