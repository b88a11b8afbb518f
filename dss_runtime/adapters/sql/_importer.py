"""The base of generated importers that read tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from dss_runtime import Branch, Check, Progress
from dss_runtime._naming import leave_out_records
from dss_runtime._noting import noted_sources
from dss_runtime._progress import silent
from dss_runtime._reading import SourceRows
from dss_runtime.adapters.sql._source import SqlSource
from dss_runtime.codegen import Importer, override

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dss_runtime.adapters.sql._rows import SqlRows


class SqlImporter(Importer):
    """Reads branches from the database that the tree's settings name, all of them as of one moment.

    SQLAlchemy is imported once there is something to read: it takes as long as all the rest.
    """

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
        from dss_runtime.adapters.sql._database import engine_of
        from dss_runtime.adapters.sql._rows import SqlRows
        from dss_runtime.adapters.sql._snapshot import has_one_result

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
        from dss_runtime.adapters.sql._examine import examined_for_reading

        return examined_for_reading(self.tree, noted_sources(self))

    def _connected(self) -> AbstractContextManager[sa.Connection]:
        from dss_runtime.adapters.sql._snapshot import snapshot

        return snapshot(self.tree)
