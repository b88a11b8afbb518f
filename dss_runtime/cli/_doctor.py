"""`dss doctor`: is everything there that a run needs?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import click

from dss_runtime.cli._examine_project import (
    examined_clock,
    examined_cluster,
    examined_code,
    examined_state,
    examined_telling,
)
from dss_runtime.cli._examine_syncs import examined_sync
from dss_runtime.cli._examine_trees import examined_tree
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._findings import Finding, caught, exit_of, findings_json, shown
from dss_runtime.cli._project import Project, load_project
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._suggest import did_you_mean, listed


@click.command()
@click.argument("trees", metavar="[TREE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@common_options
@pass_session
def doctor(session: Session, *, trees: tuple[str, ...], as_json: bool) -> Exit:
    """Look at the project and at each TREE (all of them when none is given), without writing anything.

    Of the project: is the generated code in step with the schema, can the journal be written, is the clock
    right, is somebody told, when did each sync last go well? Of a tree: are its settings and secrets
    complete, is the system reached, may we read it and, where a sync writes to it, write it, has it the
    tables and columns that the schema names, and what does it cut off? What is wrong with one does not keep
    the others from being looked at.

    \b
    dss doctor            before the first night, and when something is odd
    dss doctor Moodle     this tree alone, and nothing of the project
    dss doctor --json     for another program

    \b
    Exit codes:
      0  nothing is wrong, though there may be warnings
      1  something is, or could not be looked at
    """
    settings = session.settings()
    looked = _findings(session, settings, trees)
    findings = list(looked if as_json else shown(session.out, looked))
    if as_json:
        session.out.raw(findings_json(findings, session.secrets))
    return exit_of(findings)


def _findings(session: Session, settings: Settings, trees: tuple[str, ...]) -> Iterator[Finding]:
    now = session.now()
    if not trees:
        yield from caught("", "code", partial(examined_code, settings))
        yield from caught("", "state", partial(examined_state, settings, now))
        yield from examined_clock(now)
        yield from caught("", "telling", partial(examined_telling, settings))
        yield from caught("", "spark", partial(examined_cluster, settings))
    loaded: list[Project] = []
    yield from caught("", "code", partial(_load, settings, loaded))
    for project in loaded:
        for name in trees or project.trees:
            if name not in project.trees:
                hint = did_you_mean(name, project.trees) or f"; the schema has {listed(project.trees)}"
                raise CommandError(f"there is no tree {name!r}{hint}")
        if not trees:
            for name in project.syncs:
                yield from caught("", "runs", partial(examined_sync, project, name, now))
        for name in trees or project.trees:
            yield from examined_tree(project, name)


def _load(settings: Settings, loaded: list[Project]) -> Iterator[Finding]:
    """Import the project's code, which imports the libraries of its adapters."""
    loaded.append(load_project(settings))
    yield from ()
