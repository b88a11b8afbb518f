"""Expressions over rows, evaluated by Spark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dss_runtime.engines.columnar import Cell, Kind, Sql
from dss_runtime.engines.spark._sql import sql

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_TYPES: dict[Kind, str] = {
    "text": "STRING",
    "int": "BIGINT",
    "double": "DOUBLE",
    "decimal": "DECIMAL(38, 19)",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ",
    "instant": "TIMESTAMP_NTZ",
    "blob": "BINARY",
}

_SENT = {"timestamp": "unix_micros({})", "timestamp_ntz": "unix_micros(CAST({} AS TIMESTAMP))"}
"""Moments as numbers: Python makes times of them in the zone of this machine, or cannot."""


class Cluster:
    """Evaluates expressions over columns that are called c0, c1, … and are of some kinds, as DuckDB does."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def cells(self, kinds: Sequence[Kind]) -> list[Cell]:
        """Return the cells of such columns."""
        return [Cell(exp.column(f"c{at}"), kind) for at, kind in enumerate(kinds)]

    def evaluate(
        self, expressions: Sequence[Sql], kinds: Sequence[Kind], rows: Sequence[Sequence[Any]]
    ) -> list[tuple[Any, ...]]:
        """Return what the expressions are in each row."""
        schema = ", ".join(f"c{at} {_TYPES[kind]}" for at, kind in enumerate(kinds))
        given = [(*map(_native, kinds, row), number) for number, row in enumerate(rows)]
        frame = self._session.createDataFrame(given, f"{schema}, place BIGINT")
        named = [f"{sql(each)} AS e{at}" for at, each in enumerate(expressions)]
        told = frame.selectExpr("place", *named)
        found = told.selectExpr(*(_SENT.get(kind, "{}").format(name) for name, kind in told.dtypes)).collect()
        return [tuple(row[1:]) for row in sorted(found, key=lambda row: row[0])]


def _native(kind: Kind, value: Any) -> Any:
    if kind == "instant" and isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
