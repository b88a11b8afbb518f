"""The rows of a branch, from one file after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from dss_runtime import Place
from dss_runtime._files import Found, find_files, written
from dss_runtime._tabular import TextFile
from dss_runtime.adapters.csv._file import FileRows, RowBatch
from dss_runtime.adapters.csv._lines import Lines
from dss_runtime.adapters.csv._picked import PickedLines
from dss_runtime.adapters.csv._source import CsvSource
from dss_runtime.codegen import Cells


class CsvRows:
    """Iterates over the cells of every row, in the order of the source's columns.

    Rows that are no rows (too many cells or too few, a broken quote, a NUL byte) are collected in
    `unreadable`; `modified` is when the oldest of the files was last written, `size` how large they are in
    all, `share` which part of that was read. A file that is missing, empty, truncated or without any row
    raises SourceError.
    """

    def __init__(self, folder: Path, source: CsvSource) -> None:
        self._source = source
        self._files = find_files(folder, source.path, newest=source.newest)
        self.modified, self.size = written(self._files)
        self._unreadable: list[tuple[Place, str]] = []
        self._current: FileRows | None = None
        self._lines: Lines | None = None
        self._before = 0

    def __iter__(self) -> Iterator[Cells]:
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[RowBatch]:
        """Yield the rows many at a time, from the first one on whenever this is called."""
        self._unreadable.clear()
        self._before = 0
        for found in self._files:
            with closing(Lines(found.path, found.shown, self._source.encoding)) as lines:
                self._lines = lines
                self._current = FileRows(self._source, lines, self._unreadable)
                yield from self._current.batches()
                self._before += lines.position
                self._lines = None

    def text_files(self) -> Sequence[TextFile]:
        """Return the files as an engine reads them by itself; what is no file of rows raises SourceError."""
        return [self._text_file(found) for found in self._files]

    def lines_of(self, files: Sequence[TextFile], wanted: Sequence[bytearray], /) -> PickedLines:
        """Return the rows of *files*, each a line, of which the bytes of *wanted* are not 0."""
        return PickedLines(files, wanted)

    def _text_file(self, found: Found) -> TextFile:
        source = self._source
        with closing(Lines(found.path, found.shown, source.encoding)) as lines:
            wanted, cells = FileRows(source, lines, []).shape()
        return TextFile(
            path=found.path,
            shown=found.shown,
            wanted=tuple(wanted),
            cells=cells,
            header=source.header,
            delimiter=source.delimiter,
            quote=source.quote,
            encoding=source.encoding,
        )

    def place(self) -> Place:
        """Return the file and the first line of the row that was yielded last."""
        return self._current.place() if self._current else Place(self._files[0].shown)

    @property
    def share(self) -> float:
        """Return which part of the files was read so far, from 0 to 1."""
        read = self._before + (0 if self._lines is None else self._lines.position)
        return min(read / self.size, 1.0) if self.size else 0.0

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows so far that were no rows."""
        return self._unreadable


def first_row(found: Found, source: CsvSource) -> None:
    """Read the first row of a file (SourceError where that cannot be)."""
    flaws: list[tuple[Place, str]] = []
    with closing(Lines(found.path, found.shown, source.encoding)) as lines:
        next(iter(FileRows(source, lines, flaws)), None)
