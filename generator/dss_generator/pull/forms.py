"""What a column of texts may hold: one candidate per form, each of which looks at every value.

The rule behind all of them: a type is taken only if it gives every text back as it was, so that nothing is
lost. `0042` is no int, `1.50` beside `1.5` no decimal, `03/04/2026` no date until another value tells day
from month. The runtime's own types do the reading, so what is found here is read there too.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial

from .. import fieldtypes
from ..marks import override
from ..schema.resolved import Scalar
from .evidence import Typed

most_digits = 15
"""The most digits of a number: spreadsheets and JSON readers lose those beyond."""
most_misses = 20
"""How many values that do not fit a candidate may have before it is given up."""


class Candidate(ABC):
    """One form that values may have. `hits` and `misses` count the values that have it and have it not."""

    def __init__(self) -> None:
        self.hits = 0
        self.misses = 0

    @property
    def alive(self) -> bool:
        """Whether it is still worth looking."""
        return self.misses <= most_misses

    def add(self, text: str, count: int) -> None:
        """Look at *text*, which is there *count* times."""
        if self.reads(text):
            self.hits += count
        else:
            self.misses += count

    @abstractmethod
    def reads(self, text: str) -> bool:
        """Return whether *text* has the form."""

    @property
    @abstractmethod
    def typed(self) -> Typed | None:
        """The type of the values that were hits; None where `doubt` says why it is not clear."""

    @property
    def doubt(self) -> str:
        """What is not clear, or to be looked at, of a column that has this form."""
        return ""


class _Words(Candidate):
    """A pair of words for true and false; `alone` if one of them says enough."""

    def __init__(self, true: str, false: str, *, alone: bool = False) -> None:
        super().__init__()
        self._pair = {true, false}
        self._alone = alone
        self._seen: set[str] = set()

    @override
    def reads(self, text: str) -> bool:
        word = text.lower()
        if word in self._pair:
            self._seen.add(word)
            return True
        return False

    @property
    @override
    def typed(self) -> Typed | None:
        return Typed("bool") if self._alone or self._seen == self._pair else None


class _Same(Candidate):
    """A type that gives each text back as it was."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._typed = Typed(name)
        self._type = fieldtypes.field_type(self._typed.field)

    @override
    def reads(self, text: str) -> bool:
        try:
            value = self._type.parse(text)
        except ValueError:
            return False
        return bool(self._type.format(value) == text) and self._type.check(value) is None

    @property
    @override
    def typed(self) -> Typed | None:
        return self._typed


class _Whole(_Same):
    """Whole numbers, none so long that it must be a number of something."""

    def __init__(self) -> None:
        super().__init__("int")
        self._widths: set[int] = set()
        self._values: set[str] = set()

    @override
    def reads(self, text: str) -> bool:
        if len(text.lstrip("-")) > most_digits or not super().reads(text):
            return False
        self._widths.add(len(text))
        if len(self._values) <= 2:
            self._values.add(text)
        return True

    @property
    def width(self) -> int:
        """How many digits all values have, 0 where they differ."""
        return next(iter(self._widths)) if len(self._widths) == 1 else 0

    @property
    @override
    def doubt(self) -> str:
        return "only 0 and 1; write bool if they mean no and yes" if self._values == {"0", "1"} else ""


class _Point(_Same):
    """Numbers with digits after a point: as many in each, or no more than each needs."""

    def __init__(self) -> None:
        super().__init__("decimal")
        self._places: set[int] = set()
        self._filled = False

    @override
    def reads(self, text: str) -> bool:
        whole, point, places = text.partition(".")
        if len(whole.lstrip("-")) + len(places) > most_digits or "E" in text or not super().reads(text):
            return False
        if point:
            self._places.add(len(places))
            self._filled = self._filled or places.endswith("0")
        return True

    @property
    @override
    def typed(self) -> Typed | None:
        return None if self._filled and len(self._places) > 1 else super().typed

    @property
    @override
    def doubt(self) -> str:
        if self.typed is None:
            return "numbers with differing digits after the point, as of versions: kept as text"
        return ""


