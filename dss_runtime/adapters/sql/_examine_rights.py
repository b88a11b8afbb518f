"""What we may do to a table: the database is asked by EXPLAIN, which checks rights and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import Check
from dss_runtime.adapters.sql._database import driver_text
from dss_runtime.adapters.sql._source import SqlSource
from dss_runtime.adapters.sql._target import SqlTarget


def readable(connection: sa.Connection, branch: str, source: SqlSource) -> Check:
    """Return whether the columns of a source may be read."""
    if source.table is None:
        return _answer(connection, f"{branch}: {source} may be read", [("SELECT", source.query)])
    columns = [source.table.columns[name] for name in source.columns]
    statement = _text(connection, sa.select(*columns))
    return _answer(connection, f"{branch}: {source} may be read", [("SELECT", statement)])


def writable(connection: sa.Connection, branch: str, target: SqlTarget) -> Check:
    """Return whether records may be inserted, updated and, where that is asked for, deleted."""
    what = f"{branch}: {target.table.fullname} may be written"
    if connection.dialect.name == "sqlite":
        return _file(connection, what)
    return _answer(connection, what, list(_writes(connection, target)))


def _writes(connection: sa.Connection, target: SqlTarget) -> Iterator[tuple[str, str]]:
    table = target.table
    written = [name for field, name in target.columns.items() if field not in target.unwritten]
    new = dict.fromkeys((*written, *target.insert, *target.scope))
    key = {target.columns[name] for name in target.key if name in target.columns}
    changed = dict.fromkeys(name for name in (*written, *target.set, *target.returns) if name not in key)
    none = sa.and_(*(table.columns[name].is_(None) for name in sorted(key)))
    yield "INSERT", _text(connection, sa.insert(table).values({name: sa.null() for name in new}))
    if changed:
        values = {name: table.columns[name] for name in changed}
        yield "UPDATE", _text(connection, sa.update(table).values(values).where(none))
    if target.old == "delete":
        yield "DELETE", _text(connection, sa.delete(table).where(none))


def _text(connection: sa.Connection, statement: sa.ClauseElement) -> str:
    return str(statement.compile(dialect=connection.dialect))


def _answer(connection: sa.Connection, what: str, statements: Iterable[tuple[str, str]]) -> Check:
    refused: list[str] = []
    for name, statement in statements:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"EXPLAIN {statement}").close()
        except exc.SQLAlchemyError as error:
            refused.append(f"{name}: {driver_text(connection.engine, error)}")
    if refused:
        return Check("rights", "error", f"{what.replace(' may be ', ' may not be ')}: {'; '.join(refused)}",
                     "grant the account of `url` what is missing")  # fmt: skip
    return Check("rights", "ok", what)


def _file(connection: sa.Connection, what: str) -> Check:
    """SQLite has no accounts: who may write the file, and make its journal beside it, may do everything."""
    name = connection.engine.url.database or ""
    if name in ("", ":memory:") or name.startswith("file:"):
        return Check("rights", "ok", what)
    path = Path(name)
    if os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK):
        return Check("rights", "ok", what)
    text = f"{what.replace(' may be ', ' may not be ')}: {path} or its folder is read-only for this account"
    return Check("rights", "error", text, "let the account that runs dss write both")
