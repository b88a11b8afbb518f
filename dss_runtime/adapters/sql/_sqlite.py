"""What SQLite needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

_WRITING = ("PRAGMA cache_size = -65536", "PRAGMA temp_store = MEMORY")
"""For a phase that is written: 64 MiB of pages instead of 2, since a diff goes all over a table; and what a
savepoint needs to undo a batch is kept in memory, not in a file."""


def prepare_sqlite(engine: sa.Engine) -> None:
    """Give an engine for SQLite real transactions and foreign keys, and never let it make a database.

    The driver of its own accord begins no transaction before a SAVEPOINT. SQLAlchemy's documentation (SQLite,
    "Enabling Non-Legacy SQLite Transactional Modes") has it switched off, with a BEGIN of one's own.
    """
    event.listen(engine, "do_connect", _must_exist)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)


def _must_exist(
    _dialect: sa.Dialect, _record: object, arguments: list[Any], _options: dict[str, Any]
) -> None:
    """Refuse a file that does not exist: SQLite would make an empty database of that name."""
    name = str(arguments[0]) if arguments else ":memory:"
    if name not in ("", ":memory:") and not name.startswith("file:") and not Path(name).is_file():
        raise FileNotFoundError("there is no such file, and it is not made: create the database first")


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def prepare_writing(connection: sa.Connection) -> None:
    """Let a connection to SQLite write much at a time; others need nothing for that."""
    if connection.dialect.name == "sqlite":
        for pragma in _WRITING:
            connection.exec_driver_sql(pragma)
