"""Whether any value is there twice, without keeping the values."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

most = 20_000_000
"""How many values are told apart; beyond that nobody knows."""
_FIRST_LOOK = 1_024


class Distinct:
    """Eight bytes per value: the 64 bits of its hash.

    Two values of one hash, which a million values have once in thirty million tries, look like one value
    twice: then a key is overlooked, never a false one found.
    """

    def __init__(self) -> None:
        self._hashes = array("q")
        self._next_look = _FIRST_LOOK
        self.repeated = False
        """Whether a value was found to be there twice."""
        self.complete = True
        """Whether every value was looked at."""

    def __len__(self) -> int:
        return len(self._hashes)

    def add(self, texts: Iterable[str]) -> None:
        """Take note of *texts*, unless it is known already that one is there twice."""
        if self.repeated or not self.complete:
            return
        self._hashes.extend(map(hash, texts))
        if len(self._hashes) > most:
            self.complete = False
            self._hashes = array("q")
        elif len(self._hashes) >= self._next_look:
            # Looking at each doubling costs no more, in all, than looking once.
            self._look()
            self._next_look = 2 * len(self._hashes)

    def is_unique(self) -> bool:
        """Return whether every value is there once, as far as anybody knows."""
        if self.complete and not self.repeated:
            self._look()
        return self.complete and not self.repeated

    def _look(self) -> None:
        if len(set(self._hashes)) < len(self._hashes):
            self.mark_repeated()

    def mark_repeated(self) -> None:
        """Take note that a value is there twice, and forget the rest."""
        self.repeated = True
        self._hashes = array("q")
