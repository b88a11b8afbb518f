"""Rows of native values as columns of Arrow, while that loses nothing, and columns as one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from dss_runtime._extras import extra
from dss_runtime._reading import Cells
from dss_runtime._tabular import Piece
from dss_runtime.engines.columnar import Kind

with extra("duckdb"):
    import pyarrow as pa
    from pyarrow import types

ArrowException: type[Exception] = pa.ArrowException
_KEPT: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    date: pa.date32(),
}
"""The types of values that are the same again when they come out of a column."""
_KINDS: dict[Kind, tuple[pa.DataType, ...]] = {
    "text": (pa.string(), pa.large_string(), pa.null()),
    "int": (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()),
    "double": (pa.float64(),),
    "bool": (pa.bool_(),),
    "blob": (pa.binary(), pa.large_binary()),
    "date": (pa.date32(),),
    "timestamp": (pa.timestamp("us"),),
}


def columned(piece: Piece) -> Piece:
    """Return a piece of rows as columns, or with the reason why no column holds them."""
    if piece.columns or piece.unsure:
        return piece
    try:
        rows = piece.cells(bytearray(b"\1" * piece.count))
        columns = [_column(values) for values in zip(*rows, strict=True)]
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError) as error:
        return replace(piece, unsure=f"a value fits into no column: {error}")
    return replace(piece, columns=columns, cells=partial(_tuples, columns))


def table_of(pieces: Sequence[Piece]) -> tuple[pa.Table, list[Kind]]:
    """Return the columns `c0`, `c1`, … of all *pieces*, and what their images are made for.

    Raises TypeError where a column is of several types, or of one that is not compared in columns, and
    ArrowException for text that is no UTF-8.
    """
    columns = [_whole(arrays) for arrays in zip(*(each.columns for each in pieces), strict=True)]
    kinds = [_kind(column.type) for column in columns]
    return pa.Table.from_arrays(columns, [f"c{at}" for at in range(len(columns))]), kinds


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


def _whole(arrays: Sequence[pa.Array]) -> pa.ChunkedArray:
    """Return the pieces of a column as one: of one type, whichever pieces have no value in it."""
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
    for name, held in _KINDS.items():
        if kind in held:
            return name
    raise TypeError(f"{kind} is not compared in columns")
