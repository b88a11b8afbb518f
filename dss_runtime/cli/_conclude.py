"""The end of a command that was a run: its report as JSON, and everybody told who asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

from dss_runtime.cli._account import Ended
from dss_runtime.cli._events import event
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._json import json_text
from dss_runtime.cli._report import Names
from dss_runtime.cli._series import Series, SeriesEnded
from dss_runtime.cli._series_json import series_text
from dss_runtime.cli._session import Session
from dss_runtime.cli._state import seen_state
from dss_runtime.cli._user_code import described
from dss_runtime.cli.telling._telling import Telling, undelivered
from dss_runtime.journal import standings

E = TypeVar("E", Ended, SeriesEnded)


def conclude(session: Session, code: Exit, error: Exception | None = None) -> Exit:
    """Tell how the command has ended, where it was a run, and return its exit code, whoever could be told.

    The run is over by now, and its lock released: what goes wrong here is told, and changes nothing.
    """
    account, telling = session.account, session.telling
    if account is None:
        return code
    if session.series is not None:
        return _conclude_series(session, session.series, code, error)
    ended = account.end(session.now(), code, error)
    try:
        if account.as_json:
            session.out.raw(json_text(ended, session.secrets))
    finally:  # nobody may listen there any more
        if telling is not None:
            tells = (_log, _measure, _notify)
            _tell(session, (partial(tell, session, telling, ended) for tell in tells))
    return code


def conclude_one(session: Session, ended: Ended) -> None:
    """Log how one of several syncs has ended, and measure it; people are told when all have."""
    if session.telling is not None:
        for tell in (_log, _measure):
            _safely(session, partial(tell, session, session.telling, ended))


def _conclude_series(session: Session, series: Series, code: Exit, error: Exception | None) -> Exit:
    telling, ended = session.telling, series.end(session.now(), code, error)
    try:
        if series.account.as_json:
            session.out.raw(series_text(ended, session.secrets))
    finally:
        if telling is not None:
            telling.log.about(series.account)
            measured = (partial(_measure, session, telling, each) for each in ended.failed_unbegun)
            told = partial(_report_undelivered, session, telling.notify_series, ended)
            _tell(session, (partial(_log_series, ended), *measured, told))
    return code


def _tell(session: Session, tells: Iterable[Callable[[], None]]) -> None:
    try:
        for tell in tells:
            _safely(session, tell)
    except KeyboardInterrupt:
        session.err.line("interrupted: the run was over, and not everybody was told")


def _safely(session: Session, tell: Callable[[], None]) -> None:
    try:
        tell()
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


def _log_series(ended: SeriesEnded) -> None:
    whole = ended.whole
    event(
        "series_ends",
        f"{whole.account.asked}: {whole.state}",
        logging.INFO if whole.exit is Exit.OK else logging.ERROR,
        state=whole.state,
        exit_code=int(whole.exit),
        seconds=round(whole.seconds, 3),
        syncs={each.name: each.state for each in ended.syncs},
        not_begun=ended.not_begun,
        error=whole.error or None,
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
    _report_undelivered(session, telling.notify, ended)


def _report_undelivered(session: Session, notify: Callable[[E], Mapping[str, str]], ended: E) -> None:
    for line in undelivered(notify(ended)):
        session.err.line(f"warning: {line}", "yellow")
        event("not_told", line, logging.ERROR)
