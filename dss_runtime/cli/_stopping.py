"""What SIGINT and SIGTERM do to a run that writes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Literal

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Stopping:
    """Ends a run when a signal asks for it: at once, but while it writes after the current batch.

    `tell` is given a line for a person, `asked` is why the run is to end, "" while it is not.
    """

    tell: Callable[[str], None]
    asked: str = ""
    _when: Literal["at once", "after the batch", "not any more"] = "at once"

    @contextmanager
    def listening(self) -> Generator[None]:
        """Listen to the signals for the length of a block."""
        before = {each: signal.signal(each, self._ask) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    @contextmanager
    def after_the_batch(self) -> Generator[None]:
        """Only note a signal, in a block that asks for it; a second one ends the block at once."""
        self._when = "after the batch"
        try:
            yield
        finally:
            self._when = "at once"

    def ignore(self) -> None:
        """Listen no longer: the run is over, and how it ended is being noted."""
        self._when = "not any more"

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        if self._when == "not any more":
            return
        if self._when == "at once" or self.asked:
            self.tell(f"stopped by {signal.Signals(number).name}")
            raise KeyboardInterrupt
        self.asked = f"stopped by {signal.Signals(number).name}"
        self.tell("stopping after the current batch; once more stops at once, but for threads at work")
