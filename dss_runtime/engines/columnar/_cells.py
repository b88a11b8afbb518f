"""The cells that images are made of."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from dss_runtime.engines.columnar._sql import NotColumnarError, Sql
from dss_runtime.types import FieldType

Kind: TypeAlias = Literal[
    "text", "int", "double", "decimal", "bool", "date", "timestamp", "instant", "time", "uuid", "blob"
]
"""What a column holds, as the rows of the branch's importer would: `text` is str, `int` int, `double` float,
`timestamp` a datetime without zone, `instant` one with a zone, as a timestamp in UTC that has none."""


class Cell(NamedTuple):
    """A cell: the SQL of it, and its kind. Its NULL is the None of a row, unless it is `made`.

    The NULL of a cell that was made of others means that nobody knows what it holds. A `clean` text is
    surely there, and holds no NUL character.
    """

    sql: Sql
    kind: Kind = "text"
    made: bool = False
    clean: bool = False


def unfit(kind: FieldType[Any], cell: Cell) -> NotColumnarError:
    """Return the error of a cell that the type does not read, or that it has no image for."""
    return NotColumnarError(f"a column of {cell.kind} has no image as {kind.name}")
