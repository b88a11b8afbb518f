"""Texts that are truth values, numbers and UUIDs: each gives its text back as it was."""

from __future__ import annotations

from .. import fieldtypes
from ..marks import override
from .candidate import Candidate
from .evidence import Typed

most_digits = 15
"""The most digits of a number: spreadsheets and JSON readers lose those beyond."""


class Words(Candidate):
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


class Same(Candidate):
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


class Whole(Same):
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


class Point(Same):
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
