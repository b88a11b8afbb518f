"""`dss pull sql`: a first schema from a database."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._expand import expanded
from dss_runtime.cli._pulled_files import relative_to, setting
from dss_runtime.cli._pulling import Request, find_place, pull_options
from dss_runtime.cli._session import Session, pass_session

if TYPE_CHECKING:
    import sqlalchemy as sa

_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
"""How each kind of database is told that nothing may be written; others are not told, nor written."""


_SECRET = re.compile(
    r"(?P<before>://[^:/@?]*:(?=[^@]*@)|[?&][^=&]*(?:pass|pwd|secret|token)[^=&]*=)(?P<secret>[^@&]*)",
    re.IGNORECASE,
)
"""Where a URL holds what nobody may see: the password before the host, and such parameters."""


@click.command()
@click.argument("url")
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="PATTERN",
    help="Take only tables and views like PATTERN, such as 'mdl_user*' or crm.person. May be repeated.",
)
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    default=200_000,
    show_default=True,
    help="Look at no more than so many rows of a table.",
)
@pull_options
@pass_session
def sql(
    session: Session,
    *,
    url: str,
    tables: tuple[str, ...],
    rows: int,
    tree: str | None,
    output: str | None,
    init: bool,
    as_json: bool,
) -> Exit:
    """Write a first schema from the database at URL.

    Names, types, keys and refs are those that the database declares; where it declares none, names and
    values are compared. It is only read. ${NAME} in URL stands for a variable of the environment, and no
    password is ever shown or written.

    \b
    dss pull sql sqlite:///moodle.db
    dss pull sql 'postgresql+psycopg://sync:${PASSWORD}@host/moodle' --table 'mdl_user*'
    """
    if find_spec("sqlalchemy") is None:
        raise CommandError("reading a database needs the extra sql: pip install 'datastoresync[sql]'")
    from dss_generator.pull import PullError, pull
    from dss_generator.pull.sql_tables import sql_tables
    from dss_runtime.adapters.sql._database import driver_text, engine_for

    place = find_place(session, Request(tree, output, init, as_json))
    engine = engine_for(_real(session, url), "URL")
    for match in _SECRET.finditer(url):
        session.secrets.add(match["secret"])
    try:
        name = place.tree("Database" if "${" in url else _database(engine.url))
        with _connected(engine) as connection:
            found = sql_tables(connection, tables, rows=rows, said=partial(driver_text, engine))
            pulled = pull(found.tables, command="dss pull sql", tree=name, adapter="sql", taken=place.taken)
    except PullError as error:
        raise CommandError(f"nothing was pulled:\n{error}") from error
    for text in found.passed:
        session.err.line(f"left out: {text}")
    line, advice = setting_line(url, name, place.folder, session.folder)
    return place.finish(pulled, lines=[line], advice=advice)


def _real(session: Session, url: str) -> str:
    """Return *url* with `${NAME}` replaced, and the file of an SQLite database relative to the folder."""
    problems: list[str] = []
    real = expanded(url, os.environ, session.secrets, lambda _written, text: problems.append(text))
    if problems:
        raise CommandError("\n".join(dict.fromkeys(problems)))
    if "://" not in real and Path(session.folder, real).is_file():
        raise CommandError(f"{url} is a file: if it is an SQLite database, write sqlite:///{url}")
    path = _sqlite_path(real)
    return real if path is None else real.replace(path, str(session.folder.resolve() / path), 1)


def _sqlite_path(url: str) -> str | None:
    """Return the relative path of the file in an SQLite *url*, None where there is none."""
    scheme, found, rest = url.partition(":///")
    path = rest.partition("?")[0]
    if (
        not found
        or not scheme.startswith("sqlite")
        or not path
        or path.startswith(("/", ":memory:", "file:"))
    ):
        return None
    return path


def _database(url: sa.URL) -> str:
    """Return what the database at *url* may be called."""
    return Path(url.database or "").stem or "Database"


@contextmanager
def _connected(engine: sa.Engine) -> Generator[sa.Connection]:
    """Give a connection on which nothing can be written, and undo whatever was begun."""
    from sqlalchemy import exc

    from dss_runtime.adapters.sql._database import UnreachableError, connect, driver_text

    try:
        connection = connect(engine)
    except UnreachableError as error:
        raise CommandError(f"{error}: is URL right?") from None
    with connection:
        try:
            statement = _READ_ONLY.get(engine.dialect.name)
            if statement is not None:
                connection.exec_driver_sql(statement)
                connection.commit()
            yield connection
        except exc.SQLAlchemyError as error:
            raise CommandError(f"the database cannot be read: {driver_text(engine, error)}") from None
        finally:
            connection.rollback()


def setting_line(url: str, tree: str, settings: Path, here: Path) -> tuple[str, list[str]]:
    """Return the line for dss.toml, without any secret, and what else has to be done."""
    path = _sqlite_path(url)
    if path is not None:
        url = url.replace(path, relative_to((here / path).absolute(), settings.absolute()), 1)
    names: list[str] = []
    from dss_generator.naming import snake

    def named(match: re.Match[str]) -> str:
        if "${" in match["secret"] or not match["secret"]:
            return match[0]
        names.append(f"{snake(tree).upper()}_PASSWORD{len(names) + 1 if names else ''}")
        return f"{match['before']}${{{names[-1]}}}"

    line = setting("url", _SECRET.sub(named, url))
    return line, [f"next: put the password into the environment, as {name}" for name in names]
