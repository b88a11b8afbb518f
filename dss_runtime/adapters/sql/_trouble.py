"""What an error of the database means for the action that met it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime.adapters.sql._messages import number_of

REFUSALS = (exc.SQLAlchemyError, ArithmeticError, TypeError, ValueError)
"""What SQLAlchemy and drivers raise for a value or a statement that they do not take."""

_LOCKED_CODES = ("SQLITE_BUSY", "SQLITE_LOCKED")
"""SQLite's names for a database or table that somebody else is writing to."""
_TRANSIENT_STATES = ("40", "55P03")
"""SQLSTATE, or its class: rolled back for the sake of another transaction, a lock not available."""
_TRANSIENT_CODES = (1020, 1205, 1213)
"""MySQL's and MariaDB's numbers for the same: a row changed meanwhile, a lock not available, a deadlock."""


class LostError(Exception):
    """The transaction is gone with all that was written in it, such as when the connection broke."""


def is_transient(error: BaseException) -> bool:
    """Return whether trying the same again later can help."""
    origin: object = getattr(error, "orig", None)
    name = str(getattr(origin, "sqlite_errorname", ""))
    state = str(getattr(origin, "sqlstate", None) or getattr(origin, "pgcode", None) or "")
    code = number_of(origin)
    return name.startswith(_LOCKED_CODES) or state.startswith(_TRANSIENT_STATES) or code in _TRANSIENT_CODES


@contextmanager
def savepoint(connection: sa.Connection) -> Generator[None]:
    """Undo what the block did when it raises; LostError when the whole transaction is gone by then."""
    try:
        nested = connection.begin_nested()
    except exc.SQLAlchemyError as error:
        raise LostError from error
    try:
        yield
    except LostError:
        raise
    except BaseException as error:
        _roll_back(connection, nested, error)
        raise
    try:
        nested.commit()
    except exc.SQLAlchemyError as error:
        raise LostError from error


def _roll_back(connection: sa.Connection, nested: sa.NestedTransaction, error: BaseException) -> None:
    """Go back to a savepoint because of *error*; LostError when there is none any more."""
    if connection.closed or connection.invalidated:
        raise LostError from error
    try:
        nested.rollback()
    except exc.SQLAlchemyError:
        raise LostError from error
