"""The rows of one file, each checked to be one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, compress
from operator import itemgetter, not_
from typing import TYPE_CHECKING

from dss_runtime import Place, SourceError
from dss_runtime.adapters.csv._header import HeaderError, positions
from dss_runtime.adapters.csv._lines import Lines
from dss_runtime.adapters.csv._source import CsvSource
from dss_runtime.codegen import Cells

if TYPE_CHECKING:
    from _csv import Reader


class RowBatch:
    """Rows of a file that follow each other; when they are gone through, the file's place goes with them."""

    def __init__(
        self, file: FileRows, rows: Sequence[Sequence[str]], wanted: Sequence[int], lines: Sequence[int]
    ) -> None:
        self._file = file
        self._rows = rows
        self._wanted = wanted
        self.file = file.place().file
        self.lines = lines

    @property
    def columns(self) -> Sequence[Sequence[str]]:
        """The cells of the wanted columns."""
        columns = list(zip(*self._rows, strict=True))
        return [columns[at] for at in self._wanted]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Cells]:
        for cells, line in zip(map(_picker(self._wanted), self._rows), self.lines, strict=True):
            self._file.at(line)
            yield cells


class FileRows:
    """Iterates over the cells of each row of a file; what is no row is added to *unreadable*."""

    def __init__(self, source: CsvSource, lines: Lines, unreadable: list[tuple[Place, str]]) -> None:
        self._source = source
        self._lines = lines
        self._unreadable = unreadable
        self._line = 1

    def at(self, line: int) -> None:
        """Take note that the row was read last that begins in *line*."""
        self._line = line

    def place(self) -> Place:
        """Return the file and the first line of the row that was read last."""
        return Place(self._lines.shown, self._line)

    def __iter__(self) -> Iterator[Cells]:
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[RowBatch]:
        """Yield the rows many at a time, as long as nothing is wrong with their lines, then one by one."""
        before = len(self._unreadable)
        first = next(self._rows(), None)
        wanted = self._wanted(first, before)
        if first is not None and not self._source.header:
            yield RowBatch(self, [first], wanted, [self._line])
        expected = len(first or ())
        empty = self._source.header
        for rows, lines in self._many_rows():
            empty = empty and not rows
            whole = [len(row) == expected for row in rows]
            if not all(whole):
                for row, line in compress(zip(rows, lines, strict=True), map(not_, whole)):
                    self._line = line
                    self._ragged(row, expected)
                rows, lines = list(compress(rows, whole)), list(compress(lines, whole))
            yield RowBatch(self, rows, wanted, lines)
        if empty and len(self._unreadable) == before:
            raise self._without("a row below the header")

    def shape(self) -> tuple[Sequence[int], int]:
        """Return where in a row the wanted cells are, and how many cells a row has (SourceError as above)."""
        before = len(self._unreadable)
        first = next(self._rows(), None)
        return self._wanted(first, before), len(first or ())

    def _wanted(self, first: Sequence[str] | None, before: int) -> Sequence[int]:
        """Return where the wanted cells are, by the first row: the header, where there is one."""
        if self._source.header:
            return self._header(first, before)
        if first is None:
            raise self._without("a row")
        return self._pick(first, self._source.columns)

    def _many_rows(self) -> Iterator[tuple[list[list[str]], Sequence[int]]]:
        """Yield rows that hold something, and the line in which each begins."""
        lines: list[str] = []
        goes_on = True
        while goes_on and (more := self._lines.batch()):
            lines += more
            first = self._lines.number - len(lines) + 1
            rows, goes_on = self._parsed(lines)
            starts: Sequence[int] = range(first, first + len(rows) + 1)
            if len(rows) < len(lines):
                starts = list(accumulate(map(_height, rows), initial=first))
            lines = lines[starts[-1] - first :]
            if min(map(len, rows), default=2) > 1:
                yield rows, starts[:-1]
            else:
                filled = list(map(_holds_something, rows))
                yield list(compress(rows, filled)), list(compress(starts, filled))
        for row in self._rows(lines):
            yield [row], [self._line]

    def _parsed(self, lines: list[str]) -> tuple[list[list[str]], bool]:
        """Return the rows of *lines* before the first broken one, and whether none is, or only goes on."""
        rows: list[list[str]] = []
        ended: list[str] = []
        try:
            rows.extend(self._reader(chain(lines, _ending(ended))))
        except csv.Error:
            return rows, bool(ended)
        return rows, True

    def _reader(self, lines: Iterable[str]) -> Reader:
        source = self._source
        return csv.reader(
            lines,
            delimiter=source.delimiter,
            quotechar=source.quote or None,
            quoting=csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE,
            strict=True,
        )

    def _rows(self, held: Sequence[str] = ()) -> Iterator[list[str]]:
        """Yield every row that holds something and can be told from its neighbours, those of *held* first."""
        lines = self._lines
        before = lines.number - len(held)
        reader = self._reader(chain(held, lines))
        while True:
            line = before + reader.line_num + 1
            try:
                for row in reader:
                    if lines.flaw:
                        self._reject(line, lines.flaw)
                    elif _holds_something(row):
                        self._line = line
                        yield row
                    line = before + reader.line_num + 1
                return
            except csv.Error as error:
                self._broken(line, error)

    def _broken(self, line: int, error: csv.Error) -> None:
        """Take note of a row whose quotes or length are wrong; SourceError when the file ends within it."""
        if self._lines.exhausted:
            raise SourceError(
                Place(self._lines.shown, line),
                "the file ends within a quoted cell of this row: it is truncated, or a quote is not closed",
            )
        if "limit" in str(error):
            reason = f"a cell of more than {csv.field_size_limit():,} characters: is a quote not closed?"
        else:
            reason = f"a quoted cell does not end at the delimiter ({error}): is `quote` right?"
        self._reject(line, self._lines.flaw or reason)

    def _reject(self, line: int, reason: str) -> None:
        self._lines.flaw = ""
        self._unreadable.append((Place(self._lines.shown, line), reason))

    def _ragged(self, row: Sequence[str], expected: int) -> None:
        reason = f"expected {expected} cells, found {len(row)}"
        if len(row) < expected and not self._lines.ended:
            raise SourceError(
                self.place(),
                f"{reason}, and the file ends there: it is truncated; run again when the export is complete",
            )
        self._reject(self._line, f"{reason} (a line break inside a field?)")

    def _header(self, header: Sequence[str] | None, before: int) -> Sequence[int]:
        if len(self._unreadable) > before:
            raise SourceError(*self._unreadable[before])
        if header is None:
            raise self._without("a header")
        try:
            return positions(header, self._source.columns, prefix=self._source.prefix)
        except HeaderError as error:
            raise SourceError(self.place(), str(error)) from None

    def _pick(self, first: Sequence[str], columns: Sequence[str | int]) -> Sequence[int]:
        named = [column for column in columns if not isinstance(column, int)]
        if named:
            raise SourceError(
                self.place(), f"there is no header to name the column {named[0]!r}: give its position"
            )
        found = [column for column in columns if isinstance(column, int)]
        needed = max(found, default=-1) + 1
        if len(first) < needed:
            raise SourceError(
                self.place(),
                f"expected at least {needed} cells, found {len(first)}: are `delimiter` and positions right?",
            )
        return found

    def _without(self, what: str) -> SourceError:
        return SourceError(
            Place(self._lines.shown),
            f"is without {what}, and nothing is no data: has the export run, and is it complete?",
        )


def _holds_something(row: Sequence[str]) -> bool:
    return len(row) > 1 or (len(row) == 1 and row[0].strip() != "")


def _height(row: Sequence[str]) -> int:
    """Return in how many lines a row stands: each line break in it is within a quoted cell."""
    return 1 + sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") for cell in row)


def _ending(ended: list[str]) -> Iterator[str]:
    """Yield nothing, and put a sign of that into *ended*: whoever asks has taken all that came before."""
    ended.append("")
    yield from ()


def _picker(wanted: Sequence[int]) -> Callable[[Sequence[str]], Cells]:
    """Return what gets the cells at the *wanted* positions out of a row."""
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda row: tuple(row[at] for at in wanted)
