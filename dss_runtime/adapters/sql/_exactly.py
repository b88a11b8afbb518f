"""Telling two keys apart that the database's collation takes for the same."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_CARELESS = ("mysql", "mariadb")
"""Dialects whose usual collations ignore case, accents and spaces at the end."""


class _Octets(FunctionElement[bytes]):
    """A text as the bytes of its UTF-8."""

    name = "octets"
    inherit_cache = True
    type = sa.LargeBinary()


@compiles(_Octets, *_CARELESS)
def _compile(element: _Octets, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(CONVERT({compiler.process(element.clauses, **options)} USING utf8mb4) AS BINARY)"


def needs_octets(dialect: sa.Dialect, column: sa.ColumnElement[Any]) -> bool:
    """Return whether `=` does not tell for sure that a column holds a given text."""
    return dialect.name in _CARELESS and isinstance(column.type.dialect_impl(dialect), sa.String)


def same_octets(column: sa.ColumnElement[Any], value: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a column holds exactly a text; `=` beside it makes use of an index."""
    return _Octets(column) == _Octets(value)
