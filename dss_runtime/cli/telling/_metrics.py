"""The metrics of a run, in a text file for collectors: node_exporter, Telegraf, Grafana Alloy and others."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dss_runtime.cli._account import Ended
from dss_runtime.cli.telling._services import MISSING
from dss_runtime.cli.telling._settings import OCCASIONS

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_STATES = tuple(name for name in OCCASIONS if name not in ("killed", "unreadable"))
_OF_ALL = ("sync", "left", "right")


class Metric(NamedTuple):
    """A metric: its name after "dss_", what it means, and its labels beside those that all have."""

    name: str
    doc: str
    labels: tuple[str, ...] = ()


METRICS = (
    Metric("run_state", "1 for the state in which the last run ended, 0 for the others.", ("state",)),
    Metric("run_exit_code", "The exit code of the last run."),
    Metric("run_number", "The number of the last run in the journal, 0 when it ended before it had one."),
    Metric("run_duration_seconds", "How long the last run took."),
    Metric("last_run_timestamp_seconds", "When the last run ended."),
    Metric("last_success_timestamp_seconds", "When the last run ended that applied everything; 0 for never."),
    Metric("actions", "Actions of the last run.", ("branch", "kind", "outcome")),
    Metric("held", "1 for each reason why the last run was held.", ("name",)),
    Metric("passed", "1 for each reason why the last run would have been held.", ("name",)),
    Metric("held_back", "Differences that the last run left alone.", ("branch",)),
    Metric("unreadable_rows", "Rows that the last run could not read.", ("tree", "branch")),
    Metric("target_records", "Records of the target after the last run.", ("branch",)),
    Metric("killed_runs", "Runs that were killed, and that the last run has found."),
)
"""All metrics: gauges, which the text formats of Prometheus and of OpenMetrics write alike."""


class MetricsFile:
    """Where metrics are written: a file for each sync beside *path*, named `dss.nightly.prom` for `dss.prom`.

    Raises ValueError when that cannot be done.
    """

    def __init__(self, path: Path) -> None:
        try:
            from prometheus_client.openmetrics import exposition
        except ModuleNotFoundError as error:
            raise ValueError(MISSING.format("prometheus-client", "metrics")) from error
        self._text: Callable[[CollectorRegistry], bytes] = cast("Any", exposition).generate_latest
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise ValueError(f"{path.parent} is no folder that can be written to")
        self._path = path

    def write(self, ended: Ended, success: datetime | None) -> Path:
        """Write the metrics of *ended* in one step, and return the file; *success* is when one last was."""
        path = self._path.with_name(f"{self._path.stem}.{_sync(ended)}{self._path.suffix}")
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self._text(registry_of(ended, success)))
            Path(name).chmod(0o644)  # the collector is another user; what it reads names no record
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return path


def _sync(ended: Ended) -> str:
    names = ended.account.names
    return ended.account.sync or f"{names.left}-{names.right}"


def registry_of(ended: Ended, success: datetime | None) -> CollectorRegistry:
    """Return the metrics of *ended*."""
    from prometheus_client import CollectorRegistry, Gauge

    names, registry = ended.account.names, CollectorRegistry()
    own = (_sync(ended), names.left, names.right)
    gauges = {
        each.name: Gauge(f"dss_{each.name}", each.doc, (*_OF_ALL, *each.labels), registry=registry)
        for each in METRICS
    }
    for name, labels, value in _samples(ended, success):
        gauges[name].labels(*own, *labels).set(value)
    return registry


def _samples(ended: Ended, success: datetime | None) -> Iterator[tuple[str, tuple[str, ...], float]]:
    account, report = ended.account, ended.report
    for state in _STATES:
        yield "run_state", (state,), state == ended.state
    yield "run_exit_code", (), int(ended.exit)
    yield "run_number", (), account.number or 0
    yield "run_duration_seconds", (), ended.seconds
    yield "last_run_timestamp_seconds", (), ended.ended.timestamp()
    yield "last_success_timestamp_seconds", (), 0 if success is None else success.timestamp()
    yield "killed_runs", (), len(account.killed)
    done = report.result or [(action, None) for action in report.actions]
    actions = Counter(
        (action.branch, action.kind, "planned" if outcome is None else str(outcome.status))
        for action, outcome in done
    )
    yield from (("actions", labels, number) for labels, number in actions.items())
    yield from (("held", (trip.name,), 1) for trip in report.trips)
    if report.held:
        yield "held", ("source",), 1
    yield from (("passed", (each.name,), 1) for each in report.passed)
    held_back = Counter(held.branch for held in report.held_back)
    yield from (("held_back", (branch,), number) for branch, number in held_back.items())
    unreadable = Counter((tree, branch) for tree, branch, _ in report.unreadable)
    yield from (("unreadable_rows", labels, number) for labels, number in unreadable.items())
    yield from (("target_records", (branch,), number) for branch, number in account.holds.items())
