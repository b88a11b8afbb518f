"""One side that is columns: files of columns, or a driver's rows that were made to columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import TYPE_CHECKING

from dss_runtime import Place
from dss_runtime._reading import Cells, SourceRows
from dss_runtime._tabular import Piece
from dss_runtime._typing import override
from dss_runtime.engines.duckdb._side import Rows

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from dss_runtime.engines.columnar import Cell, Kind

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
        from dss_runtime.engines.duckdb._arrow import ArrowException, columned, table_of

        self._pieces = [columned(each) for each in self._pieces]
        reason = next((each.unsure for each in self._pieces if each.unsure), "")
        if reason or self._unreadable:
            return reason or "some rows are unreadable"
        if not self._count:
            return "there is no row"
        try:
            self._table, self._kinds = table_of(self._pieces)
        except (ArrowException, TypeError) as error:
            return f"its columns are kept as they are: {error}"
        return ""

    @override
    def relation(self, connection: duckdb.DuckDBPyConnection, alias: str) -> str:
        name = f"rows_of_{alias}"
        connection.register(name, self._table)
        return f"(SELECT row_number() OVER () AS n, 0 AS size, * FROM {name})"

    @override
    def cells(self, alias: str) -> list[Cell]:
        from dss_runtime.engines.duckdb._cells import cell

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
