"""`dss json-schema`: the language of schema files, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from dss_runtime.cli import _generator
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._session import Session, common_options, pass_session


@click.command(name="json-schema")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it to FILE instead of printing it; only what this command wrote is written over.",
)
@common_options
@pass_session
def json_schema(session: Session, *, output: Path | None) -> Exit:
    """Print the JSON Schema of schema files, which lets an editor complete and explain them.

    It needs no project. Where dss.toml names a file under `json_schema`, `dss generate` keeps that file, and
    `dss generate --check` says when it is out of date.

    \b
    dss json-schema                      print it
    dss json-schema -o dss.schema.json   for an editor that is told where it is
    """
    if output is None:
        session.out.raw(_generator.json_schema().rstrip("\n"))
        return Exit.OK
    if _generator.write_json_schema(session.folder / output):
        session.out.line(f"wrote {output}")
    else:
        session.err.line(f"{output} is up to date")
    return Exit.OK
