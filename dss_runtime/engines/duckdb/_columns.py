"""One side that is columns: files of columns, or a driver's rows that were made to columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from dss_runtime import Place
from dss_runtime._extras import extra
from dss_runtime._reading import Cells, SourceRows
from dss_runtime._tabular import Piece
from dss_runtime._typing import override
from dss_runtime.engines.columnar import Cell, Kind
from dss_runtime.engines.duckdb._cells import cell
from dss_runtime.engines.duckdb._side import Rows

with extra("duckdb"):
    import duckdb
    import pyarrow as pa
    from pyarrow import types

FEW = 20_000


class ColumnSide(Rows):
    """Rows as columns, which are kept until both sides are there."""

    def __init__(self, rows: SourceRows, pieces: Iterable[Piece]) -> None:
        super().__init__(rows)
        self._pieces = list(pieces)
        self._unreadable = rows.unreadable
        self._table: pa.Table | None = None
        self._kinds: list[Kind] = []

    @property
    def _count(self) -> int:
        return sum(each.count for each in self._pieces)

    @property
    @override
    def few(self) -> bool:
        return self._count < FEW

    @override
    def refuse(self) -> str:
        reason = next((each.unsure for each in self._pieces if each.unsure), "")
        if reason or self._unreadable:
            return reason or "some rows are unreadable"
        if not self._count:
            return "there is no row"
        try:
            columns = [
                _whole(arrays) for arrays in zip(*(each.columns for each in self._pieces), strict=True)
            ]
            self._kinds = [_kind(column.type) for column in columns]
        except (pa.ArrowException, TypeError) as error:
            return f"its columns are kept as they are: {error}"
        self._table = pa.Table.from_arrays(columns, [f"c{at}" for at in range(len(columns))])
        return ""

    @override
    def relation(self, connection: duckdb.DuckDBPyConnection, alias: str) -> str:
        name = f"rows_of_{alias}"
        connection.register(name, self._table)
        return f"(SELECT row_number() OVER () AS n, 0 AS size, * FROM {name})"

    @override
    def cells(self, alias: str) -> list[Cell]:
        return [cell(alias, at, kind) for at, kind in enumerate(self._kinds)]

    @property
    @override
    def total(self) -> int:
        return 0

    @override
    def picked(self, wanted: bytearray) -> SourceRows:
        return _Picked(self._pieces, wanted, self._unreadable)

    @override
    def check(self) -> None:
        """They are kept here, and nobody changes them."""

    @override
    def all(self) -> SourceRows:
        return _Picked(self._pieces, bytearray(b"\1" * self._count), self._unreadable)


class _Picked:
    """Some rows of pieces."""

    def __init__(
        self, pieces: Sequence[Piece], wanted: bytearray, unreadable: Sequence[tuple[Place, str]]
    ) -> None:
        self._pieces = pieces
        self._wanted = wanted
        self._place = Place("")
        self.unreadable = unreadable

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._place

    def __iter__(self) -> Iterator[Cells]:
        start = 0
        for piece in self._pieces:
            wanted = self._wanted[start : start + piece.count]
            start += piece.count
            if any(wanted):
                numbers = compress(range(piece.first, piece.first + piece.count), wanted)
                for number, cells in zip(numbers, piece.cells(wanted), strict=True):
                    self._place = Place(piece.shown, number)
                    yield cells


def _whole(arrays: Sequence[pa.Array]) -> pa.ChunkedArray:
    """Return the pieces of a column as one: of one type, whichever pieces have no value in it.

    Raises TypeError where they are of several, and ArrowInvalid for text that is no UTF-8.
    """
    plain = [each.dictionary_decode() if isinstance(each, pa.DictionaryArray) else each for each in arrays]
    (kind, *others) = {each.type for each in plain if not types.is_null(each.type)} or {pa.null()}
    if others:
        raise TypeError("a column is of several types")
    for each in plain:
        each.validate(full=True)
    return pa.chunked_array(
        [pa.nulls(len(each), kind) if types.is_null(each.type) else each for each in plain]
    )


def _kind(kind: pa.DataType) -> Kind:
    """Return what the images of a column are made for (TypeError where there are none)."""
    for name, held in _KINDS.items():
        if kind in held:
            return name
    raise TypeError(f"{kind} is not compared in columns")


_KINDS: dict[Kind, tuple[pa.DataType, ...]] = {
    "text": (pa.string(), pa.large_string(), pa.null()),
    "int": (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()),
    "double": (pa.float64(),),
    "bool": (pa.bool_(),),
    "blob": (pa.binary(), pa.large_binary()),
    "date": (pa.date32(),),
    "timestamp": (pa.timestamp("us"),),
}
