"""The rows of a branch, from one file after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from dss_runtime import Place, SourceError
from dss_runtime._files import Found, find_files, written
from dss_runtime._tabular import ColumnFile, Piece
from dss_runtime.adapters.parquet._columns import positions
from dss_runtime.adapters.parquet._file import opened
from dss_runtime.adapters.parquet._parquet import ParquetFile
from dss_runtime.adapters.parquet._source import ParquetSource
from dss_runtime.adapters.parquet._values import cells_of, counted
from dss_runtime.codegen import Cells

BY_PANDAS = "pandas has written NaN for what is missing"


class ParquetRows:
    """Iterates over the cells of every row, in the order of the source's columns.

    `files` are the files that are read, `modified` is when the oldest of them was last written, `size` how
    large they are in all. A file that is missing, damaged, cut off or without any row raises SourceError.
    """

    unreadable: Sequence[tuple[Place, str]] = ()
    """Nothing: every row of a table has all columns. A value that no field can hold is an unreadable cell."""

    def __init__(self, folder: Path, source: ParquetSource) -> None:
        self.files: Sequence[Found] = find_files(folder, source.path, newest=source.newest)
        self.modified, self.size = written(self.files)
        self._source = source
        self._shown = self.files[0].shown
        self._row = 0
        self._kinds: Sequence[pa.DataType] = ()

    def __iter__(self) -> Iterator[Cells]:
        for found in self.files:
            self._shown, self._row = found.shown, 0
            yield from self._rows(found)

    def place(self) -> Place:
        """Return the file and the number, from 1, of the row that was yielded last."""
        return Place(self._shown, self._row)

    def pieces(self) -> Iterator[Piece]:
        """Yield all rows as columns; raises SourceError as iterating does."""
        for found in self.files:
            yield from self._pieces(found)

    def column_files(self) -> Sequence[ColumnFile] | str:
        """Return the files as an engine reads them by itself; text for files that are not Parquet."""
        files: list[ColumnFile] = []
        for found in self.files:
            with opened(found) as table:
                if not isinstance(table, ParquetFile):
                    return f"{found.shown} is no Parquet file"
                if table.by_pandas:
                    return BY_PANDAS
                wanted = positions(table.schema, self._source.columns, Place(found.shown))
                fields = [table.schema.field(at) for at in wanted]
                columns = tuple((each.name, str(each.type)) for each in fields)
                files.append(ColumnFile(path=found.path, shown=found.shown, columns=columns, rows=table.rows))
                self._kinds = [each.type for each in fields]
        return files

    def cells_of(self, rows: Iterable[Sequence[Any]]) -> Iterator[Cells]:
        """Yield rows of `column_files`, whose dates are days and whose times microseconds since 1970."""
        columns = zip(self._kinds, zip(*rows, strict=True), strict=True)
        return zip(*(cells_of(counted(kind, values)) for kind, values in columns), strict=True)

    def _rows(self, found: Found) -> Iterator[Cells]:
        for piece in self._pieces(found):
            for cells in piece.cells(_all(piece)):
                self._row += 1
                yield cells

    def _pieces(self, found: Found) -> Iterator[Piece]:
        row = 1
        with opened(found) as table:
            wanted = positions(table.schema, self._source.columns, Place(found.shown))
            unsure = BY_PANDAS if table.by_pandas else ""
            for columns in table.pieces(wanted):
                count = len(columns[0])
                cells = partial(_cells, columns, table.by_pandas)
                yield Piece(found.shown, row, count, columns, cells, unsure)
                row += count
        if row == 1:
            raise SourceError(
                Place(found.shown), "is without a row, and nothing is no data: has the export run?"
            )


def _all(piece: Piece) -> bytearray:
    return bytearray(b"\1" * piece.count)


def _cells(columns: Sequence[pa.Array], by_pandas: bool, wanted: bytearray) -> Iterator[Cells]:
    """Return the rows of some columns whose byte is not 0."""
    if not all(wanted):
        flags = pa.array(map(bool, wanted), pa.bool_())
        columns = [array.filter(flags) for array in columns]
    return zip(*(cells_of(array, nan_is_missing=by_pandas) for array in columns), strict=True)


def look(found: Found, source: ParquetSource) -> None:
    """Read the beginning of a file (SourceError where it cannot be read, lacks a column or has no row)."""
    rows = ParquetRows(found.path.parent, ParquetSource(path=(found.path.name,), columns=source.columns))
    next(iter(rows), None)
