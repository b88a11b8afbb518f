"""Rows of native values as pieces of columns, while that loses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from itertools import compress, islice
from typing import Any

from dss_runtime._extras import extra
from dss_runtime._reading import Cells, SourceRows
from dss_runtime._tabular import Piece

with extra("duckdb"):
    import pyarrow as pa

AT_ONCE = 20_000
_KEPT: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    date: pa.date32(),
}
"""The types of values that are the same again when they come out of a column."""


def pieces_of(rows: SourceRows) -> Iterator[Piece]:
    """Yield *rows*, tuples of a driver's values, as columns; as they are where no column holds them."""
    cells, first = iter(rows), 1
    while batch := list(islice(cells, AT_ONCE)):
        columns, unsure = _columns(batch)
        kept = partial(compress, batch) if unsure else partial(_tuples, columns)
        yield Piece(rows.place().file, first, len(batch), columns, kept, unsure)
        first += len(batch)


def _columns(batch: Sequence[Cells]) -> tuple[list[pa.Array], str]:
    """Return rows as columns, and why there are none."""
    try:
        return [_column(values) for values in zip(*batch, strict=True)], ""
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError) as error:
        return [], f"a value fits into no column: {error}"


def _column(values: Sequence[Any]) -> pa.Array:
    kinds: set[type] = {type(value) for value in values}
    kinds.discard(type(None))
    if not kinds:
        return pa.nulls(len(values))
    if kinds == {datetime} and all(value is None or value.tzinfo is None for value in values):
        return pa.array(values, pa.timestamp("us"))
    if len(kinds) > 1 or not kinds <= _KEPT.keys():
        raise TypeError(f"no type for {', '.join(sorted(each.__name__ for each in kinds))}")
    return pa.array(values, _KEPT[kinds.pop()])


def _tuples(columns: Sequence[pa.Array], wanted: bytearray) -> Iterator[Cells]:
    flags = pa.array(map(bool, wanted), pa.bool_())
    return zip(*(column.filter(flags).to_pylist() for column in columns), strict=True)
