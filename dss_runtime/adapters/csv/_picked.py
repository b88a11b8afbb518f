"""Some of the rows of a branch's files: those that an engine has not proven to be the same elsewhere."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, compress, count, islice, repeat
from operator import itemgetter

from dss_runtime import Place
from dss_runtime._tabular import ChangedMeanwhileError, TextFile
from dss_runtime.codegen import Cells

AT_ONCE = 1000
"""How many rows are read at once."""


class PickedLines:
    """Iterates over the cells of some rows of *files*, each row of which is one line.

    Of each file, a byte of *wanted* that is not 0 stands for a row that is yielded. Raises
    ChangedMeanwhileError where such a line is no row, as it was when somebody counted the rows.
    """

    unreadable: Sequence[tuple[Place, str]] = ()

    def __init__(self, files: Sequence[TextFile], wanted: Sequence[bytearray]) -> None:
        self._files = files
        self._wanted = wanted
        self._shown = files[0].shown
        self._line = 0

    def place(self) -> Place:
        """Return the file and the line of the row that was yielded last."""
        return Place(self._shown, self._line)

    def __iter__(self) -> Iterator[Cells]:
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[PickedBatch]:
        """Yield the rows many at a time."""
        for file, wanted in zip(self._files, self._wanted, strict=True):
            yield from self._of(file, wanted)

    def at(self, file: str, line: int) -> None:
        """Take note that the row was yielded last that is in *line* of *file*."""
        self._shown, self._line = file, line

    def _of(self, file: TextFile, wanted: bytearray) -> Iterator[PickedBatch]:
        selectors = chain(repeat(0, int(file.header)), wanted)
        numbers = compress(count(1 + int(file.header)), wanted)
        pick = _picker(file.wanted)
        with file.path.open("rb") as opened:
            if opened.read(len(BOM_UTF8)) != BOM_UTF8:
                opened.seek(0)
            reader = csv.reader(
                map(bytes.decode, compress(opened, selectors)),
                delimiter=file.delimiter,
                quotechar=file.quote or None,
                quoting=csv.QUOTE_MINIMAL if file.quote else csv.QUOTE_NONE,
                strict=True,
            )
            try:
                while rows := list(islice(reader, AT_ONCE)):
                    lines = list(islice(numbers, len(rows)))
                    if len(lines) != len(rows) or any(len(row) != file.cells for row in rows):
                        raise ChangedMeanwhileError(Place(file.shown))
                    cells: list[Cells] = [pick(row) for row in rows]
                    yield PickedBatch(self, file.shown, cells, lines)
                if next(numbers, None) is not None:
                    raise ChangedMeanwhileError(Place(file.shown))
            except (csv.Error, UnicodeDecodeError) as error:
                raise ChangedMeanwhileError(Place(file.shown)) from error


def _picker(wanted: Sequence[int]) -> Callable[[Sequence[str]], Cells]:
    """Return what gets the cells at the *wanted* positions out of a row."""
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda row: tuple(row[at] for at in wanted)


class PickedBatch:
    """Rows that were picked one after the other; when they are gone through, their place goes with them."""

    def __init__(self, picked: PickedLines, file: str, rows: Sequence[Cells], lines: Sequence[int]) -> None:
        self._picked = picked
        self._rows = rows
        self.file = file
        self.lines = lines

    @property
    def columns(self) -> Sequence[Sequence[str]]:
        """The cells of the wanted columns."""
        return list(zip(*self._rows, strict=True))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Cells]:
        for cells, line in zip(self._rows, self.lines, strict=True):
            self._picked.at(self.file, line)
            yield cells
