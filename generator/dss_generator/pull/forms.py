"""What a column of texts may hold: a table of forms, each of which looks at every value.

The rule behind all of them: a type is taken only if it gives every text back as it was, so that nothing is
lost. `0042` is no int, `1.50` beside `1.5` no decimal, `03/04/2026` no date until another value tells day
from month. The runtime's own types do the reading, so what is found here is read there too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .candidate import Candidate
from .evidence import Typed
from .plain_forms import Point, Same, Whole, Words
from .time_forms import CLOCKS, DATES, NAIVE, Clock, Format, Instant

CANDIDATES: tuple[Callable[[], Candidate], ...] = (
    partial(Words, "true", "false", alone=True),
    partial(Words, "yes", "no"),
    partial(Words, "y", "n"),
    partial(Words, "t", "f"),
    partial(Words, "on", "off"),
    Whole,
    Point,
    partial(Same, "float"),
    partial(Same, "date"),
    partial(Format, "parse-date", Typed("date"), DATES),
    Instant,
    partial(Format, "parse-datetime", NAIVE, CLOCKS),
    Clock,
    partial(Same, "uuid"),
)
"""Every form, the more telling first: adding one is a row here and a class. What has none of them is text."""


class Forms:
    """All candidates of one column, and what is found in the end."""

    def __init__(self) -> None:
        self._candidates = [make() for make in CANDIDATES]
        self._count = 0

    def add(self, text: str, count: int) -> None:
        """Look at *text*, which is not blank and there *count* times."""
        self._count += count
        if self._candidates:
            for candidate in self._candidates:
                candidate.add(text, count)
            self._candidates = [each for each in self._candidates if each.alive]

    def best(self) -> Candidate | None:
        """Return the first candidate that every value has the form of, None where there is none."""
        return next((each for each in self._candidates if each.hits and not each.misses), None)

    def width(self) -> int:
        """Return how many digits all values have as whole numbers, 0 where they differ or are none."""
        best = self.best()
        return best.width if isinstance(best, Whole) else 0

    def near(self) -> tuple[Typed, int] | None:
        """Return a type that all but a few values have, and how many have it not."""
        for each in self._candidates:
            typed = each.typed
            if typed is not None and 0 < each.misses and each.misses * 50 <= each.hits:
                return typed, each.misses
        return None
