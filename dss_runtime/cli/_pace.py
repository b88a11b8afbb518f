"""How long to wait: between two tries of an action, and for a turn to ask a system that must not be hurried.

Both libraries are imported when somebody has to wait for the first time, which most runs never have to.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, cast

from dss_runtime.cli._apply_values import Rate

if TYPE_CHECKING:
    from pyrate_limiter import InMemoryBucket

FIRST = 0.5
LONGEST = 30.0
JITTER = 0.5
"""The seconds of the first wait, which double up to the longest, and what chance adds at most."""


def wait(attempt: int) -> float:
    """Return the seconds to wait after the failed try number *attempt*: ever longer, by chance a bit more.

    Chance keeps those who failed together from coming back together.
    """
    import tenacity

    strategy = tenacity.wait_exponential(FIRST, LONGEST) + tenacity.wait_random(0, JITTER)
    state = tenacity.RetryCallState(tenacity.Retrying(), None, (), {})
    state.attempt_number = attempt
    return strategy(state)


class Turns:
    """Lets a system be asked as often as *rate* says, whichever thread asks; *clock* is in seconds."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._mutex = Lock()
        self._bucket: InMemoryBucket | None = None

    def __call__(self) -> float:
        """Take a turn and return 0, or return the seconds after which to ask again."""
        import pyrate_limiter

        with self._mutex:
            if self._bucket is None:
                limit = pyrate_limiter.Rate(self._rate.times, self._rate.seconds * 1000)
                self._bucket = pyrate_limiter.InMemoryBucket([limit])
            now = int(self._clock() * 1000)
            self._bucket.leak(now)
            item = pyrate_limiter.RateItem("turn", now)
            if self._bucket.put(item):
                return 0.0
            # A bucket may also be one whose answers have to be awaited; this one is not.
            return max(cast("int", self._bucket.waiting(item)), 1) / 1000
