"""Expressions over rows, evaluated by DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from dss_runtime.engines.columnar import Cell, Kind, Sql

_ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "int": pa.int64(),
    "double": pa.float64(),
    "decimal": pa.decimal128(38, 19),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "instant": pa.timestamp("us"),
    "time": pa.time64("us"),
    "blob": pa.binary(),
}


class Duck:
    """Evaluates expressions over columns that are called c0, c1, … and are of some kinds."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("SET threads = 1")

    def cells(self, kinds: Sequence[Kind]) -> list[Cell]:
        """Return the cells of such columns."""
        return [Cell(exp.column(f"c{at}"), kind) for at, kind in enumerate(kinds)]

    def evaluate(
        self, expressions: Sequence[Sql], kinds: Sequence[Kind], rows: Sequence[Sequence[Any]]
    ) -> list[tuple[Any, ...]]:
        """Return what the expressions are in each row."""
        columns = {
            f"c{at}": pa.array([_native(kind, row[at]) for row in rows], _ARROW[kind])
            for at, kind in enumerate(kinds)
        }
        places = pa.array(range(len(rows)), pa.int64())
        self._connection.register("rows", pa.table({**columns, "place": places}))
        listed = ", ".join(each.sql("duckdb") for each in expressions)
        return self._connection.execute(f"SELECT {listed} FROM rows ORDER BY place").fetchall()


def _native(kind: Kind, value: Any) -> Any:
    if kind == "instant" and isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
