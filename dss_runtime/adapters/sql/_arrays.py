"""Many rows in one statement of PostgreSQL, which gets an array for each parameter and makes rows of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

from dss_runtime.codegen import override

_TYPES = """
    SELECT a.attname::text, pg_catalog.format('%%I.%%I', n.nspname, t.typname)
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type e ON e.oid = a.atttypid JOIN pg_catalog.pg_type t ON t.oid = e.typarray
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE a.attrelid = pg_catalog.to_regclass(%s) AND a.attnum > 0
"""
"""The array type of each column's own type. It has no length: what is too long is refused, not cut."""


class _Array(UserDefinedType[Any]):
    """A type by its name in the database."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    @override
    def get_col_spec(self, **options: object) -> str:
        return self.name


def array_types(connection: sa.Connection, table: sa.Table) -> Mapping[str, str]:
    """Return for columns of *table* the types of arrays of what they hold; none but in PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return {}
    name = connection.dialect.identifier_preparer.format_table(table)
    return {str(column): str(kind) for column, kind in connection.exec_driver_sql(_TYPES, (name,))}


def rows_of(arrays: Mapping[str, str]) -> sa.TableValuedAlias:
    """Return the rows that parameters make together, given the type of the array that each is."""
    given = [sa.cast(sa.bindparam(name), _Array(kind)) for name, kind in arrays.items()]
    return sa.func.unnest(*given).table_valued(*arrays, name="dss_given").render_derived()
