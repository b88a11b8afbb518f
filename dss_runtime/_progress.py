"""How long work tells how far it is, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Literal, Protocol, TypeAlias, TypeVar

T = TypeVar("T")

Stage: TypeAlias = Literal["read", "diff", "apply"]

STEP = 1000
"""How many records are handled between two calls."""


class Progress(Protocol):
    """Called now and then with how many of *total* items of a stage are done; *total* 0 is unknown.

    *what* is a branch, and what is done with it where there are several things to do: "students, new" are
    written, "students, fetched" were asked for, though they are no records yet.
    """

    def __call__(self, stage: Stage, what: str, done: int, total: int, /) -> None:
        """Take note of the progress."""
        ...


def silent(stage: Stage, what: str, done: int, total: int, /) -> None:
    """Take no note of it: the default."""


class Estimate(int):
    """A total that nobody has counted, such as the rows of a file by the part of it that was read."""


def rows_in_all(rows: object, done: int) -> int:
    """Return how many rows there will be, of which *done* are read; 0 where *rows* have no `share`."""
    share: float = getattr(rows, "share", 0.0)
    return Estimate(max(done, round(done / share))) if share > 0 else 0


def watched(items: Collection[T], progress: Progress, stage: Stage, what: str) -> Iterable[T]:
    """Return *items* to go through once; *progress* is told how many of them were taken.

    They are handed on as they come, and counted by the thousand: that costs next to nothing for each.
    """
    total = len(items)
    if progress is silent or total == 0:
        return items
    return chain.from_iterable(_in_steps(iter(items), total, partial(progress, stage, what)))


def _in_steps(items: Iterator[T], total: int, tell: Callable[[int, int], None]) -> Iterator[Iterator[T]]:
    for done in range(0, total, STEP):
        tell(done, total)
        yield islice(items, STEP)
    yield items  # none are left, unless there are more than they said
    tell(total, total)
