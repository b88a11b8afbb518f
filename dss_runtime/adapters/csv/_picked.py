"""Some of the rows of a branch's files: those that an engine has not proven to be the same elsewhere."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, count, islice, repeat

from dss_runtime import Place
from dss_runtime._tabular import ChangedMeanwhileError, TextFile
from dss_runtime.codegen import Cells

AT_ONCE = 1000
"""How many rows are read at once."""
BUFFER = 1 << 18
"""How many bytes are read at once: most lines are passed over, which is then as fast as it gets."""

LONGEST = 100_000
"""Characters of a line of which no cell can be too long for the csv module."""


class PickedLines:
    """Iterates over the cells of some rows of *files*, each row of which is one line.

    Of each file, a byte of *wanted* that is not 0 stands for a row that is yielded. Raises
    ChangedMeanwhileError where such a line is no row, as it was when somebody counted the rows, or cannot be
    read any more.
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
        try:
            with file.path.open("rb", buffering=BUFFER) as opened:
                if opened.read(len(BOM_UTF8)) != BOM_UTF8:
                    opened.seek(0)
                picked = map(bytes.decode, compress(opened, selectors))
                while lines := list(islice(picked, AT_ONCE)):
                    columns = split(file, lines) or _read(file, lines)
                    cells = [columns[at] for at in file.wanted]
                    yield PickedBatch(self, file.shown, cells, list(islice(numbers, len(lines))))
        except (csv.Error, UnicodeDecodeError, OSError) as error:
            raise ChangedMeanwhileError(Place(file.shown)) from error
        if next(numbers, None) is not None:
            raise ChangedMeanwhileError(Place(file.shown))


def split(file: TextFile, lines: Sequence[str]) -> list[Sequence[str]]:
    """Return the columns of *lines*, none where the csv module has to be asked: it takes twice as long."""
    text = "".join(lines).replace("\r\n", "\n")
    strange = [each for each in (file.quote, "\r", "\0") if each and each in text]
    if strange or file.cells == 1 or max(map(len, lines)) > LONGEST:
        return []
    if {line.count(file.delimiter) for line in lines} != {file.cells - 1}:
        return []
    cells = text.replace("\n", file.delimiter).split(file.delimiter)
    return [cells[at : len(lines) * file.cells : file.cells] for at in range(file.cells)]


def _read(file: TextFile, lines: Sequence[str]) -> list[Sequence[str]]:
    """Return the columns of *lines*; ChangedMeanwhileError, or csv.Error, where one is no row of the file."""
    reader = csv.reader(
        lines,
        delimiter=file.delimiter,
        quotechar=file.quote or None,
        quoting=csv.QUOTE_MINIMAL if file.quote else csv.QUOTE_NONE,
        strict=True,
    )
    rows = list(reader)
    if len(rows) != len(lines) or any(len(row) != file.cells for row in rows):
        raise ChangedMeanwhileError(Place(file.shown))
    return list(zip(*rows, strict=True))


class PickedBatch:
    """Rows that were picked one after the other; when they are gone through, their place goes with them."""

    def __init__(
        self, picked: PickedLines, file: str, columns: Sequence[Sequence[str]], lines: Sequence[int]
    ) -> None:
        self._picked = picked
        self.columns = columns
        self.file = file
        self.lines = lines

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Cells]:
        rows: Iterable[Cells] = zip(*self.columns, strict=True) if self.columns else repeat(())
        for cells, line in zip(rows, self.lines):  # noqa: B905 - rows without a cell have no end
            self._picked.at(self.file, line)
            yield cells
