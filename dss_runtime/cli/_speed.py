"""How far long work is, how fast it goes, and how long it will still take."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import floor, isfinite, log10

from dss_runtime import override
from dss_runtime._progress import Estimate, Stage

SPAN = 30.0
"""The seconds that a speed is taken over: how it went before says little of how it will go on."""


@dataclass(frozen=True, slots=True)
class State:
    """How far one work is: *what* of *tree* in a stage; `speed` is a second, 0 while nobody can tell."""

    stage: Stage
    tree: str
    what: str
    done: int
    total: int
    speed: float = 0.0

    @property
    def name(self) -> str:
        """What is worked at."""
        return f"{self.stage} {self.tree}.{self.what}"

    @property
    def seconds_left(self) -> float | None:
        """How long it will take until all is done; None where nobody can tell."""
        if self.total == 0 or self.speed <= 0:
            return None
        left = max(0, self.total - self.done) / self.speed
        return left if isfinite(left) else None

    @property
    def count(self) -> str:
        """How much is done, and of how much: a total that is estimated is round."""
        if self.total == 0:
            return f"{self.done:,}"
        total = f"about {_rounded(self.total):,}" if isinstance(self.total, Estimate) else f"{self.total:,}"
        return f"{self.done:,} of {total}"

    @property
    def percent(self) -> int | None:
        """Which part is done; None where nobody can tell."""
        return min(100, 100 * self.done // self.total) if self.total else None

    def pace(self, a_second: str = " a second", a_minute: str = " a minute") -> str:
        """Return how fast it goes, "" while nobody can tell."""
        if self.speed <= 0:
            return ""
        if self.speed < 1:
            return f"{max(1, round(60 * self.speed))}{a_minute}"
        return f"{_rounded(self.speed):,}{a_second}"

    @property
    def remaining(self) -> str:
        """How long it will take as a person says it, "" where nobody can tell, or nothing is left."""
        left = self.seconds_left
        return f"{_duration(max(1, round(left)))} left" if left else ""

    @override
    def __str__(self) -> str:
        done = self.count if self.percent is None else f"{self.count} ({self.percent} %)"
        about = f"about {self.remaining}" if self.remaining else ""
        return ", ".join(filter(None, (f"{self.name}: {done}", self.pace(), about)))


class Speedometer:
    """Tells the speed of one work from how much of it was done when, of late."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def speed(self, now: float, done: int) -> float:
        """Return how much is done in a second, given that *done* is by *now*; 0 while nobody can tell."""
        seen = self._seen
        if seen and done < seen[-1][1]:  # it has begun anew
            seen.clear()
        seen.append((now, done))
        while len(seen) > 2 and seen[1][0] <= now - SPAN:
            seen.popleft()
        then, before = seen[0]
        return (done - before) / (now - then) if now > then else 0.0


def _rounded(number: float) -> int:
    """Return *number*, which is not negative, with no more digits than an estimate is good for.

    >>> [_rounded(each) for each in (0.4, 7.2, 6873, 1_004_711)]
    [0, 7, 6900, 1000000]
    """
    if number < 100:
        return round(number)
    return int(round(number, 1 - floor(log10(number))))


def _duration(seconds: int) -> str:
    """Return *seconds* as a person says it, in the two largest units that it takes.

    >>> [_duration(each) for each in (40, 85, 120, 7320, 90_061)]
    ['40 s', '1 min 25 s', '2 min', '2 h 2 min', '1 d 1 h']
    """
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    units = ((days, "d"), (hours % 24, "h"), (minutes % 60, "min"), (seconds % 60, "s"))
    first = next((at for at, (number, _) in enumerate(units) if number), 3)
    return " ".join(f"{number} {unit}" for number, unit in units[first : first + 2] if number)
