"""The end of a command that was a run: its report as JSON, and everybody told who asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from dss_runtime.cli._account import Ended
from dss_runtime.cli._events import event
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._json import json_text
from dss_runtime.cli._report import Names
from dss_runtime.cli._session import Session
from dss_runtime.cli._state import seen_state
from dss_runtime.cli._user_code import described
from dss_runtime.cli.telling._telling import Telling, undelivered
from dss_runtime.journal import standings


def conclude(session: Session, code: Exit, error: Exception | None = None) -> Exit:
    """Tell how the command has ended, where it was a run, and return its exit code, whoever could be told.

    The run is over by now, and its lock released: what goes wrong here is told, and changes nothing.
    """
    if session.account is None:
        return code
    ended = session.account.end(session.now(), code, error)
    try:
        if ended.account.as_json:
            session.out.raw(json_text(ended, session.secrets))
    finally:  # nobody may listen there any more
        announce(session, ended)
    return code


def announce(session: Session, ended: Ended) -> None:
    """Tell everybody who asked for it how a run has ended."""
    if session.telling is not None:
        _tell(session, session.telling, ended)


def _tell(session: Session, telling: Telling, ended: Ended) -> None:
    try:
        for tell in (_log, _measure, _notify):
            _safely(session, tell, telling, ended)
    except KeyboardInterrupt:
        session.err.line("interrupted: the run was over, and not everybody was told")


def _safely(
    session: Session, tell: Callable[[Session, Telling, Ended], None], telling: Telling, ended: Ended
) -> None:
    try:
        tell(session, telling, ended)
    except Exception as error:  # noqa: BLE001 - telling of a run must not decide how it has ended
        session.err.line(f"warning: not everybody was told of this run: {described(error)}", "yellow")


def _log(session: Session, telling: Telling, ended: Ended) -> None:
    report = ended.report
    event(
        "run_ends",
        f"{ended.name}: {ended.state}",
        logging.INFO if ended.exit is Exit.OK else logging.ERROR,
        state=ended.state,
        exit_code=int(ended.exit),
        seconds=round(ended.seconds, 3),
        differences=len(report.actions),
        outcomes={} if report.result is None else {str(key): n for key, n in report.result.counts.items()},
        error=ended.error or report.held or None,
    )


def _measure(session: Session, telling: Telling, ended: Ended) -> None:
    account = ended.account
    if telling.metrics is None or account.command == "undo" or not (account.sync or account.names.right):
        return
    with seen_state(telling.settings).look() as journal:
        runs = (
            [] if journal is None else journal.runs(-1)
        )  # the last success may be older than what is kept of others
    wanted = (account.names.left, account.names.right)
    found = [
        each
        for each in standings(runs)
        if each.sync == account.sync and ((each.left, each.right) == wanted or not account.names.right)
    ]
    if found and not account.names.right:  # the run has failed before it knew its trees
        account.names = Names(found[0].left, found[0].right, ())
    success = found[0].success if found else None
    telling.metrics.write(ended, None if success is None else success.ended)


def _notify(session: Session, telling: Telling, ended: Ended) -> None:
    for line in undelivered(telling.notify(ended)):
        session.err.line(f"warning: {line}", "yellow")
        event("not_told", line, logging.ERROR)
