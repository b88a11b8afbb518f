"""The journal of runs: what each meant to do, what became of it, and how to take it back."""

from __future__ import annotations

from dss_runtime.journal._aside import Aside
from dss_runtime.journal._journal import Journal
from dss_runtime.journal._last_good import last_good, noted_sources
from dss_runtime.journal._opening import JournalError
from dss_runtime.journal._proven import Proven
from dss_runtime.journal._recording import Recording
from dss_runtime.journal._resolving import as_read, resolve
from dss_runtime.journal._standing import Standing, standings
from dss_runtime.journal._unconfirmed import Marks, Unconfirmed, forget
from dss_runtime.journal._undoing import Kept, Undoing
from dss_runtime.journal._values import Bounds, LoggedWork, NewRun, Run, RunState, WorkState

__all__ = [
    "Aside",
    "Bounds",
    "Journal",
    "JournalError",
    "Kept",
    "LoggedWork",
    "Marks",
    "NewRun",
    "Proven",
    "Recording",
    "Run",
    "RunState",
    "Standing",
    "Unconfirmed",
    "Undoing",
    "WorkState",
    "as_read",
    "forget",
    "last_good",
    "noted_sources",
    "resolve",
    "standings",
]
