"""Parsing many texts of one field at a time, which is what the files of a bulk load give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from dss_runtime._typing import override

T = TypeVar("T")

Parser: TypeAlias = Callable[[Sequence[str]], list[T]]
"""Returns what a type's `parse` makes of each text; raises ValueError, of any text, if it refuses one."""

MOST = 10_000
"""How many distinct texts of a field are remembered."""
ENOUGH = 2_000
"""After how many texts one may tell that nearly all of them are distinct."""


def _each(parse: Callable[[str], T], texts: Sequence[str]) -> list[T]:
    return list(map(parse, texts))


class _Known(dict[str, T]):
    """What each text has become so far."""

    def __init__(self, parse: Callable[[str], T]) -> None:
        super().__init__()
        self.missed = 0
        self._parse = parse

    def __missing__(self, text: str) -> T:
        self.missed += 1
        value = self._parse(text)
        if len(self) < MOST:
            self[text] = value
        return value


class Remembering(Generic[T]):
    """Parses texts of which many are the same: each is parsed once, and its records share the value.

    Where most of them turn out to be distinct it no longer remembers any, and parses them by *many*.
    """

    def __init__(self, parse: Callable[[str], T], many: Parser[T] | None = None) -> None:
        self._known: _Known[T] | None = _Known(parse)
        self._seen = 0
        self._many: Parser[T] = many or partial(_each, parse)

    def __call__(self, texts: Sequence[str]) -> list[T]:
        """Return the values of *texts* (ValueError when one has none)."""
        known = self._known
        if known is None:
            return self._many(texts)
        self._seen += len(texts)
        found = list(map(known.__getitem__, texts))
        distinct = known.missed / self._seen if self._seen else 0.0
        if (distinct > 0.98 and self._seen >= ENOUGH) or (distinct > 0.5 and len(known) == MOST):
            self._known = None
        return found

    @override
    def __repr__(self) -> str:
        return f"<parser, {0 if self._known is None else len(self._known)} texts remembered>"
