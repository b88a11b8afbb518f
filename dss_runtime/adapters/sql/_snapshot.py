"""Reading several tables as they are at one moment, whatever others write meanwhile."""

from __future__ import annotations

import sqlalchemy as sa

_MYSQL = ("mysql", "mariadb")


def begin_snapshot(connection: sa.Connection) -> None:
    """Begin a transaction that sees one state of the database, and where that can be said writes nothing.

    Of its own accord each statement of PostgreSQL sees another state, and so do those of a MySQL that is set
    to READ COMMITTED. SQLite's transactions all see one.
    """
    match connection.dialect.name:
        case "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        case name if name in _MYSQL:
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        case _:
            pass


def has_one_result(connection: sa.Connection) -> bool:
    """Return whether rows that are not fetched yet are lost without a word when another query begins."""
    return connection.dialect.name in _MYSQL
