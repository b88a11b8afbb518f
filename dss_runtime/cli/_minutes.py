"""The minutes of a command: what is said once in each."""

from __future__ import annotations

from collections.abc import Callable

MINUTE = 60.0


class Minutes:
    """Lets something be said once a minute, for the first time when one has passed; *clock* is in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._since = clock()

    def over(self) -> bool:
        """Return whether a minute is over; then the next one begins."""
        now = self.clock()
        if now - self._since < MINUTE:
            return False
        self._since = now
        return True
