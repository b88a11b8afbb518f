"""Which name somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the candidate nearest to *word*, "" when none is near.

    >>> did_you_mean("moodel", ["Moodle", "PowerSchool"])
    "; did you mean 'Moodle'?"
    """
    folded = {candidate.casefold(): candidate for candidate in sorted(candidates, reverse=True)}
    near = difflib.get_close_matches(word.casefold(), folded, n=1)
    return f"; did you mean {folded[near[0]]!r}?" if near else ""


def listed(names: Iterable[str]) -> str:
    """Return *names* as a sentence lists them, "none" where there are none."""
    return ", ".join(names) or "none"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 row, 2 rows."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
