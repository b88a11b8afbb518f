"""The rows of one file, each checked to be one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from dss_runtime import Place, SourceError
from dss_runtime.adapters.csv._header import HeaderError, positions
from dss_runtime.adapters.csv._lines import Lines
from dss_runtime.adapters.csv._source import CsvSource
from dss_runtime.codegen import Cells


class FileRows:
    """Iterates over the cells of each row of a file; what is no row is added to *unreadable*."""

    def __init__(self, source: CsvSource, lines: Lines, unreadable: list[tuple[Place, str]]) -> None:
        self._source = source
        self._lines = lines
        self._unreadable = unreadable
        self._line = 1

    def place(self) -> Place:
        """Return the file and the first line of the row that was read last."""
        return Place(self._lines.shown, self._line)

    def __iter__(self) -> Iterator[Cells]:
        before = len(self._unreadable)
        rows = self._rows()
        first = next(rows, None)
        pick = _picker(self._wanted(first, before))
        if first is not None and not self._source.header:
            yield pick(first)
        expected = len(first or ())
        empty = self._source.header
        for row in rows:
            empty = False
            if len(row) == expected:
                yield pick(row)
            else:
                self._ragged(row, expected)
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

    def _rows(self) -> Iterator[list[str]]:
        """Yield every row that holds something and that can be told from its neighbours."""
        lines, source = self._lines, self._source
        reader = csv.reader(
            lines,
            delimiter=source.delimiter,
            quotechar=source.quote or None,
            quoting=csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE,
            strict=True,
        )
        while True:
            line = reader.line_num + 1
            try:
                for row in reader:
                    if lines.flaw:
                        self._reject(line, lines.flaw)
                    elif len(row) > 1 or (row and row[0].strip()):
                        self._line = line
                        yield row
                    line = reader.line_num + 1
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


def _picker(wanted: Sequence[int]) -> Callable[[Sequence[str]], Cells]:
    """Return what gets the cells at the *wanted* positions out of a row."""
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda row: tuple(row[at] for at in wanted)
