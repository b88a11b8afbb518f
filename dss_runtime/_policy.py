"""How a sync deals with trouble, and how fast it goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

OnError: TypeAlias = Literal["continue", "stop"]

_SLICE = 1.0
"""How many seconds are slept at a time: after that it is asked whether the run is to end."""


def backoff(attempt: int) -> float:
    """Return the seconds to wait after the failed try number *attempt*: 0.5, 1, 2, … at most 30."""
    return min(2.0 ** (min(attempt, 10) - 2), 30.0)


def _at_once() -> float:
    """Make nobody wait for a turn."""
    return 0.0


def _go_on() -> str:
    """Never end a run."""
    return ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How a sync deals with trouble, and how fast it goes.

    `on_error` "stop" leaves everything after the first failure untried; `attempts` is how often an action
    is tried in all when it fails with TransientError, `wait` gives the seconds before the next try, which
    are more where the system asks for more. What would take longer than `retry_for` seconds from its
    first try, or from the last answer, on is given up. A batch that keeps failing so is tried once more,
    record by record. After `away_after` works or batches in a row that were given up, or when the system
    asks to wait longer than `retry_for`, it counts as away, and the run stops.

    `batch_size` is how many records an adapter writes at a time at most; None leaves that to its template.
    `concurrency` is how many handlers, or batches, run at a time on a template that declares that they
    may. `turn` is asked before each of them: it takes a turn and returns 0, or returns the seconds after
    which to ask again; it is called from several threads. Raises ValueError for what makes no sense.
    """

    on_error: OnError = "continue"
    attempts: int = 3
    wait: Callable[[int], float] = backoff
    retry_for: float = 300.0
    away_after: int = 5
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    batch_size: int | None = None
    concurrency: int = 1
    turn: Callable[[], float] = _at_once
    guarded: bool = True
    stop: Callable[[], str] = _go_on
    """Asked before every record, every further try and every look, from several threads: why the run is to
    end there, "" while it is not. A batch is never split."""

    def __post_init__(self) -> None:
        if self.on_error not in get_args(OnError):
            raise ValueError(f"on_error: {self.on_error!r} is neither 'continue' nor 'stop'")
        for name in ("attempts", "away_after", "batch_size", "concurrency"):
            number: int | None = getattr(self, name)
            if number is not None and number < 1:
                raise ValueError(f"{name}: expected 1 or more, got {number}")
        if not self.retry_for >= 0:
            raise ValueError(f"retry_for: expected 0 or more seconds, got {self.retry_for}")

    def pause(self, seconds: float) -> str:
        """Wait, unless the run is to end; return why it is, "" when it is not."""
        while True:
            stopped = self.stop()
            if stopped or seconds <= 0:
                return stopped
            self.sleep(min(seconds, _SLICE))
            seconds -= _SLICE
