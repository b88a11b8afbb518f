"""What the columns of a table really are, where that is not what the schema makes of its fields."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from dss_runtime.codegen import override

Types: TypeAlias = Mapping[str, TypeEngine[Any]]
"""The type of each column, by name, that is not what the schema makes of it."""

_UUID_DIGITS = 32


class AsText(UserDefinedType[str]):
    """Text that the database makes a value of the column's own type from, such as an ENUM of PostgreSQL."""

    cache_ok = True


class _Number(TypeDecorator[int]):
    """A truth value that is kept as a number."""

    impl = sa.BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> int | None:
        return None if value is None else int(value)


class _Truth(TypeDecorator[bool]):
    """The numbers 0 and 1 that are kept as truth values."""

    impl = sa.Boolean
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> bool | None:
        return None if value is None else bool(value)


def real_types(connection: sa.Connection, table: sa.Table) -> Types:
    """Return the types of those columns of *table* that values have to be made to fit.

    PostgreSQL takes no truth value for a smallint and no text for an ENUM; other databases round, cut off or
    move what does not fit, without a word. In SQLite a value has a type, and a column none.
    """
    if connection.dialect.name == "sqlite":
        return {}
    strict = connection.dialect.name == "postgresql"
    return {
        str(each["name"]): kind
        for each in _reflected(connection, table)
        if each["name"] in table.columns
        and (kind := _fitting(table.columns[each["name"]].type, each["type"], strict)) is not None
    }


def computed_columns(connection: sa.Connection, table: sa.Table) -> frozenset[str]:
    """Return the columns of *table* whose values the database makes itself, and takes from nobody."""
    return frozenset(
        str(each["name"])
        for each in _reflected(connection, table)
        if each.get("computed") or ((identity := each.get("identity")) and identity["always"])
    )


def _reflected(connection: sa.Connection, table: sa.Table) -> Sequence[ReflectedColumn]:
    """Return what the database says of the columns of *table*, nothing where there is no such table."""
    with warnings.catch_warnings():
        # A type of an extension, which SQLAlchemy does not know, is written as text.
        warnings.simplefilter("ignore", exc.SAWarning)
        try:
            return sa.inspect(connection).get_columns(table.name, schema=table.schema)
        except exc.NoSuchTableError:
            return ()


def _fitting(declared: TypeEngine[Any], real: TypeEngine[Any], strict: bool) -> TypeEngine[Any] | None:
    """Return the type by which values of a *declared* one are written to a *real* one, None for its own."""
    found: TypeEngine[Any] | None = None
    match declared, real:
        case sa.types.NullType(), _:
            found = real
        case sa.String(), sa.String() if not (strict and isinstance(real, sa.Enum)):
            pass
        case sa.String(), _ if strict:
            found = AsText()
        case sa.Boolean(), sa.Numeric() | sa.Integer():
            found = _Number()
        case sa.Integer(), sa.Boolean():
            found = _Truth()
        case sa.Uuid(), sa.CHAR(length=length) if length == _UUID_DIGITS:
            pass
        case _, sa.String():
            found = real
        case (sa.DateTime(), sa.DateTime()) | (sa.Time(), sa.Time()):
            found = real
        case sa.Numeric(), sa.Numeric() if not isinstance(declared, sa.Float) and not isinstance(
            real, sa.Float
        ):
            found = real
        case _:
            pass
    return found
