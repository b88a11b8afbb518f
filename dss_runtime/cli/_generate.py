"""`dss generate`: from the schema to typed Python."""

from __future__ import annotations

import click

from dss_runtime.cli import _generator
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._session import Session, common_options, pass_session


@click.command()
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing; exit with 1, and show the difference, when the code is not what the schema gives "
    "today, when somebody edited it, or when a handler is stale.",
)
@click.option("--diff", is_flag=True, help="Write nothing; show what a run would change.")
@click.option(
    "--apply-renames",
    is_flag=True,
    help="Also give handlers that the schema's renamed_from is about their new names, and change nothing "
    "else in them.",
)
@common_options
@pass_session
def generate(session: Session, *, check: bool, diff: bool, apply_renames: bool) -> Exit:
    """Write typed Python from the schema.

    Run it after every change of the schema. It rewrites the folder of generated code, and adds the handlers
    that are missing to your own files, where it changes nothing else; a type checker then shows which of
    them you have to fill in. Handlers that nothing calls any more are named, and left to you.

    \b
    dss generate            after editing the schema
    dss generate --diff     what would it change?
    dss generate --check    for continuous integration
    dss generate --apply-renames    after renaming a field, branch or model
    """
    if check and diff:
        raise click.UsageError("--check shows the difference too: give one of --check and --diff")
    settings = session.settings()
    if check or diff:
        return _compare(session, _generator.compare(settings, apply_renames=apply_renames), strict=check)
    session.if_interrupted = "some files may be written: run `dss generate` again"
    done = _generator.write(settings, apply_renames=apply_renames)
    for path in done.files:
        session.out.line(f"wrote {path}")
    for path in done.pruned:
        session.out.line(f"removed {path}")
    for stub in done.stubs:
        session.out.line(stub, "yellow")
    _warn(session, done.stale)
    if not (done.files or done.pruned or done.stubs):
        session.err.line("in step with the schema: nothing to write")
    elif done.stubs:
        session.err.line("fill in the new handlers; `mypy --strict .` shows what is missing")
    return Exit.OK


def _compare(session: Session, found: _generator.Checked, *, strict: bool) -> Exit:
    if found.diff:
        session.out.line(found.diff.rstrip("\n"))
    _warn(session, found.stale)
    if found.ok:
        session.err.line("in step with the schema")
    elif found.diff:
        session.err.line("not in step with the schema: run `dss generate`")
    return Exit.ERROR if strict and not found.ok else Exit.OK


def _warn(session: Session, stale: tuple[str, ...]) -> None:
    for line in stale:
        session.err.line(line, "yellow")
