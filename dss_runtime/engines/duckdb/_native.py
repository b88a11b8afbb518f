"""Rows with native values, as a database gives them: kept as columns of Arrow, while that loses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import compress, islice
from typing import Any

from dss_runtime import Place
from dss_runtime._extras import extra
from dss_runtime._reading import Cells, SourceRows
from dss_runtime._typing import override
from dss_runtime.engines.columnar import Cell, Kind
from dss_runtime.engines.duckdb._cells import cell
from dss_runtime.engines.duckdb._side import Rows

with extra("duckdb"):
    import duckdb
    import pyarrow as pa

_AT_ONCE = 20_000
_KEPT: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    date: pa.date32(),
}
"""The types of values that are the same again when they come out of a column."""
_KINDS: dict[pa.DataType, Kind] = {
    pa.null(): "text",
    pa.string(): "text",
    pa.int64(): "int",
    pa.float64(): "double",
    pa.bool_(): "bool",
    pa.binary(): "blob",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp",
}


class NativeSide(Rows):
    """Rows that come as tuples of native values, and are kept until both sides are there."""

    FEW = 20_000

    def __init__(self, rows: SourceRows) -> None:
        super().__init__(rows)
        self._batches: list[pa.Table | list[Cells]] = []
        self._places = _Places(rows)
        self._refused = ""
        self._count = 0
        cells = iter(rows)
        while batch := list(islice(cells, _AT_ONCE)):
            self._count += len(batch)
            self._batches.append(batch if self._refused else self._kept(batch))
        if not self._refused and not rows.unreadable:
            self._unify()

    def _kept(self, batch: list[Cells]) -> pa.Table | list[Cells]:
        try:
            columns = [_column(values) for values in zip(*batch, strict=True)]
        except (pa.ArrowException, OverflowError, UnicodeError, TypeError) as error:
            self._refused = f"its values are kept as they are: {error}"
            return batch
        return pa.table(columns, names=[f"c{at}" for at in range(len(columns))])

    def _unify(self) -> None:
        """A column has one type throughout, whichever rows have no value in it."""
        tables = [each for each in self._batches if isinstance(each, pa.Table)]
        try:
            whole = pa.concat_tables(tables, promote_options="default") if tables else None
        except pa.ArrowException as error:
            self._refused = f"its values are of several types: {error}"
            return
        self._batches = [] if whole is None else [whole]

    @property
    @override
    def few(self) -> bool:
        return self._count < self.FEW

    @override
    def refuse(self) -> str:
        return self._refused or ("" if self._count else "it has no row")

    @override
    def relation(self, connection: duckdb.DuckDBPyConnection, alias: str) -> str:
        name = f"rows_of_{alias}"
        connection.register(name, self._whole)
        return f"(SELECT row_number() OVER () AS n, 0 AS size, * FROM {name})"

    @property
    def _whole(self) -> pa.Table:
        (whole,) = self._batches
        return whole

    @override
    def cells(self, alias: str) -> list[Cell]:
        return [cell(alias, at, _KINDS[kind]) for at, kind in enumerate(self._whole.schema.types)]

    @property
    @override
    def total(self) -> int:
        return 0

    @override
    def picked(self, wanted: bytearray) -> SourceRows:
        return _Kept(self._batches, self._places, wanted)

    @override
    def check(self) -> None:
        """They are kept here, and nobody changes them."""

    @override
    def all(self) -> SourceRows:
        return _Kept(self._batches, self._places, bytearray(b"\1" * self._count))


def _column(values: Sequence[Any]) -> pa.Array:
    kinds: set[type] = {type(value) for value in values}
    kinds.discard(type(None))
    if not kinds:
        return pa.nulls(len(values))
    if kinds == {datetime} and all(value is None or value.tzinfo is None for value in values):
        return pa.array(values, pa.timestamp("us"))
    if len(kinds) > 1 or not kinds <= _KEPT.keys():
        raise TypeError(f"no column holds {', '.join(sorted(each.__name__ for each in kinds))}")
    return pa.array(values, _KEPT[kinds.pop()], from_pandas=False)


class _Places:
    """Where the rows of a source are, by their numbers."""

    def __init__(self, rows: SourceRows) -> None:
        self._file = rows.place().file
        self.unreadable = rows.unreadable

    def __getitem__(self, number: int) -> Place:
        return Place(self._file, number)


class _Kept:
    """Some rows of those that were kept."""

    unreadable: Sequence[tuple[Place, str]] = ()

    def __init__(self, batches: Sequence[pa.Table | list[Cells]], places: _Places, wanted: bytearray) -> None:
        self._batches = batches
        self._places = places
        self._wanted = wanted
        self._number = 0

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._places[self._number]

    def __iter__(self) -> Iterator[Cells]:
        numbers = compress(range(1, len(self._wanted) + 1), self._wanted)
        for number, cells in zip(numbers, self._cells(), strict=True):
            self._number = number
            yield cells

    def _cells(self) -> Iterator[Cells]:
        start = 0
        for batch in self._batches:
            wanted = self._wanted[start : start + len(batch)]
            start += len(batch)
            if isinstance(batch, pa.Table):
                chosen = batch.filter(pa.array([flag != 0 for flag in wanted], pa.bool_()))
                yield from zip(*(column.to_pylist() for column in chosen.columns), strict=True)
            else:
                yield from compress(batch, wanted)
