"""Rows that come many at a time, from sources that can tell that all of them are texts and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dss_runtime._reading import Cells, SourceRows


class Batch(Protocol):
    """Rows that follow each other in a file, whose cells are all of them texts.

    While one goes through it row by row, the place of the source's rows is that of the row yielded last.
    """

    @property
    def columns(self) -> Sequence[Sequence[str]]:
        """The cells of all rows, column by column."""
        ...

    @property
    def file(self) -> str:
        """The name of the file, as a place tells it."""
        ...

    @property
    def lines(self) -> Sequence[int]:
        """The line in which each row begins."""
        ...

    def __len__(self) -> int:
        """Return how many rows there are."""
        ...

    def __iter__(self) -> Iterator[Cells]:
        """Yield the cells of each row."""
        ...


def batches_of(rows: SourceRows) -> Iterable[Batch] | None:
    """Return the batches of *rows*, None where they come one by one."""
    batches: Callable[[], Iterable[Batch]] | None = getattr(rows, "batches", None)
    return None if batches is None else batches()
