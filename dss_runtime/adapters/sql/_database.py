"""The engine of one tree, which its importer and its template share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.pool import NullPool

from dss_runtime import DataStoreTree, SettingsError
from dss_runtime.adapters.sql._messages import message_of
from dss_runtime.adapters.sql._mysql import prepare_mysql
from dss_runtime.adapters.sql._postgresql import prepare_postgresql
from dss_runtime.adapters.sql._sqlite import prepare_sqlite

_ENGINES: WeakKeyDictionary[DataStoreTree, sa.Engine] = WeakKeyDictionary()

_DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
"""The driver that is meant where an address names none: that of our extras."""
_EXTRAS = {"psycopg": "postgresql", "pymysql": "mariadb"}
"""The extra that brings a module."""
_PREPARATIONS: Mapping[str, Callable[[sa.Engine], None]] = {
    "sqlite": prepare_sqlite,
    "postgresql": prepare_postgresql,
    "mysql": prepare_mysql,
    "mariadb": prepare_mysql,
}
"""What a kind of database needs on every connection, beside what SQLAlchemy does."""

_QUOTED_CELL = re.compile(r" with text '.*", re.DOTALL)
"""How SQLite's driver quotes a cell that it cannot decode: nobody knows whether its field is sensitive."""


class UnreachableError(Exception):
    """The database cannot be had; the text says which one, without its password, and why."""


def engine_of(tree: DataStoreTree) -> sa.Engine:
    """Return the engine for the `url` of *tree*'s settings, the same one each time.

    It keeps no connection open between uses, so nothing is left to be disposed of. Raises SettingsError
    when there is no url, or none that SQLAlchemy and the installed drivers understand.
    """
    if tree not in _ENGINES:
        _ENGINES[tree] = _engine(tree)
    return _ENGINES[tree]


def connect(engine: sa.Engine) -> sa.Connection:
    """Return a new connection (UnreachableError when there is none to be had)."""
    try:
        return engine.connect()
    except (exc.SQLAlchemyError, OSError) as error:
        raise UnreachableError(f"cannot connect to {shown(engine)}: {driver_text(engine, error)}") from None


def shown(engine: sa.Engine) -> str:
    """Return the address of the database with its password masked."""
    return engine.url.render_as_string(hide_password=True)


def driver_text(engine: sa.Engine, error: BaseException) -> str:
    """Return what the driver says, in one line, without the password and without a cell that it quotes."""
    origin = getattr(error, "orig", None) or error
    text = _QUOTED_CELL.sub("", " ".join(message_of(origin).split())) or type(origin).__name__
    password = engine.url.password
    return text.replace(password, "***") if password else text


def _engine(tree: DataStoreTree) -> sa.Engine:
    where = f"[trees.{tree.name}] url"
    given = tree.settings.get("url")
    if not given:
        raise SettingsError(
            f'{tree.name} has no database: set it in dss.toml, {where} = "sqlite:///moodle.db"'
        )
    if not isinstance(given, (str, sa.URL)):
        raise SettingsError(f"{where} in dss.toml: expected text, found {type(given).__name__}")
    return engine_for(given, f"{where} in dss.toml")


def engine_for(given: str | sa.URL, where: str) -> sa.Engine:
    """Return an engine for the address *given*; SettingsError, which says *where* it is, for a wrong one."""
    try:
        url = sa.make_url(given)
    except (exc.ArgumentError, ValueError):
        raise SettingsError(
            f"{where} is no database address: expected one such as sqlite:///moodle.db or"
            " postgresql+psycopg://user:${PASSWORD}@host/database, with special characters percent-encoded"
        ) from None
    if "+" not in url.drivername and url.drivername in _DRIVERS:
        url = url.set(drivername=f"{url.drivername}+{_DRIVERS[url.drivername]}")
    address = url.render_as_string(hide_password=True)
    try:
        engine = sa.create_engine(url, hide_parameters=True, poolclass=NullPool)
    except exc.NoSuchModuleError:
        raise SettingsError(f"{where}: there is no kind of database {url.drivername!r}") from None
    except ImportError as error:
        raise SettingsError(f"{where}, {address}: install the driver {_how(str(error.name))}") from error
    except (exc.ArgumentError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{where}, {address}: {reason}") from None
    if engine.dialect.name in _PREPARATIONS:
        _PREPARATIONS[engine.dialect.name](engine)
    return engine


def _how(module: str) -> str:
    """Return how a missing driver can be had."""
    extra = _EXTRAS.get(module)
    return f"{module!r}" if extra is None else f"{module!r}: pip install 'datastoresync[{extra}]'"
