"""Telling an error that ends a command, or one run of a command that goes on."""

from __future__ import annotations

import traceback
from collections.abc import Generator
from contextlib import contextmanager

from dss_runtime import DssError, GuardHeldError, HeldError
from dss_runtime.cli._excerpt import show
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._session import Session
from dss_runtime.cli._trips import advice
from dss_runtime.cli._user_code import described


@contextmanager
def no_exit(session: Session) -> Generator[None]:
    """Make an error of the project's code that exits: it does not decide with which code, least of all 0."""
    try:
        yield
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # rich's way out: nobody listens any more
            raise
        raise CommandError(f"ended by {described(error)}: {session.if_interrupted}") from error


def failed(session: Session, error: Exception) -> Exit:
    """Say what went wrong, and return how the command, or one run of it, ends."""
    if not isinstance(error, HeldError):
        tell(session, error)
        return Exit.ERROR
    show_traceback(session, error)
    text = str(error) if isinstance(error, GuardHeldError) else f"held, nothing was written: {error}"
    session.err.line(f"{text}\n{advice(error)}".rstrip(), "bold red")
    return Exit.HELD


def tell(session: Session, error: Exception) -> None:
    """Say what went wrong, on standard error; the traceback only where it was asked for."""
    show_traceback(session, error)
    expected = isinstance(error, DssError)
    folder = error.folder if isinstance(error, CommandError) else None
    show(session.err, f"error: {error if expected else described(error)}", "bold red", folder)
    if not session.debug and not expected:
        session.err.line("(`dss --debug ...` shows where it happened)")


def show_traceback(session: Session, error: Exception) -> None:
    """Show where an error happened, if somebody asked for it."""
    if session.debug:
        session.err.line("".join(traceback.format_exception(error)).rstrip())
