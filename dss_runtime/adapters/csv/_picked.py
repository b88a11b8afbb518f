"""Some of the rows of a branch's files: those that an engine has not proven to be the same elsewhere."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from itertools import chain, compress, count, repeat
from operator import itemgetter

from dss_runtime import Place
from dss_runtime._tabular import ChangedMeanwhileError, TextFile
from dss_runtime.codegen import Cells


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
        for file, wanted in zip(self._files, self._wanted, strict=True):
            yield from self._of(file, wanted)

    def _of(self, file: TextFile, wanted: bytearray) -> Iterator[Cells]:
        self._shown = file.shown
        selectors = chain(repeat(0, int(file.header)), wanted)
        numbers = compress(count(1 + int(file.header)), wanted)
        pick = itemgetter(*file.wanted) if len(file.wanted) > 1 else None
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
                for number, row in zip(numbers, reader, strict=True):
                    self._line = number
                    if len(row) != file.cells:
                        raise ChangedMeanwhileError(self.place())
                    yield pick(row) if pick else (row[file.wanted[0]],)
            except (csv.Error, UnicodeDecodeError, ValueError) as error:
                raise ChangedMeanwhileError(self.place()) from error
