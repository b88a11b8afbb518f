"""The summary of a run of several syncs as text: a row for each."""

from __future__ import annotations

from collections.abc import Iterator

from dss_runtime.cli._account import Ended
from dss_runtime.cli._series import Series
from dss_runtime.cli._session import Session
from dss_runtime.cli.telling._message import gist, shown_state

COLUMNS = ("sync", "state", "differences", "applied", "not applied", "held back", "seconds")


def show_series(session: Session, series: Series) -> None:
    """Show what became of each sync on standard output, and on standard error which did not end well."""
    if not series.account.as_json:
        session.out.line(f"\n{series.account.asked}: {series.state.replace('_', ' ')}", "bold")
        session.out.table(COLUMNS, _rows(series))
    for each in series.ended:
        if each.exit:
            session.err.line(f"{each.name}: {shown_state(each)}: {gist(each)}", "bold red")
    if series.not_begun:
        session.err.line(f"not begun: {', '.join(series.not_begun)}", "bold red")


def _rows(series: Series) -> Iterator[list[str | int]]:
    for each in series.ended:
        target = each.account.names.right
        name = f"{each.name} -> {target}" if target else each.name
        yield [name, shown_state(each), *_counts(each), f"{each.seconds:.1f}"]
    for name in series.not_begun:
        yield [name, "not begun", *[""] * (len(COLUMNS) - 2)]


def _counts(ended: Ended) -> Iterator[int]:
    report = ended.report
    not_applied = len(report.not_applied)
    yield len(report.actions)
    yield 0 if report.result is None else len(report.actions) - not_applied
    yield not_applied
    yield len(report.held_back)
