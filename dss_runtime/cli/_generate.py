"""`dss generate`: from the schema to typed Python."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from dss_runtime.cli import _generator
from dss_runtime.cli._excerpt import show
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._generate_json import Mode, generate_json
from dss_runtime.cli._session import Session, common_options, pass_session
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._told import GeneratorFailedError
from dss_runtime.cli._watch import watch


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
@click.option(
    "--apply-renames",
    is_flag=True,
    help="Also give handlers that the schema's renamed_from is about their new names, and change nothing "
    "else in them.",
)
@click.option(
    "--watch",
    "watches",
    is_flag=True,
    help="Go on, and generate anew whenever a schema file or the settings change, until Ctrl-C.",
)
@common_options
@pass_session
def generate(
    session: Session, *, check: bool, diff: bool, as_json: bool, apply_renames: bool, watches: bool
) -> Exit:
    """Write typed Python from the schema.

    Run it after every change of the schema. It rewrites the folder of generated code, and adds the handlers
    that are missing to your own files, where it changes nothing else; a type checker then shows which of
    them you have to fill in. Handlers that nothing calls any more are named, and left to you.

    \b
    dss generate            after editing the schema
    dss generate --diff     what would it change?
    dss generate --check    for continuous integration
    dss generate --json     for another program; with --check and --diff too
    dss generate --apply-renames    after renaming a field, branch or model
    dss generate --watch    while you edit the schema
    """
    if check and diff:
        raise click.UsageError("--check shows the difference too: give one of --check and --diff")
    if watches and (check or diff or apply_renames):
        # Renames are followed when somebody asks, not whenever a name is half typed.
        raise click.UsageError(
            "--watch writes, time and again: give it without --check, --diff, --apply-renames"
        )
    if watches:
        return watch(session, lambda settings: _write(session, settings))
    settings = session.settings()
    mode: Mode = "check" if check else "diff" if diff else "write"
    done: _generator.Written | _generator.Checked
    try:
        if mode == "write":
            session.if_interrupted = "some files may be written: run `dss generate` again"
            done = _generator.write(settings, apply_renames=apply_renames)
        else:
            done = _generator.compare(settings, apply_renames=apply_renames)
    except GeneratorFailedError as error:
        if as_json and error.problems:
            session.out.raw(generate_json(mode, error, Exit.ERROR, session.secrets))
        raise
    code = Exit.ERROR if check and not done.ok else Exit.OK
    if as_json:
        session.out.raw(generate_json(mode, done, code, session.secrets))
    elif isinstance(done, _generator.Written):
        _show_written(session, done, settings.root, apply_renames=apply_renames)
    else:
        # With renames, places are those of the file as it would be, of which there is no line to show.
        root = None if apply_renames else settings.root
        problems = done.problems if check else done.stale
        _show_compared(session, done, problems, root, apply_renames=apply_renames)
    return code


def _write(session: Session, settings: Settings) -> Exit:
    session.if_interrupted = "some files may be written: run `dss generate` again"
    _show_written(session, _generator.write(settings), settings.root)
    return Exit.OK


def _show_written(
    session: Session, done: _generator.Written, root: Path, *, apply_renames: bool = False
) -> None:
    for path in done.files:
        session.out.line(f"wrote {path}")
    for path in done.pruned:
        session.out.line(f"removed {path}")
    for stub in done.stubs:
        session.out.line(stub, "yellow")
    _warn(session, done.problems, root)
    if not (done.files or done.pruned or done.stubs or done.problems):
        session.err.line("in step with the schema: nothing to write")
    elif done.stubs:
        types = ", and give renamed ones their new types" if apply_renames else ""
        session.err.line(f"fill in the new handlers{types}; `mypy --strict .` shows what is missing")


def _show_compared(
    session: Session,
    found: _generator.Checked,
    problems: Iterable[object],
    root: Path | None,
    *,
    apply_renames: bool,
) -> None:
    if found.diff:
        session.out.line(found.diff.rstrip("\n"))
    _warn(session, problems, root)
    if found.ok:
        session.err.line("in step with the schema")
    elif found.diff:
        command = "dss generate --apply-renames" if apply_renames else "dss generate"
        session.err.line(f"not in step with the schema: run `{command}`")


def _warn(session: Session, problems: Iterable[object], root: Path | None) -> None:
    for problem in problems:
        show(session.err, str(problem), "yellow", root)
