"""What became of each sync of a run: as a table, and as JSON.

The object that `dss run` prints with `--json`:

- `schema_version`: 1
- `command`: "run"
- `name`: what it was asked for
- `started`, `ended`, `seconds`: when, in UTC, and how long it took
- `exit_code`: what the command exits with
- `syncs`: in the order in which they were carried out, each as `dss sync` prints it
- `left_out`: the names of those that had not begun when the run was interrupted
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from dss_runtime import Phase
from dss_runtime._actions import phase_of
from dss_runtime.cli._account import Ended
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._json import SCHEMA_VERSION, Json, json_report, moment
from dss_runtime.cli._terminal import Terminal

_HEADER = ("sync", "new", "changed", "old", "not applied", "held back", "seconds")
_PHASES: tuple[Phase, ...] = ("new", "changed", "old")


def show_summary(out: Terminal, ended: Sequence[Ended], left_out: Sequence[str]) -> None:
    """Show a row for each sync, and below the table in one line how each has ended."""
    out.line()
    out.table(_HEADER, [_row(each) for each in ended])
    for each in ended:
        why = each.error or each.report.held or ", ".join(str(trip) for trip in each.report.trips)
        style = "bold green" if each.exit is Exit.OK else "bold red"
        words = each.state.replace("_", " ")
        out.line(f"{each.account.asked}: {words}{f': {why}' if why else ''}", style)
    for name in left_out:
        out.line(f"{name}: not begun", "bold red")


def _row(ended: Ended) -> list[str | int]:
    report = ended.report
    counts = Counter(phase_of(action) for action in report.actions)
    return [
        f"{ended.account.asked} -> {report.names.right}" if report.names.right else ended.account.asked,
        *(counts[phase] for phase in _PHASES),
        len(report.not_applied),
        len(report.held_back),
        f"{ended.seconds:.1f}",
    ]


def run_json(
    name: str, started: datetime, ended: datetime, parts: Sequence[Ended], left_out: Sequence[str], code: Exit
) -> dict[str, Json]:
    """Return the object, not masked yet."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "run",
        "name": name,
        "started": moment(started),
        "ended": moment(ended),
        "seconds": round((ended - started).total_seconds(), 3),
        "exit_code": int(code),
        "syncs": [json_report(each) for each in parts],
        "left_out": list(left_out),
    }
