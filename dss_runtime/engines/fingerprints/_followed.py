"""Which rows become which records, while a branch is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from typing import Any

from dss_runtime._batch import Batch
from dss_runtime._cells import BadCellError
from dss_runtime._errors import Place
from dss_runtime._reading import BranchReading, Cells, SourceRows
from dss_runtime.engines.fingerprints._rows import Rows


class Followed:
    """Rows on their way into a branch. Afterwards it is known which of them have become which records.

    `made` has the number of the row that has become the record of a key; `others` are the keys of rows that
    have become none, or were of a record that was there.
    """

    def __init__(
        self,
        rows: SourceRows,
        side: Rows,
        numbers: Iterable[int],
        branch: Any,
        reading: BranchReading[Any, Any],
        left_out: int = 0,
    ) -> None:
        self._rows = rows
        self._numbers = iter(numbers)
        self._branch = branch
        self._reading = reading
        self.left_out = left_out
        self.modified = side.modified
        self.size = side.size
        self.made: dict[Any, int] = {}
        self.others: set[Any] = set()
        self.count = 0
        batches: Callable[[], Iterable[Batch]] | None = getattr(rows, "batches", None)
        if batches is not None:
            self.batches = partial(self._in_batches, batches)

    @property
    def keys(self) -> Iterator[Any]:
        """The keys of all rows that were read, as far as they have one."""
        return chain(self.made, self.others)

    def __iter__(self) -> Iterator[Cells]:
        return self._one_by_one(self._numbers, self._rows)

    def _in_batches(self, given: Callable[[], Iterable[Batch]]) -> Iterator[Batch]:
        """Yield many rows at a time; those that become records all at once are the last of the branch."""
        for batch in given():
            numbers = list(islice(self._numbers, len(batch)))
            followed = _FollowedBatch(batch, partial(self._one_by_one, numbers, batch))
            yield followed
            if not followed.begun:
                self.count += len(numbers)
                self.made.update(zip(reversed(self._branch.held), reversed(numbers), strict=False))

    def _one_by_one(self, numbers: Iterable[int], rows: Iterable[Cells]) -> Iterator[Cells]:
        held, key_of, made = self._branch.held, self._reading.key, self.made
        for number, cells in zip(numbers, rows, strict=False):
            before = len(held)
            yield cells
            self.count += 1
            if len(held) > before:
                made[next(reversed(held))] = number
                continue
            with suppress(BadCellError, ValueError):  # nobody knows whose it is then
                self.others.add(key_of(cells))

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._rows.place()

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows so far that were no rows at all."""
        return self._rows.unreadable


class _FollowedBatch:
    """Rows that come many at a time; `begun` tells that somebody goes through them one by one."""

    def __init__(self, batch: Batch, follow: Callable[[], Iterator[Cells]]) -> None:
        self._batch = batch
        self.file = batch.file
        self.lines = batch.lines
        self.begun = False
        self._follow = follow

    @property
    def columns(self) -> Sequence[Sequence[str]]:
        """The cells of all rows, column by column."""
        return self._batch.columns

    def __len__(self) -> int:
        return len(self._batch)

    def __iter__(self) -> Iterator[Cells]:
        self.begun = True
        return self._follow()
