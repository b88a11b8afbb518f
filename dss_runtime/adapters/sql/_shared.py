"""Letting others read the rows of a table of PostgreSQL, as of the moment that a transaction sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGDialect

from dss_runtime._tabular import SharedTable
from dss_runtime.adapters.sql._lenient import readable

_KINDS: Mapping[int, tuple[str, str]] = {
    16: ("bool", "{}"),
    20: ("int", "CAST({} AS bigint)"),
    21: ("int", "CAST({} AS bigint)"),
    23: ("int", "CAST({} AS bigint)"),
    25: ("text", "{}"),
    701: ("double", "{}"),
    1082: ("date", "CAST({} - DATE '1970-01-01' AS bigint)"),
    1114: ("timestamp", "CAST(EXTRACT(EPOCH FROM {}) * 1000000 AS bigint)"),
}
"""The kinds of values, and how others read them, by the number that PostgreSQL has for a type."""
_PLAIN: sa.Dialect = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]
"""Writes SQL for a driver that knows no parameters, so that a per cent sign means nothing."""
_PASSED = frozenset({"options", "sslmode", "sslrootcert"})
"""What a connection of others is told, too."""
_OWN = frozenset(
    ("user dbname host hostaddr port connect_timeout application_name client_encoding sslcertmode").split()
)
"""What they are told in another way, or need not be: psycopg tells of the last one always."""
_OLDEST = 140_000
"""The version from which on a table is read by ranges of its pages, and a timestamp is an exact number."""


def shared(connection: sa.Connection, shown: str, table: sa.Table, names: Sequence[str]) -> SharedTable | str:
    """Return where others can read the columns *names* of *table*, or why they cannot."""
    if (connection.dialect.name, connection.dialect.driver) != ("postgresql", "psycopg"):
        return "is in no database of which several connections see one moment, as those of PostgreSQL do"
    driver: Any = connection.connection.driver_connection
    address = _address(driver.info)
    if isinstance(address, str):
        return address
    columns = [readable(table.columns[name]) for name in names]
    kinds = _kinds(connection, columns)
    if isinstance(kinds, str):
        return kinds
    where = _PLAIN.identifier_preparer.format_table(table)
    found = connection.execute(_TOLD, {"name": where}).one()
    if found.standby or found.relkind not in ("r", "m"):
        return "is on a standby" if found.standby else "is a view, or is kept elsewhere"
    sql = [_KINDS[kind][1].format(_written(column)) for kind, column in zip(kinds, columns, strict=True)]
    return SharedTable(
        shown=shown,
        address=address,
        table=where,
        columns=tuple((each, _KINDS[kind][0]) for each, kind in zip(sql, kinds, strict=True)),
        pages=found.pages,
        snapshot=connection.scalar(sa.text("SELECT pg_export_snapshot()")),
    )


_TOLD = sa.text(
    "SELECT relkind, pg_is_in_recovery() AS standby,"
    " pg_relation_size(oid) / CAST(current_setting('block_size') AS bigint) AS pages"
    " FROM pg_class WHERE oid = to_regclass(:name)"
)


def _address(info: Any) -> dict[str, str] | str:
    """Return what reaches the database that a connection of psycopg has reached."""
    given: Mapping[str, str] = info.get_parameters()
    if info.server_version < _OLDEST:
        return "is in a PostgreSQL older than 14"
    if not info.host or info.host.startswith("/"):
        return "is reached by a socket of this machine alone"
    others = given.keys() - _PASSED - _OWN
    if others:
        return f"is reached with {sorted(others)[0]}, which others are not told"
    passed = {key: given[key] for key in _PASSED & given.keys()}
    whole = {"host": info.host, "port": str(info.port), "database": info.dbname, "user": info.user}
    return {**whole, "password": info.password, **passed}


def _kinds(connection: sa.Connection, columns: Sequence[sa.ColumnElement[Any]]) -> list[int] | str:
    """Return the types of what is read of *columns*, or why their values are not plain."""
    result = connection.execute(sa.select(*columns).limit(0))
    told: Any = result.cursor
    kinds = [each.type_code for each in told.description]
    result.close()
    for column, kind in zip(columns, kinds, strict=True):
        converted = column.type.dialect_impl(connection.dialect).result_processor(connection.dialect, kind)
        if kind not in _KINDS or converted is not None:
            return f"has the column {column.name!r} of a type that is not shared"
    return kinds


def _written(element: sa.ColumnElement[Any]) -> str:
    """Return SQL as others send it."""
    inner: Any = element.element if isinstance(element, sa.Label) else element
    return str(inner.compile(dialect=_PLAIN, compile_kwargs={"literal_binds": True}))
