"""Reading Moodle's database: a hundred times faster than its web services, and never written."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import Place, SettingsError, SourceError
from dss_runtime.adapters.moodle._settings import MoodleSettings

_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_KEYS_AT_ONCE = 500


class Database:
    """Moodle's tables; every read has a connection and a transaction of its own."""

    def __init__(self, settings: MoodleSettings) -> None:
        self._settings = settings
        where = f"[trees.{settings.name}] database in dss.toml"
        try:
            url = sa.make_url(settings.database)
            url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
            self._engine = sa.create_engine(url, hide_parameters=True, poolclass=sa.NullPool)
        except (exc.ArgumentError, ValueError):
            raise SettingsError(f"{where}: expected the address of a database") from None
        except (ImportError, exc.NoSuchModuleError) as error:
            extra = "mariadb" if "mysql" in str(error) else "postgresql"
            raise SettingsError(f"{where}: install its driver, as datastoresync[{extra}]: {error}") from None

    @contextmanager
    def rows(self, query: str, parameters: Mapping[str, object]) -> Generator[Iterator[Sequence[Any]]]:
        """Give the rows of a query as they come; SourceError for whatever keeps them from coming."""
        with self._told(), self._engine.connect() as connection:
            streamed = connection.execution_options(stream_results=True, max_row_buffer=2000)
            yield iter(streamed.execute(sa.text(query), parameters))

    def ids(self, table: str, where: str, idnumbers: Sequence[str] | None = None) -> list[tuple[str, int]]:
        """Return the idnumbers of a table's records with their ids, all of them or those of *idnumbers*."""
        query = f"SELECT idnumber, id FROM {self._settings.prefix}{table} WHERE {where}"
        if idnumbers is None:
            return [(name or "", number) for name, number in self._all(sa.text(query))]
        chosen = sa.text(f"{query} AND idnumber IN :names").bindparams(sa.bindparam("names", expanding=True))
        wanted, found = set(idnumbers), list[tuple[str, int]]()
        for start in range(0, len(idnumbers), _KEYS_AT_ONCE):
            names = list(idnumbers[start : start + _KEYS_AT_ONCE])
            # A collation may take for the same what are two idnumbers.
            found += [(each[0], each[1]) for each in self._all(chosen, names=names) if each[0] in wanted]
        return found

    def roles(self) -> dict[str, int]:
        """Return the ids of all roles by their short names."""
        found = self._all(sa.text(f"SELECT shortname, id FROM {self._settings.prefix}role"))
        return {str(name): int(number) for name, number in found}

    def version(self) -> str:
        """Return the version of Moodle that the database says it is of."""
        query = f"SELECT value FROM {self._settings.prefix}config WHERE name = 'release'"
        found = self._all(sa.text(query))
        return str(found[0][0]) if found else ""

    def _all(self, query: sa.TextClause, **parameters: object) -> list[Sequence[Any]]:
        with self._told(), self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query, parameters)]

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except (exc.SQLAlchemyError, OSError) as error:
            origin = getattr(error, "orig", None) or error
            text = " ".join(str(origin).split()) or type(origin).__name__
            password = self._engine.url.password
            text = text.replace(password, "***") if password else text
            raise SourceError(Place(f"{self._settings.name} (database)"), text) from None
