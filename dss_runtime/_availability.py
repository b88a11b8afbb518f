"""Whether the system that is written to may be asked now: what one try learns holds for all that follow."""

from __future__ import annotations

from threading import Lock

from dss_runtime._policy import Policy


class Availability:
    """Shared by all works and threads of a run. `away` is why the run is to end, "" while it is not."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._mutex = Lock()
        self._not_before = policy.clock()
        self._in_a_row = 0
        self.away = ""

    def await_turn(self) -> str:
        """Wait until the system may be asked; return why the run is to end before that, "" when it is not."""
        while True:
            if stopped := self.away or self._policy.stop():
                return stopped
            seconds = self._not_before - self._policy.clock()
            if seconds <= 0:
                seconds = self._policy.turn()
            if seconds <= 0:
                return ""
            if stopped := self._policy.pause(seconds):
                return stopped

    def put_off(self, seconds: float) -> None:
        """The system asks not to be asked for so long; for longer than anybody waits, it is away."""
        with self._mutex:
            self._not_before = max(self._not_before, self._policy.clock() + seconds)
            if seconds > self._policy.retry_for:
                self.away = self.away or (
                    f"the system is away: it asks to wait {seconds:g} s, "
                    f"and is waited for {self._policy.retry_for:g} s at most"
                )

    def gave_up(self) -> None:
        """The tries of a work, or of a batch, have ended without an answer."""
        with self._mutex:
            self._in_a_row += 1
            if self._in_a_row >= self._policy.away_after:
                self.away = self.away or f"the system is away: given up {self._in_a_row} times in a row"

    def answered(self) -> None:
        """The system has said yes or no."""
        with self._mutex:
            self._in_a_row = 0
