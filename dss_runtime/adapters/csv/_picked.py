"""Some of the rows of a branch's files: those that an engine has not proven to be the same elsewhere."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, compress, count, islice, repeat
from operator import itemgetter
from typing import Any

from dss_runtime import Place
from dss_runtime._tabular import ChangedMeanwhileError, TextFile
from dss_runtime.codegen import Cells

AT_ONCE = 1000
"""How many rows are read at once."""
BUFFER = 1 << 18
"""How many bytes are read at once: most lines are passed over, which is then as fast as it gets."""


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
        with file.path.open("rb", buffering=BUFFER) as opened:
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
                    if len(lines) != len(rows) or {*map(len, rows)} != {file.cells}:
                        raise ChangedMeanwhileError(Place(file.shown))
                    yield PickedBatch(self, file.shown, rows, lines, pick)
                if next(numbers, None) is not None:
                    raise ChangedMeanwhileError(Place(file.shown))
            except (csv.Error, UnicodeDecodeError) as error:
                raise ChangedMeanwhileError(Place(file.shown)) from error


def _picker(wanted: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return what gets the cells at the *wanted* positions out of a row, or as many columns out of all."""
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda row: tuple(row[at] for at in wanted)


class PickedBatch:
    """Rows that were picked one after the other; when they are gone through, their place goes with them.

    Of all cells of a row, *pick* gets those that are wanted.
    """

    def __init__(
        self,
        picked: PickedLines,
        file: str,
        rows: Sequence[Sequence[str]],
        lines: Sequence[int],
        pick: Callable[[Sequence[Any]], tuple[Any, ...]],
    ) -> None:
        self._picked = picked
        self._rows = rows
        self._pick = pick
        self.file = file
        self.lines = lines

    @property
    def columns(self) -> Sequence[Sequence[str]]:
        """The cells of the wanted columns."""
        return self._pick(list(zip(*self._rows, strict=True)))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Cells]:
        for row, line in zip(self._rows, self.lines, strict=True):
            self._picked.at(self.file, line)
            yield self._pick(row)
