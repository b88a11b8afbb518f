"""Empty databases on the session's servers, and tables in them as a careful administrator would make them."""

from __future__ import annotations

import os
from functools import cache
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from tests.services.servers import PASSWORD
from tests.services.sharing import port_of

DRIVERS = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
"""The part of an address that says which driver reaches a kind of server."""
_NUMBERS = count()


def new_database(kind: str) -> sa.URL:
    """Return the address of a database that holds nothing.

    On PostgreSQL it is a schema, which costs nothing, in a database of this process.
    """
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    if kind == "postgresql":
        execute(_own_database(), f"CREATE SCHEMA {name}")
        return _own_database().update_query_dict({"options": f"-csearch_path={name}"})
    exact = "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
    execute(server(kind), f"CREATE DATABASE {name} {exact}")
    return server(kind).set(database=name)


def impatient(url: sa.URL) -> sa.URL:
    """Return *url* with what makes a connection give up at once where it has to wait for a lock."""
    if url.get_backend_name() == "postgresql":
        return url.update_query_dict({"options": f"{url.query.get('options', '')} -clock_timeout=10"})
    patience = "innodb_lock_wait_timeout = 0, lock_wait_timeout = 0"
    return url.update_query_dict({"init_command": f"SET SESSION {patience}"})


def server(kind: str) -> sa.URL:
    """Return the address of the administrator's account on a server."""
    database = "postgres" if kind == "postgresql" else None
    return sa.URL.create(DRIVERS[kind], "dss", PASSWORD, "127.0.0.1", port_of(kind), database)


def execute(url: sa.URL, *statements: str) -> list[tuple[Any, ...]]:
    """Execute statements from outside of the adapter, and return the rows of the last one."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    rows: list[tuple[Any, ...]] = []
    with engine.connect() as connection:
        for statement in statements:
            options = {"no_parameters": True}
            result = connection.exec_driver_sql(statement, execution_options=options)
            rows = [tuple(row) for row in result] if result.returns_rows else []
    return rows


def create_tables(url: sa.URL, *tables: sa.Table) -> None:
    """Make *tables* with columns that hold all that their types allow."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    made = sa.MetaData()
    for table in tables:
        columns = [sa.Column(each.name, roomy(each.type)) for each in table.columns]
        sa.Table(table.name, made, *columns, schema=table.schema)
    made.create_all(engine)


def roomy(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """Return a column's type of MariaDB, where it is not the default, that holds all values of *kind*."""
    wide: sa.types.TypeEngine[Any] | None = None
    match kind:
        case sa.DateTime():
            wide = mysql.DATETIME(fsp=6)
        case sa.Time():
            wide = mysql.TIME(fsp=6)
        case sa.LargeBinary():
            wide = mysql.LONGBLOB()
        case sa.Numeric() if kind.precision is None and not isinstance(kind, sa.Float):
            wide = mysql.DECIMAL(65, 30)
        case sa.Uuid():
            # MariaDB's own type refuses what no version of the standard gives out.
            wide = sa.CHAR(36)
        case sa.Text():
            wide = mysql.LONGTEXT()
        case sa.types.NullType():
            return sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
        case _:
            pass
    return kind if wide is None else kind.with_variant(wide, "mysql", "mariadb")


@cache
def _own_database() -> sa.URL:
    name = f"of_{os.getpid()}"
    execute(server("postgresql"), f"CREATE DATABASE {name}")
    return server("postgresql").set(database=name)
