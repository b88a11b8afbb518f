"""Reading what is in a column, even where it is not what the column should hold."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from dss_runtime.codegen import override


def readable(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return *column* for a SELECT that gives values as they are where they are not of the column's type.

    Otherwise a single cell such as "soon" in a DATE column of SQLite would end the whole import; so, the
    field's type refuses it, and the row is quarantined with its place.
    """
    if isinstance(column.type, sa.Boolean):
        # SQLAlchemy makes any number True; the field's type is stricter.
        return sa.type_coerce(column, sa.types.NullType()).label(column.name)
    read = _Text(column) if isinstance(column.type, sa.String) else column
    return sa.type_coerce(read, _Lenient(column.type)).label(column.name)


class _Text(FunctionElement[str]):
    """A column as text, whatever it is: PostgreSQL's driver makes values of UUIDs and JSON."""

    name = "text"
    inherit_cache = True


@compiles(_Text)
def _as_it_is(element: _Text, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_Text, "postgresql")
def _cast(element: _Text, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"


class _Convert(Protocol):
    """Makes a value of what the driver gives."""

    def __call__(self, value: Any) -> Any: ...


class _Lenient(TypeDecorator[Any]):
    """Like another type, but a value that this one cannot convert comes as the driver gave it."""

    impl = sa.types.NullType
    cache_ok = True

    def __init__(self, like: TypeEngine[Any]) -> None:
        super().__init__()
        self.like = like

    @override
    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(self.like)

    @override
    def result_processor(self, dialect: sa.Dialect, coltype: object) -> _Convert | None:
        convert = self.like.dialect_impl(dialect).result_processor(dialect, coltype)
        if convert is None:
            return None

        def lenient(value: Any) -> Any:
            try:
                return convert(value)
            except (ArithmeticError, AttributeError, TypeError, ValueError):
                return value

        return lenient
