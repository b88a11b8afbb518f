"""The rows of one side that Python reads: those that may differ, and later perhaps the others."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from dss_runtime import Place
from dss_runtime._reading import BranchReading, Cells
from dss_runtime._rest import UnreadRest
from dss_runtime._tabular import ChangedMeanwhileError, read_again
from dss_runtime._typing import override
from dss_runtime.engines.spark._side import Side

_AT_ONCE = 4_096


class Streamed:
    """The rows that may differ, as they come from Spark; *numbers* are kept of those that came.

    Raises ChangedMeanwhileError where they are not those that were counted.
    """

    unreadable: Sequence[tuple[Place, str]] = ()

    def __init__(self, found: Iterator[Sequence[Any]], count: int, side: Side) -> None:
        self.numbers = array("Q")
        self.left_out = side.rows - count
        self.modified = side.modified
        self.size = side.size
        self._found = found
        self._count = count
        self._side = side

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._side.place(self.numbers[-1])

    def __iter__(self) -> Iterator[Cells]:
        last = 0
        while rows := list(islice(self._found, _AT_ONCE)):
            numbers = [row[0] for row in rows]
            for number, cells in zip(numbers, self._side.received([row[1:] for row in rows]), strict=True):
                if number <= last:
                    raise ChangedMeanwhileError(self._side.place(number))
                self.numbers.append(number)
                last = number
                yield cells
        if len(self.numbers) != self._count:
            raise ChangedMeanwhileError(self._side.place(last or 1))


class StreamedRest(UnreadRest[Any, Any]):
    """The other rows, which are read once more from where they came."""

    def __init__(
        self, reading: BranchReading[Any, Any], pair: object, side: Side, numbers: Sequence[int], same: int
    ) -> None:
        super().__init__(reading, pair)
        self._numbers = numbers
        self._side = side
        self._same = same

    @override
    def __len__(self) -> int:
        return self._same

    @override
    def rows(self) -> Iterator[tuple[Cells, bool]]:
        read = iter(self._numbers)
        following = self._next(read)
        rows = self._side.all()
        for cells in read_again(self._side.check, rows):
            was_read = rows.place() == following
            if was_read:
                following = self._next(read)
            yield cells, not was_read

    def _next(self, numbers: Iterator[int]) -> Place | None:
        number = next(numbers, None)
        return None if number is None else self._side.place(number)
