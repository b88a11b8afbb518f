"""The command `dss`: its table of commands, and what becomes of every error."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import signal
import sys
from collections.abc import Generator, Sequence
from typing import Any, NoReturn

import click

from dss_runtime import override
from dss_runtime.cli._apply import apply
from dss_runtime.cli._check import check
from dss_runtime.cli._conclude import conclude
from dss_runtime.cli._docs import docs
from dss_runtime.cli._doctor import doctor
from dss_runtime.cli._events import LOGGER
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._failures import failed, no_exit
from dss_runtime.cli._generate import generate
from dss_runtime.cli._history import history, show
from dss_runtime.cli._init import init
from dss_runtime.cli._json_schema import json_schema
from dss_runtime.cli._notify_test import notify_test
from dss_runtime.cli._plan import plan
from dss_runtime.cli._pull import pull
from dss_runtime.cli._run import run
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._session import Session, common_options
from dss_runtime.cli._sync import sync
from dss_runtime.cli._terminal import Terminal
from dss_runtime.cli._undo import undo

COMMANDS: tuple[click.Command, ...] = (
    init,
    pull,
    generate,
    check,
    docs,
    json_schema,
    plan,
    apply,
    sync,
    run,
    doctor,
    history,
    show,
    undo,
    notify_test,
)
"""Every command, in the order in which the help lists them: adding one is a row here and a file."""


class Dss(click.Group):
    """A group that lists its commands in their order and turns every error into its exit code."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, in which no code of the project may exit."""
        with no_exit(ctx.ensure_object(Session)):
            return super().invoke(ctx)

    @override
    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> NoReturn:
        """Run the command line *args*, of the process by default, and exit."""
        sys.exit(self._run(sys.argv[1:] if args is None else args))

    def _run(self, args: Sequence[str]) -> int:
        secrets = Secrets()
        session = Session(Terminal(sys.stdout, secrets), Terminal(sys.stderr, secrets), secrets)
        with _logged(session):
            try:
                code: object = super().main(list(args), prog_name="dss", standalone_mode=False, obj=session)
            except SystemExit:  # nobody reads the output any more, and others may still want to know
                conclude(session, Exit.ERROR)
                raise
            except click.Abort:
                session.err.line(f"interrupted: {session.if_interrupted}")
                return conclude(session, Exit.INTERRUPTED)
            except click.ClickException as error:
                error.show()  # click's own code for wrong usage, 2, would read as "there are differences"
                return conclude(session, Exit.ERROR, error)
            except Exception as error:  # noqa: BLE001 - the last stop: whatever it is, it becomes a line and a code
                return conclude(session, failed(session, error), error)
            return conclude(session, Exit(code) if isinstance(code, int) else Exit.OK)


@contextlib.contextmanager
def _logged(session: Session) -> Generator[None]:
    """Show what the runtime logs, masked like everything else."""

    class Handler(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            if record.name != LOGGER and not session.err.takes_log:  # the report tells people of events
                session.err.line(f"{record.levelname.lower()}: {record.getMessage()}")

    log = logging.getLogger("dss_runtime")
    handler, propagate, level = Handler(logging.WARNING), log.propagate, log.level
    log.addHandler(handler)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.propagate = propagate
        log.setLevel(level)
        if session.telling is not None:
            session.telling.log.end()


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value:
        return
    from importlib import metadata  # takes as long to import as all of click

    try:
        version = metadata.version("datastoresync")
    except metadata.PackageNotFoundError:
        version = "(a checkout that is not installed)"
    click.echo(f"dss {version}")
    context.exit()


@click.group(cls=Dss, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version.",
)
@common_options
def app() -> None:
    """Keep systems in step: describe their records once, see the differences, carry them out.

    \b
    dss init shop                      start a project in the new folder shop
    dss pull csv students.csv          write a first schema from what exists
    dss generate                       write typed Python from schema/
    dss check --against main           what did a change of the schema change?
    dss plan Supplier Shop             show what differs, change nothing
    dss sync Supplier Shop --verify    carry it out and read it back

    The settings are in dss.toml, or in [tool.dss] of pyproject.toml, in the current folder or above.

    \b
    Exit codes:
      0  nothing to do, or all of it done
      1  an error, or something was left undone
      2  there are differences (plan, sync --dry-run), or changes to look at (check --against)
      3  held before anything was written, by a guard or a source that cannot be trusted
    """


for command in COMMANDS:
    app.add_command(command)


def main() -> NoReturn:
    """Run `dss` with the arguments of the process."""
    # Whoever stops the process while it reads gets an end in order too: a service manager sends this.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.freeze()  # what was imported stays as long as the process: no collection need look at it again
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a letter of somebody's name shows its code instead of failing.
            stream.reconfigure(errors="backslashreplace")
    app.main()
