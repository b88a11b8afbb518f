"""Texts that are days, points in time and times of day, which may be written in several ways."""

from __future__ import annotations

from .. import fieldtypes
from ..marks import override
from ..schema.resolved import Scalar
from .candidate import Candidate
from .evidence import Typed

_NAIVE_ZONE: tuple[tuple[str, Scalar], ...] = (("zone", "naive"),)
NAIVE = Typed("datetime", options=_NAIVE_ZONE)
_UTC = Typed("datetime")
_TIME = Typed("time")
_WHICH_ZONE = "no zone in the values: `zone` says which one is meant"
DATES = ("%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%m-%d-%Y", "%d-%m-%Y")
CLOCKS = tuple(f"{day} {clock}" for day in DATES for clock in ("%H:%M", "%H:%M:%S"))


class Format(Candidate):
    """Dates or datetimes in formats of which one must be the only one that reads every value."""

    def __init__(self, step: str, typed: Typed, formats: tuple[str, ...]) -> None:
        super().__init__()
        self._step = step
        self._base = typed
        self._read = fieldtypes.transforms()[step].function
        self._formats = formats
        self._possible = formats
        """The formats that read every value so far that any of them reads."""

    @override
    def reads(self, text: str) -> bool:
        fitting = [form for form in self._formats if self._fits(text, form)]
        if fitting:
            self._possible = tuple(form for form in self._possible if form in fitting)
        return bool(fitting)

    def _fits(self, text: str, form: str) -> bool:
        try:
            return text == text.strip() and self._read(text, form) != ""
        except ValueError:
            return False

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
        return _WHICH_ZONE if self._base.options else ""


class Instant(Candidate):
    """ISO datetimes, all with a zone or all without."""

    def __init__(self) -> None:
        super().__init__()
        self._zoned = False
        self._local = False

    @override
    def reads(self, text: str) -> bool:
        if text != text.strip():
            return False
        if NAIVE.reads(text):
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
        return NAIVE if self._local else _UTC

    @property
    @override
    def doubt(self) -> str:
        if self._zoned and self._local:
            return "points in time with and without a zone: kept as text"
        return _WHICH_ZONE if self._local else ""


class Clock(Candidate):
    """Times of day."""

    @override
    def reads(self, text: str) -> bool:
        return text == text.strip() and _TIME.reads(text)

    @property
    @override
    def typed(self) -> Typed | None:
        return _TIME
