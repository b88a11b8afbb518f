"""What is found of a database where it is looked at before it is trusted: nothing is written."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import Check, DataStoreTree, SettingsError
from dss_runtime.adapters.sql._database import UnreachableError, connect, driver_text, engine_of, shown
from dss_runtime.adapters.sql._examine_rights import readable, writable
from dss_runtime.adapters.sql._examine_tables import examined_source, examined_target
from dss_runtime.adapters.sql._source import SqlSource
from dss_runtime.adapters.sql._target import SqlTarget

MAX_SKEW = 60
"""Seconds by which clocks may differ before somebody should look."""
SMALL_PACKET = 4 << 20
"""Bytes of a statement below which a batch of long texts may not fit."""

_MYSQL = ("mysql", "mariadb")
_CLOCK = {
    "postgresql": "SELECT EXTRACT(EPOCH FROM clock_timestamp())",
    "mysql": "SELECT UNIX_TIMESTAMP(SYSDATE(6))",
    "mariadb": "SELECT UNIX_TIMESTAMP(SYSDATE(6))",
}
_READ_ONLY = {
    "postgresql": "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'",
    "mysql": "SELECT @@global.read_only",
    "mariadb": "SELECT @@global.read_only",
}


def examined_for_reading(tree: DataStoreTree, sources: Mapping[str, SqlSource]) -> Iterator[Check]:
    """Yield whether the database is reached, how far its clock is away, and what there is to be read."""
    try:
        engine = engine_of(tree)
        connection = connect(engine)
    except SettingsError as error:
        yield Check("reachable", "error", str(error))
        return
    except UnreachableError as error:
        advice = f"is [trees.{tree.name}] url in dss.toml right, and does the server run?"
        yield Check("reachable", "error", str(error), advice)
        return
    with connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
        name = f"{connection.dialect.name} {version}".strip()
        yield Check("reachable", "ok", f"{shown(engine)} answers: {name}")
        yield from _clock(connection)
        for branch, source in sources.items():
            with _rolled_back(connection):
                checks = list(examined_source(connection, branch, source))
                yield from checks
                if not any(check.state == "error" for check in checks):
                    yield readable(connection, branch, source)


def examined_for_writing(tree: DataStoreTree, targets: Mapping[str, SqlTarget]) -> Iterator[Check]:
    """Yield what writing needs: rights, tables that fit, a server that takes what we send."""
    try:
        connection = connect(engine_of(tree))
    except (SettingsError, UnreachableError):
        return  # told by the importer
    with connection:
        yield from _server(connection)
        for branch in targets:
            with _rolled_back(connection):
                checks = list(examined_target(connection, branch, targets[branch]))
                yield from checks
                if not any(check.state == "error" for check in checks):
                    yield writable(connection, branch, targets[branch])


@contextmanager
def _rolled_back(connection: sa.Connection) -> Generator[None]:
    """Look in a transaction of its own, of which nothing stays, whatever it does."""
    try:
        yield
    finally:
        connection.rollback()


def _clock(connection: sa.Connection) -> Iterator[Check]:
    question = _CLOCK.get(connection.dialect.name)
    if question is None:
        return
    before = time.time()
    try:
        theirs = float(connection.exec_driver_sql(question).scalar_one())
    except exc.SQLAlchemyError as error:
        yield Check("clock", "warning", f"its clock cannot be read: {driver_text(connection.engine, error)}")
        return
    finally:
        connection.rollback()
    away = max(0.0, before - theirs, theirs - time.time())
    if away > MAX_SKEW:
        yield Check("clock", "warning", f"its clock is {away:.0f} s from ours", "set both by a time server")
    else:
        yield Check("clock", "ok", f"its clock is {away:.0f} s from ours")


def _server(connection: sa.Connection) -> Iterator[Check]:
    dialect = connection.dialect.name
    question = _READ_ONLY.get(dialect)
    if question is not None and connection.exec_driver_sql(question).scalar_one():
        yield Check("rights", "error", "the server takes no writes", "is this a replica? name its primary")
    if dialect in _MYSQL:
        size = int(connection.exec_driver_sql("SELECT @@max_allowed_packet").scalar_one())
        text = f"a statement may hold {size / (1 << 20):g} MiB"
        if size < SMALL_PACKET:
            yield Check("limits", "warning", text, "raise max_allowed_packet of the server")
        else:
            yield Check("limits", "ok", text)
    if dialect == "postgresql":
        encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
        if encoding != "UTF8":
            text = f"the database holds text in {encoding}, which has not every letter"
            yield Check("schema", "warning", text, "make the database in UTF8")
    connection.rollback()
