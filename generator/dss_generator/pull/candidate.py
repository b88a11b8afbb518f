"""One form that the texts of a column may have."""

from __future__ import annotations

from abc import ABC, abstractmethod

from .evidence import Typed

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
