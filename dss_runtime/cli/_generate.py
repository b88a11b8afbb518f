"""`dss generate`: from the schema to typed Python."""

from __future__ import annotations

from collections.abc import Iterable

import click

from dss_runtime.cli import _generator
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._generate_json import Mode, generate_json
from dss_runtime.cli._session import Session, common_options, pass_session


@click.command()
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing; exit with 1, show the difference, and say of each thing where it is and what to do, "
    "when the code is not what the schema gives today, when somebody edited it, or when a handler is missing "
    "or stale.",
)
@click.option("--diff", is_flag=True, help="Write nothing; show what a run would change.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@common_options
@pass_session
def generate(session: Session, *, check: bool, diff: bool, as_json: bool) -> Exit:
    """Write typed Python from the schema.

    Run it after every change of the schema. It rewrites the folder of generated code, and adds the handlers
    that are missing to your own files, where it changes nothing else; a type checker then shows which of
    them you have to fill in. Handlers that nothing calls any more are named, and left to you.

    \b
    dss generate            after editing the schema
    dss generate --diff     what would it change?
    dss generate --check    for continuous integration
    dss generate --json     for another program; with --check and --diff too
    """
    if check and diff:
        raise click.UsageError("--check shows the difference too: give one of --check and --diff")
    settings = session.settings()
    mode: Mode = "check" if check else "diff" if diff else "write"
    try:
        if mode == "write":
            session.if_interrupted = "some files may be written: run `dss generate` again"
        done = _generator.write(settings) if mode == "write" else _generator.compare(settings)
    except _generator.NothingGeneratedError as error:
        if as_json and error.problems:
            session.out.raw(generate_json(mode, error, Exit.ERROR, session.secrets))
        raise
    code = Exit.ERROR if check and not done.ok else Exit.OK
    if as_json:
        session.out.raw(generate_json(mode, done, code, session.secrets))
    elif isinstance(done, _generator.Written):
        _show_written(session, done)
    else:
        _show_compared(session, done, done.problems if check else done.stale)
    return code


def _show_written(session: Session, done: _generator.Written) -> None:
    for path in done.files:
        session.out.line(f"wrote {path}")
    for path in done.pruned:
        session.out.line(f"removed {path}")
    for stub in done.stubs:
        session.out.line(stub, "yellow")
    _warn(session, done.problems)
    if not (done.files or done.pruned or done.stubs):
        session.err.line("in step with the schema: nothing to write")
    elif done.stubs:
        session.err.line("fill in the new handlers; `mypy --strict .` shows what is missing")


def _show_compared(session: Session, found: _generator.Checked, problems: Iterable[object]) -> None:
    if found.diff:
        session.out.line(found.diff.rstrip("\n"))
    _warn(session, problems)
    if found.ok:
        session.err.line("in step with the schema")
    elif found.diff:
        session.err.line("not in step with the schema: run `dss generate`")


def _warn(session: Session, problems: Iterable[object]) -> None:
    for problem in problems:
        session.err.line(str(problem), "yellow")
