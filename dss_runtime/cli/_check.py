"""`dss check`: is the schema sound, and what does a change of it do to the next sync?"""

from __future__ import annotations

from pathlib import Path

import click

from dss_runtime.cli import _evolution
from dss_runtime.cli._check_report import CheckReport, json_text
from dss_runtime.cli._check_settings import place_of, read_switches
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._suggest import counted


@click.command()
@click.option(
    "--against",
    metavar="REF",
    help="Compare with an older version: a git ref, a folder of a schema, or a lock that --save wrote.",
)
@click.option(
    "--save",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the schema into one file, a lock, to be compared with later.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@common_options
@pass_session
def check(session: Session, *, against: str | None, save: Path | None, as_json: bool) -> Exit:
    """Check the schema, and say what changed in it.

    Nothing is generated, and no system is read. With --against, each change is told with its place, its class
    (breaking, review or safe), what it does to the next sync, and its rule. What has `renamed_from` is a
    rename. [[check.rules]] of the settings give a rule another class, for some paths, with a reason.

    \b
    dss check                          is the schema sound?
    dss check --against main           what changed since the branch main?
    dss check --against HEAD           what have I changed since the last commit?
    dss check --save schema.lock       keep this version
    dss check --against schema.lock    what changed since then?

    \b
    Exit codes:
      0  the schema is sound; nothing changed, or what did is safe or switched off
      1  an error: the schema has problems, or there is no such version
      2  there are changes that are breaking, or to be reviewed
    """
    if against is not None and save is not None:
        raise click.UsageError("--save keeps this version, --against compares with an older one: give one")
    if save is not None and as_json:
        raise click.UsageError("--save has nothing to report: give it without --json")
    settings = session.settings()
    switches = read_switches(settings.file)
    version, problems = _evolution.current(settings)
    if version is None:
        return _unsound(session, CheckReport(problems), settings.schema.parent, as_json=as_json)
    if save is not None:
        changed = _evolution.save(version, session.folder / save, settings.schema)
        session.err.line(f"saved {save}" if changed else f"{save} holds this version already")
        return Exit.OK
    report = CheckReport()
    if against is not None:
        old = _evolution.earlier(settings, against, session.folder)
        report = CheckReport((), against, old.name, _evolution.judged(old, version, switches))
    _show(session, report, as_json=as_json)
    for each in report.unmatched:
        place = place_of(settings.file, switches.index(each))
        text = f"{place}: warning: no change of {each.rule} at {each.path}: remove this"
        session.err.line(text, "yellow")
    return report.exit


def _show(session: Session, report: CheckReport, *, as_json: bool) -> None:
    if as_json:
        session.out.raw(json_text(report, session.secrets))
    else:
        for text, style in report.lines():
            session.out.line(text, style)
    session.err.line(report.summary)
    if report.exit is Exit.DIFFERENT:
        session.err.line("what is meant can pass, with a reason: [[check.rules]] in the settings")


def _unsound(session: Session, report: CheckReport, folder: Path, *, as_json: bool) -> Exit:
    if not as_json:
        lines = "\n".join(map(str, report.problems))
        raise CommandError(f"the schema has {counted(len(report.problems), 'problem')}:\n{lines}", folder)
    session.out.raw(json_text(report, session.secrets))
    return report.exit
