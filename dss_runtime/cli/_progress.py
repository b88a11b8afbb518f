"""Progress bars on standard error, where that is a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from dss_runtime import Progress
from dss_runtime.cli._terminal import Terminal

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Bars:
    """A bar per branch that is read or written, gone afterwards: `bars(name)` listens for a tree."""

    def __init__(self, terminal: Terminal) -> None:
        self._tasks: dict[str, TaskID] = {}
        self._bars: RichProgress | None = None
        if terminal.interactive:
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as RichProgress

            self._bars = RichProgress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=terminal.console,
                transient=True,
            )

    def __enter__(self) -> Bars:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, tree: str) -> Progress:
        """Return what `load` and `sync` of the tree *tree* report to."""

        def report(stage: str, what: str, done: int, total: int, /) -> None:
            if self._bars is None:
                return
            key = f"{stage} {tree}.{what}"
            if key not in self._tasks:
                self._tasks[key] = self._bars.add_task(key, total=None)
            self._bars.update(self._tasks[key], completed=done, total=total or None)

        return report
