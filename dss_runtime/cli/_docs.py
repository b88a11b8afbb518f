"""`dss docs`: the data dictionary of a schema."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from dss_runtime.cli import _dictionary
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._session import Session, common_options, pass_session


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write to FOLDER instead of the folder that dss.toml names under `dictionary`.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing; exit with 1, and show the difference, when the dictionary is not what the schema "
    "gives today.",
)
@click.option("--svg", is_flag=True, help="Draw the diagrams too, beside the pages, by Mermaid's `mmdc`.")
@click.option(
    "--puppeteer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --svg: a JSON file that tells mmdc which browser to start, and how.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the dictionary as JSON; write nothing.")
@common_options
@pass_session
def docs(
    session: Session, *, output: Path | None, check: bool, svg: bool, puppeteer: Path | None, as_json: bool
) -> Exit:
    """Write the data dictionary: what the schema says, for people.

    A page per model and per system, as Markdown, and an overview: fields and types, where each system has a
    value, who owns it, what becomes of old records. The diagrams are Mermaid, which GitHub and GitLab draw.

    \b
    dss docs            after editing the schema
    dss docs --check    for continuous integration
    dss docs --svg      pictures of the diagrams, for everywhere else
    """
    if as_json and (output or check or svg or puppeteer):
        raise click.UsageError("--json writes no files: give it alone")
    if puppeteer and not svg:
        raise click.UsageError("--puppeteer is about the browser that draws: give --svg too")
    settings = session.settings()
    if as_json:
        session.out.raw(_dictionary.as_json(settings))
        return Exit.OK
    folder = settings.dictionary if output is None else (session.folder / output).resolve()
    if check:
        return _compare(session, _dictionary.compare(settings, folder, pictures=svg))
    program = _mmdc() if svg else None
    session.if_interrupted = "some pages may be written: run `dss docs` again"
    done = _dictionary.write(settings, folder, program, puppeteer)
    for path in done.written:
        session.out.line(f"wrote {path}")
    for path in done.pruned:
        session.out.line(f"removed {path}")
    if not (done.written or done.pruned):
        session.err.line("in step with the schema: nothing to write")
    elif any(path.endswith(".svg") for path in done.pruned) and not svg:
        session.err.line("pictures that were out of date are gone: `dss docs --svg` draws them anew")
    return Exit.OK


def _mmdc() -> str:
    program = shutil.which("mmdc")
    if program is None:
        raise CommandError(
            "there is no `mmdc` on the PATH, which draws the diagrams: install it with "
            "`npm install --global @mermaid-js/mermaid-cli`, or leave --svg out; the pages hold the diagrams "
            "as Mermaid, which GitHub and GitLab draw themselves"
        )
    return program


def _compare(session: Session, found: _dictionary.Compared) -> Exit:
    if found.ok:
        session.err.line("in step with the schema")
        return Exit.OK
    if found.diff:
        session.out.line(found.diff.rstrip("\n"))
    for path in (*found.written, *found.pruned):
        if path.endswith(".svg"):
            session.out.line(f"out of date: {path}")
    session.err.line("not in step with the schema: run `dss docs`")
    return Exit.ERROR
