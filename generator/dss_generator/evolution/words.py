"""How effects are worded: lists of names, and what happens once in the systems that follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .comparing import Holding

UNTOUCHED = "no tree holds it, so no sync does anything else"
UNWRITTEN = "no system that is written to holds it, so nothing is changed"
UNREADABLE = "unreadable, and their records are left alone"


def listed(names: Iterable[str]) -> str:
    """Return *names*, each once, as a sentence lists them: "a", "a and b", "a, b and c"."""
    several = list(dict.fromkeys(names))
    return " and ".join(filter(None, (", ".join(several[:-1]), *several[-1:])))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 tree, 2 trees."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def trees(holdings: Sequence[Holding]) -> str:
    """Return the names of the trees of *holdings*."""
    return listed(sorted(each.tree.name for each in holdings))


def targets(holdings: Sequence[Holding]) -> str:
    """Return the names of the trees of *holdings* that are written to; empty where there are none."""
    return listed(sorted(each.tree.name for each in holdings if each.follows))


def once(what: str, names: str) -> str:
    """Return that *what* ("each record for which it differs") is changed once in the trees *names*."""
    if not names:
        return UNWRITTEN
    return f"{what} is changed once in {names} (`dss plan` counts them)"
