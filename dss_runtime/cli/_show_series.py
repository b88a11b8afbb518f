"""The summary of a run of several syncs as text: a row for each, and how each has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dss_runtime import Phase
from dss_runtime._actions import phase_of
from dss_runtime.cli._account import Ended
from dss_runtime.cli._series import Series
from dss_runtime.cli._session import Session
from dss_runtime.cli.telling._message import gist, shown_state

_HEADER = ("sync", "new", "changed", "old", "not applied", "held back", "seconds")
_PHASES: tuple[Phase, ...] = ("new", "changed", "old")


def show_series(session: Session, series: Series) -> None:
    """Show what became of each sync; beside JSON, on standard error, only what did not end well."""
    as_json = series.account.as_json
    out = session.err if as_json else session.out
    if not as_json:
        out.line()
        out.table(_HEADER, [list(_row(each)) for each in series.ended])
    for each in series.ended:
        if each.exit:
            out.line(f"{each.name}: {shown_state(each)}: {gist(each)}", "bold red")
        elif not as_json:
            out.line(f"{each.name}: {shown_state(each)}", "bold green")
    for name in series.not_begun:
        out.line(f"{name}: not begun", "bold red")


def _row(ended: Ended) -> Iterator[str | int]:
    report = ended.report
    counts = Counter(phase_of(action) for action in report.actions)
    yield f"{ended.name} -> {report.names.right}" if report.names.right else ended.name
    yield from (counts[phase] for phase in _PHASES)
    yield len(report.not_applied)
    yield len(report.held_back)
    yield f"{ended.seconds:.1f}"
