"""A bar on a terminal."""

from __future__ import annotations

from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress

from dss_runtime.cli._speed import State
from dss_runtime.cli._terminal import Terminal

A_SECOND = 1
"""How often the bar is drawn: each time takes half a millisecond, and on a busy machine twice that."""


class Bar:
    """Shows the work that is under way on *terminal* between `start` and `stop`, and leaves nothing behind.

    What others print to standard output meanwhile stays there, unless that is a terminal too.
    """

    def __init__(self, terminal: Terminal, out: Terminal) -> None:
        self._task: TaskID | None = None
        self._name = ""
        self._progress = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[count]}", markup=False),
            TextColumn("{task.fields[pace]}", markup=False),
            TextColumn("{task.fields[remaining]}", markup=False),
            console=terminal.console,
            transient=True,
            refresh_per_second=A_SECOND,
            redirect_stdout=out.interactive,
        )

    def start(self) -> None:
        """Draw from now on."""
        self._progress.start()

    def stop(self) -> None:
        """Draw no more, and take away what was drawn."""
        self._progress.stop()

    def draw(self) -> None:
        """Draw at once."""
        self._progress.refresh()

    def show(self, state: State) -> None:
        """Show *state*; another work takes the place of the one before."""
        if self._task is None or state.name != self._name:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._name = state.name
            self._task = self._progress.add_task(state.name, total=None, count="", pace="", remaining="")
        self._progress.update(
            self._task,
            completed=state.done,
            total=state.total or None,
            count=state.count,
            pace=state.pace("/s", "/min"),
            remaining=state.remaining,
        )
