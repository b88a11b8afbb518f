"""What MySQL and MariaDB need."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from dss_runtime.adapters.sql._postgresql import PATIENCE

_SESSION = f"""
    SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES'), SESSION time_zone = '+00:00',
    SESSION lock_wait_timeout = LEAST(@@SESSION.lock_wait_timeout, {PATIENCE})
"""
_ENGINE = sa.text(
    "SELECT engine FROM information_schema.tables JOIN information_schema.engines USING (engine)"
    " WHERE table_name = :name AND table_schema = COALESCE(:place, DATABASE()) AND transactions <> 'YES'"
)

_CHARSETS = sa.text(
    "SELECT column_name, character_set_name FROM information_schema.columns WHERE table_name = :name"
    " AND table_schema = COALESCE(:place, DATABASE()) AND character_set_name IS NOT NULL"
)


def prepare_mysql(engine: sa.Engine) -> None:
    """Give an engine sessions that change no value silently and do not wait for days.

    A server that is not strict cuts off a text that is too long, so that two keys become one. A TIMESTAMP
    comes in the zone of the session: in UTC, as a time without a zone is read.

    Where the address says anything of TLS, there is no connection without: PyMySQL before 1.2 goes on in
    clear with a server that has none.
    """
    event.listen(engine, "connect", _set_up)
    if any(name.startswith("ssl") for name in engine.url.query):
        event.listen(engine, "connect", _refuse_clear)
    event.listen(engine, "handle_error", _let_go)


def _set_up(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SESSION)


def _refuse_clear(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        if not any(cipher for _, cipher in cursor.fetchall()):
            raise ConnectionError("the address asks for TLS, and the server has none")


def _let_go(context: ExceptionContext) -> None:
    """Keep PyMySQL from waiting for the rest of the rows on a connection that is broken."""
    cursor = getattr(context.execution_context, "cursor", None)
    unfinished: Any = getattr(cursor, "_result", None)
    if context.is_disconnect and hasattr(unfinished, "unbuffered_active"):
        unfinished.unbuffered_active = False


def engine_without_undo(connection: sa.Connection, table: sa.Table) -> str:
    """Return the storage engine of *table* if it has no transactions, such as MyISAM, else ""."""
    if connection.dialect.name not in ("mysql", "mariadb"):
        return ""
    found = connection.execute(_ENGINE, {"name": table.name, "place": table.schema})
    return str(found.scalar() or "")


def charsets(connection: sa.Connection, table: sa.Table) -> list[tuple[str, str]]:
    """Return the columns of *table* that hold text, and how: "utf8mb4" holds every letter."""
    if connection.dialect.name not in ("mysql", "mariadb"):
        return []
    found = connection.execute(_CHARSETS, {"name": table.name, "place": table.schema})
    return [(str(name), str(charset)) for name, charset in found]
