"""The base of generated importers that read tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import Branch, Check, Place, Progress, SourceError
from dss_runtime._naming import leave_out_records
from dss_runtime._noting import noted_sources
from dss_runtime._progress import silent
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.sql._database import UnreachableError, connect, driver_text, engine_of
from dss_runtime.adapters.sql._examine import examined_for_reading
from dss_runtime.adapters.sql._rows import SqlRows
from dss_runtime.adapters.sql._snapshot import begin_snapshot, has_one_result
from dss_runtime.adapters.sql._source import SqlSource
from dss_runtime.codegen import Importer, override


class SqlImporter(Importer):
    """Reads branches from the database that the tree's settings name, all of them as of one moment."""

    tabular = True

    known_settings = frozenset({"url", "transactions"})
    _connection: sa.Connection | None = None
    _unfinished: tuple[SqlRows, ...] = ()
    _values: dict[tuple[str, str], Counter[str]] | None = None
    """What `SqlRows.values_in` has read in this run, so that branches of one table ask once."""

    @override
    def run(self, branches: Sequence[Branch[Any, Any]], progress: Progress = silent) -> None:
        with self._connected() as connection:
            self._connection, self._values = connection, {}
            try:
                super().run(branches, progress)
                leave_out_records(branches)
            finally:
                self._connection = self._values = None

    @contextmanager
    def open(self, source: SqlSource) -> Generator[SourceRows]:
        """Give the rows of *source* for the length of a block.

        Raises SourceError when the database, the table or a column is missing, and SettingsError when the
        tree's settings have no proper `url`.
        """
        within: AbstractContextManager[sa.Connection]
        within = nullcontext(self._connection) if self._connection is not None else self._connected()
        with within as connection:
            if has_one_result(connection):
                for earlier in self._unfinished:
                    earlier.hold()
            rows = SqlRows(engine_of(self.tree), connection, source, self._values)
            others, self._unfinished = self._unfinished, (*self._unfinished, rows)
            try:
                yield rows
            finally:
                self._unfinished = others
                rows.close()

    @override
    def examine(self) -> Iterable[Check]:
        """Yield whether the database is reached, its clock, the tables and columns, and the right to read."""
        return examined_for_reading(self.tree, noted_sources(self))

    @contextmanager
    def _connected(self) -> Generator[sa.Connection]:
        engine = engine_of(self.tree)
        try:
            connection = connect(engine)
        except UnreachableError as error:
            place = Place(f"{self.tree.name} ({engine.dialect.name})")
            raise SourceError(place, f"{error}: is [trees.{self.tree.name}] url in dss.toml right?") from None
        with connection:
            try:
                begin_snapshot(connection)
            except exc.SQLAlchemyError as error:
                place = Place(f"{self.tree.name} ({engine.dialect.name})")
                raise SourceError(place, driver_text(engine, error)) from None
            yield connection
