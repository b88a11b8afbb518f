"""Reading several tables as they are at one moment, whatever others write meanwhile."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import DataStoreTree, Place, SourceError
from dss_runtime.adapters.sql._database import UnreachableError, connect, driver_text, engine_of

_MYSQL = ("mysql", "mariadb")


@contextmanager
def snapshot(tree: DataStoreTree) -> Generator[sa.Connection]:
    """Give a connection that sees one state of the database of *tree* (SourceError where there is none)."""
    engine = engine_of(tree)
    place = Place(f"{tree.name} ({engine.dialect.name})")
    try:
        connection = connect(engine)
    except UnreachableError as error:
        raise SourceError(place, f"{error}: is [trees.{tree.name}] url in dss.toml right?") from None
    with connection:
        try:
            begin_snapshot(connection)
        except exc.SQLAlchemyError as error:
            raise SourceError(place, driver_text(engine, error)) from None
        yield connection


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
