"""What `dss doctor` finds of the project itself: code, state, clock, who is told, what a cluster needs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from dss_runtime._limits import shown_duration
from dss_runtime.cli import _generator
from dss_runtime.cli._findings import Finding
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._spark_settings import SparkSettings
from dss_runtime.cli._state import seen_state
from dss_runtime.cli._toml_file import shown_path
from dss_runtime.cli.telling._telling import telling_problems
from dss_runtime.engines.spark import missing

_ODD = timedelta(minutes=5)
"""How far a clock may be behind what the journal has seen."""


def examined_code(settings: Settings) -> Iterator[Finding]:
    """Yield whether the generated code, and the handlers, are in step with the schema."""
    found = _generator.compare(settings)
    if found.ok:
        yield Finding("", "code", "ok", "the generated code is in step with the schema")
        return
    if found.diff:
        yield Finding(
            "", "code", "error", "the generated code is not in step with the schema", "run `dss generate`"
        )
    for problem in found.problems:
        yield Finding("", "code", "error", str(problem))


def examined_state(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield whether the folder of the state can be written and the journal read, and whether clocks agree."""
    folder = settings.state
    there = folder if folder.is_dir() else _nearest(folder)
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        text = f"{shown_path(folder)} cannot be written: no run could begin"
        yield Finding("", "state", "error", text, f"let this account write {shown_path(there)}")
        return
    yield Finding("", "state", "ok", f"{shown_path(folder)} can be written")
    state = seen_state(settings)
    if not state.has_journal:
        yield Finding("", "state", "ok", "there is no journal yet: the first run makes it")
        return
    if not (folder / "key").is_file():
        text = f"{shown_path(folder / 'key')} is gone, and without it nothing in the journal is known again"
        yield Finding("", "state", "error", text, "put it back from a backup")
    with state.look() as journal:
        runs = [] if journal is None else journal.runs(1)
    yield Finding("", "state", "ok", "the journal can be read")
    if runs and runs[0].started > now + _ODD:
        ahead = shown_duration(runs[0].started - now)
        text = f"the clock is behind: the journal's run {runs[0].id} has begun {ahead} from now"
        yield Finding("", "clock", "error", text, "set this machine's clock by a time server")


def examined_clock(now: datetime) -> Iterator[Finding]:
    """Yield what time it is here, for a person to compare."""
    here = now.astimezone()
    yield Finding("", "clock", "ok", f"it is {here:%Y-%m-%d %H:%M} in the zone of this machine ({here:%Z})")


def examined_telling(settings: Settings) -> Iterator[Finding]:
    """Yield whether somebody is told of a run, and whether that can be done; nobody is."""
    problems = telling_problems(settings)
    yield from (Finding("", "telling", "error", each) for each in problems)
    told = len(settings.telling.notify)
    if not told:
        text = "nobody is told when a run is held or fails"
        yield Finding("", "telling", "warning", text, "add a table [[notify]] to the settings")
    elif not problems:
        text = f"{told} in [[notify]]: `dss notify-test` sends a message to each"
        yield Finding("", "telling", "ok", text)


def examined_cluster(settings: Settings) -> Iterator[Finding]:
    """Yield what this machine lacks to ask the cluster of the settings, which is not asked now."""
    if settings.spark == SparkSettings():
        return
    lacking, _, advice = missing().partition(": ")
    if lacking:
        yield Finding("", "spark", "warning", lacking, advice)
    else:
        yield Finding("", "spark", "ok", "PySpark and Java are installed")


def _nearest(folder: Path) -> Path:
    """Return the folder that is there in which *folder* would be made."""
    return next(each for each in folder.parents if each.exists())