class _Format(Candidate):
    """Dates or datetimes in formats of which one must be the only one that reads every value."""

    def __init__(self, step: str, typed: Typed, formats: tuple[str, ...]) -> None:
        super().__init__()
        self._step = step
        self._base = typed
        self._read = fieldtypes.transforms()[step].function
        self._left = dict.fromkeys(formats, 0)

    @override
    def reads(self, text: str) -> bool:
        fitting = [each for each in self._left if self._fits(text, each)]
        if fitting and len(fitting) < len(self._left):
            # A value that only some formats read decides between them; a stray one must not decide alone,
            # so those that miss are only counted.
            for each in self._left:
                if each not in fitting:
                    self._left[each] += 1
        return bool(fitting)

    def _fits(self, text: str, form: str) -> bool:
        try:
            return self._read(text, form) != "" and text == text.strip()
        except ValueError:
            return False

    @property
    def _possible(self) -> list[str]:
        return [form for form, missed in self._left.items() if not missed]

    @property
    @override
    def typed(self) -> Typed | None:
        if len(self._possible) != 1:
            return None
        transform = f"{self._step}('{self._possible[0]}')"
        return Typed(self._base.name, options=self._base.options, transform=transform)

    @property
    @override
    def doubt(self) -> str:
        if len(self._possible) > 1:
            several = " or ".join(self._possible)
            return f"days as {several}, nobody can tell which: text, until `transform` says so"
        if not self._possible:
            return "days in more than one format: kept as text"
        return self._zone_doubt if self._base.options else ""

    _zone_doubt = "no zone in the values: `zone` says which one is meant"


class _Instant(Candidate):
    """ISO datetimes, all with a zone or all without."""

    def __init__(self) -> None:
        super().__init__()
        self._zoned = False
        self._local = False

    @override
    def reads(self, text: str) -> bool:
        if text != text.strip():
            return False
        if _NAIVE.reads(text):
            self._local = True
            return True
        if _UTC.reads(text):
            self._zoned = True
            return True
        return False

    @property
    @override
    def typed(self) -> Typed | None:
        if self._zoned and self._local:
            return None
        return _NAIVE if self._local else _UTC

    @property
    @override
    def doubt(self) -> str:
        if self._zoned and self._local:
            return "points in time with and without a zone: kept as text"
        return "no zone in the values: `zone` says which one is meant" if self._local else ""


class _Clock(Candidate):
    """Times of day."""

    @override
    def reads(self, text: str) -> bool:
        return text == text.strip() and _TIME.reads(text)

    @property
    @override
    def typed(self) -> Typed | None:
        return _TIME


_NAIVE_ZONE: tuple[tuple[str, Scalar], ...] = (("zone", "naive"),)
_NAIVE = Typed("datetime", options=_NAIVE_ZONE)
_UTC = Typed("datetime")
_TIME = Typed("time")
_DATES = ("%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%m-%d-%Y", "%d-%m-%Y")
_CLOCKS = tuple(f"{day} {clock}" for day in _DATES for clock in ("%H:%M", "%H:%M:%S"))

CANDIDATES: tuple[Callable[[], Candidate], ...] = (
    partial(_Words, "true", "false", alone=True),
    partial(_Words, "yes", "no"),
    partial(_Words, "y", "n"),
    partial(_Words, "t", "f"),
    partial(_Words, "on", "off"),
    _Whole,
    _Point,
    partial(_Same, "float"),
    partial(_Same, "date"),
    partial(_Format, "parse-date", Typed("date"), _DATES),
    _Instant,
    partial(_Format, "parse-datetime", _NAIVE, _CLOCKS),
    _Clock,
    partial(_Same, "uuid"),
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
        return best.width if isinstance(best, _Whole) else 0

    def near(self) -> tuple[Typed, int] | None:
        """Return a type that all but a few values have, and how many have it not."""
        for each in self._candidates:
            typed = each.typed
            if typed is not None and 0 < each.misses and each.misses * 50 <= each.hits:
                return typed, each.misses
        return None
