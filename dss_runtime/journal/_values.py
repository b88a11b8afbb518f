"""What the journal tells of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from dss_runtime._actions import Phase
from dss_runtime.plans._values import mark_of

RunState: TypeAlias = Literal[
    "running", "applied", "incomplete", "held", "interrupted", "failed", "abandoned"
]
"""How a run ended: `abandoned` was killed, and found by a later one."""

WorkState: TypeAlias = Literal[
    "intended", "written", "applied", "skipped", "failed", "blocked", "rejected", "unknown"
]
"""What is known of a work: `intended` may have happened, `written` has, unless its phase was rolled back."""

OPEN: tuple[WorkState, ...] = ("intended", "written", "unknown")
"""The states of a work of which somebody has to read the target to know what became of it."""


Remark: TypeAlias = Literal["", "adopts", "final"]
"""What is special about a work: a new record `adopts` one that was there, an old one is deleted for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a journal keeps: so many runs, for so many days, in so many bytes."""

    keep_runs: int = 400
    keep_days: int = 400
    max_size: int = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What is known of a run when it begins; `plan` is the mark of the plan that it applies."""

    command: str
    left: str
    right: str
    branches: tuple[str, ...]
    schema: str
    target: str
    plan: str | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(NewRun):
    """A run of the past, or one that is still going on.

    `settled` is the run that has found out by reading what became of the works that this one left open.
    """

    id: int
    started: datetime
    ended: datetime | None
    state: RunState
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    summary: Mapping[str, Any] = field(default_factory=dict[str, Any])
    settled: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedWork:
    """All that a run did, or meant to do, to one record in one phase.

    `key`, `before` and `after` hold values as a plan does. `before` is None for what the target did not have,
    and what it held disabled for what is enabled again; `after` is None for what it was to lose. `actions`
    are (kind, attribute, message), sensitive values masked. `seconds` is how long it took, with all tries,
    waits and the rest of its batch; None where it was not tried, or the run did not live to tell.
    """

    number: int
    phase: Phase
    branch: str
    key: Mapping[str, Any]
    actions: tuple[tuple[str, str | None, str], ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    state: WorkState
    reason: str
    attempts: int
    remark: Remark = ""
    seconds: float | None = None

    @property
    def mark(self) -> str:
        """By which a record is told from others whose key is sensitive too; "" where its key is shown."""
        marks = [mark_of(each)[:8] for each in self.key.values() if not isinstance(each, str | None)]
        return f" [{' '.join(marks)}]" if marks else ""
