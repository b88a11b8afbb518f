"""What is known of one run, for those who are told of it: gathered while it goes on, a value at its end."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias

import click

from dss_runtime import DssError, GuardHeldError, HeldError, SettingsError, SourceError
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._report import Command, Names, Report, State
from dss_runtime.cli._trips import advice
from dss_runtime.cli._user_code import described
from dss_runtime.journal import JournalError
from dss_runtime.plans import PlanHeldError, PlanRefusedError

EndState: TypeAlias = State | Literal["failed"]
"""How a run ended; a run that failed may have a report as well, of how far it came."""


@dataclass(slots=True)
class Account:
    """A run that goes on. What is not known yet is empty: a run may end before anything is.

    `asked` is what it was asked for, as on the command line. Of a run that writes, `told` people and programs
    learn; of one that only looks, `as_json` asks for its report on standard output.
    """

    command: Command
    asked: str
    started: datetime
    as_json: bool = False
    told: bool = True
    sync: str = ""
    names: Names = field(default_factory=lambda: Names("", "", ()))
    number: int | None = None
    killed: tuple[int, ...] = ()
    """Earlier runs on the same target that were killed, and found by this one."""
    holds: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many records the target holds at the end, by branch."""
    report: Report | None = None

    def end(self, ended: datetime, code: Exit, error: BaseException | None) -> Ended:
        """Return what is to be told, now that the run has ended with *code*, because of *error* if any."""
        report = self.report or Report(self.command, self.names)
        if isinstance(error, HeldError) and report.state != "held":
            trips = error.trips if isinstance(error, GuardHeldError) else ()
            report = replace(report, trips=trips, held="" if trips else str(error))
        failed = error is not None and not isinstance(error, HeldError)
        state: EndState = report.state
        if code is Exit.INTERRUPTED:
            state = "interrupted"
        elif failed or (self.report is None and code is Exit.ERROR):
            state = "failed"
        return Ended(
            account=self,
            ended=ended,
            host=socket.gethostname(),
            report=report,
            state=state,
            exit=code,
            error=_text(error) if error is not None and failed else "",
            without_records=_without_records(error) if error is not None else "",
            advice=advice(error) if isinstance(error, HeldError) else "",
        )


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended: all that a report, a message, a metric or a log tells of it.

    `error` is why it failed; `without_records` why it failed or was held, in words that hold no record.
    """

    account: Account
    ended: datetime
    host: str
    report: Report
    state: EndState
    exit: Exit
    error: str = ""
    without_records: str = ""
    advice: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended - self.account.started).total_seconds()

    @property
    def name(self) -> str:
        """What a person calls it: the sync, the two trees, or what was asked for where neither is known."""
        account = self.account
        trees = f"{account.names.left} -> {account.names.right}" if account.names.right else account.asked
        return account.sync or trees


_OPEN = (
    click.ClickException, CommandError, GuardHeldError, JournalError, PlanHeldError, PlanRefusedError,
    SettingsError, SourceError,
)  # fmt: skip
"""Errors whose texts tell of files, settings and counts, and quote no row and no record."""

_OF_THE_MACHINE = (OSError, ImportError, SyntaxError)
"""What a CommandError may quote, for the same reason: Python's own, not what libraries derive from them."""


def _text(error: BaseException) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    return str(error) if isinstance(error, DssError) else described(error)


def _is_of_the_machine(cause: BaseException) -> bool:
    return isinstance(cause, _OF_THE_MACHINE) and type(cause).__module__ == "builtins"


def _without_records(error: BaseException) -> str:
    """Return why a run ended; of an error that may quote a row or a record no more than its kind."""
    cause = error.__cause__ if isinstance(error, CommandError) else None
    if isinstance(error, _OPEN) and (cause is None or _is_of_the_machine(cause)):
        return _text(error)
    kind = type(cause or error).__name__
    what = (
        "" if cause is None else f"{str(error).partition(': ')[0]}: "
    )  # what our own text says before it quotes
    return f"{what}{kind} (what it says is left out here, since it may quote a record)"
