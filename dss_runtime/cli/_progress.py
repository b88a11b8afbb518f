"""How far long work is: a bar on standard error where that is a terminal, and elsewhere a line a minute."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from dss_runtime import Progress
from dss_runtime._progress import Stage
from dss_runtime.cli._events import event
from dss_runtime.cli._session import Session
from dss_runtime.cli._speed import Speedometer, State

if TYPE_CHECKING:
    from dss_runtime.cli._bar import Bar

OFTEN = 0.5
"""The seconds between two looks at how far the work is; what is told meanwhile costs a look at the clock."""


class Bars:
    """Tells how far the work is that is under way: `bars(name)` listens for a tree.

    On a terminal a bar shows it, gone afterwards. Elsewhere, and in the log, it is a line a minute, by the
    minutes of the session: a command that takes less than one says nothing. `bar` is what is drawn, if any.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._untold: State | None = None
        self._work: tuple[str, ...] = ()
        self._speedometer = Speedometer()
        self._due = 0.0
        self.bar: Bar | None = None
        if session.err.interactive:
            from dss_runtime.cli._bar import Bar

            self.bar = Bar(session.err, session.out)

    def __enter__(self) -> Bars:
        if self.bar is not None:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()
        if self._untold is not None:
            self._tell(self._untold)

    def __call__(self, tree: str) -> Progress:
        """Return what reading, comparing and writing the tree *tree* report to."""
        clock = self._session.minutes.clock

        def report(stage: Stage, what: str, done: int, total: int, /) -> None:
            now, work = clock(), (stage, tree, what)
            if now < self._due and work == self._work and not 0 < total <= done:
                return
            self._due = now + OFTEN
            if work != self._work:
                self._work, self._speedometer = work, Speedometer()
            state = State(stage, tree, what, done, total, self._speedometer.speed(now, done))
            if self.bar is not None:
                self.bar.show(state)
            self._tell(state)

        return report

    def _tell(self, state: State) -> None:
        """Say how far the work is, once a minute; a log that standard error takes has it as an event."""
        if not self._session.minutes.over():
            self._untold = state
            return
        self._untold = None
        if not (self._session.err.interactive or self._session.err.takes_log):
            self._session.err.line(str(state))
        left = state.seconds_left
        event(
            "progress",
            str(state),
            stage=state.stage,
            tree=state.tree,
            what=state.what,
            done=state.done,
            total=state.total or None,
            per_second=round(state.speed, 3),
            seconds_left=None if left is None else round(left),
        )
