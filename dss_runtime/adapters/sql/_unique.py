"""Whether a table can hold two rows of one key at all, by what its database says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

_POSTGRESQL = """
    SELECT ARRAY(
        SELECT a.attname::text FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        WHERE k.place <= i.indnkeyatts
    )
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    WHERE c.oid = pg_catalog.to_regclass(%s) AND NOT c.relhassubclass
    AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
        WHERE a.attrelid = c.oid AND NOT o.collisdeterministic
    )
"""
"""The columns of each unique index that holds at every moment, for all rows, and as `=` compares them.

A table has subclasses where others inherit from it: their rows count as its own, and no index is common."""


def is_unique(connection: sa.Connection, table: sa.Table, key: Collection[str]) -> bool:
    """Return whether the database itself lets no two rows of *table* have equal *key* columns."""
    match connection.dialect.name:
        case "postgresql":
            found = _of_postgresql(connection, table)
        case "sqlite":
            found = _of_sqlite(connection, table)
        case _:
            return False  # it is asked for each batch
    return any(columns and columns.issubset(key) for columns in map(frozenset, found))


def _of_postgresql(connection: sa.Connection, table: sa.Table) -> Iterable[Iterable[str]]:
    name = connection.dialect.identifier_preparer.format_table(table)
    return connection.exec_driver_sql(_POSTGRESQL, (name,)).scalars().all()


def _of_sqlite(connection: sa.Connection, table: sa.Table) -> Iterable[Iterable[str]]:
    """Return the columns of its unique indexes, none where a column may have a collation of its own.

    An index with another one lets rows differ that are equal to a statement.
    """
    schema = table.schema or "main"
    master = f"{connection.dialect.identifier_preparer.quote_identifier(schema)}.sqlite_master"
    made = connection.exec_driver_sql(
        f"SELECT sql FROM {master} WHERE type = 'table' AND name = ? COLLATE NOCASE", (table.name,)
    ).scalar()
    if made is None or "collate" in str(made).lower():
        return
    asked = (table.name, schema)
    yield connection.exec_driver_sql("SELECT name FROM pragma_table_info(?, ?) WHERE pk", asked).scalars()
    indexes = 'SELECT name FROM pragma_index_list(?, ?) WHERE "unique" AND NOT partial'
    for index in connection.exec_driver_sql(indexes, asked).scalars().all():
        columns = "SELECT name FROM pragma_index_xinfo(?, ?) WHERE key"  # NULL for an expression
        yield connection.exec_driver_sql(columns, (index, schema)).scalars()
