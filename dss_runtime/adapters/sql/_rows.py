"""The rows of a table or a query, a few at a time."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from dss_runtime import Place, SourceError
from dss_runtime._tabular import SharedTable
from dss_runtime.adapters.sql._columns import real_types
from dss_runtime.adapters.sql._database import driver_text
from dss_runtime.adapters.sql._lenient import readable
from dss_runtime.adapters.sql._selection import Selection
from dss_runtime.adapters.sql._shared import shared
from dss_runtime.adapters.sql._snapshot import has_one_result
from dss_runtime.adapters.sql._source import SqlSource
from dss_runtime.codegen import Cells

AT_ONCE = 1000
"""How many rows are fetched at once."""


class SqlRows:
    """Iterates over the rows of a source, the cells in the order of its columns.

    Raises SourceError when made for a table or column that is missing, and while iterating when the
    connection is lost. An empty table has no rows, which is no error.
    """

    unreadable: Sequence[tuple[Place, str]] = ()
    """Nothing: a database has no rows that are none."""

    def __init__(
        self,
        engine: sa.Engine,
        connection: sa.Connection,
        source: SqlSource,
        values: dict[tuple[str, str], Counter[str]] | None = None,
    ) -> None:
        self._engine = engine
        self._connection = connection
        self._values = {} if values is None else values
        self._source = source
        self._name = f"{engine.dialect.name}: {source}"
        self._row = 0
        self._held: Sequence[sa.Row[Any]] | None = None
        try:
            self._result, self._pick = self._execute(connection)
        except exc.SQLAlchemyError as error:
            raise SourceError(Place(self._name), self._diagnosis(error)) from None

    def close(self) -> None:
        """Give back what the database holds for the rows."""
        self._result.close()

    def place(self) -> Place:
        """Return the table and the number of the row that was yielded last."""
        return Place(self._name, self._row)

    def __iter__(self) -> Iterator[Cells]:
        pick = self._pick
        while rows := self._next():
            for row in rows:
                self._row += 1
                cells = row if pick is None else pick(row)
                if cells is not None:
                    yield cells

    def shared(self) -> SharedTable | str:
        """Return where others can read the same rows, as of the moment that the connection sees."""
        if self._source.table is None or self._source.lookups:
            return "is read by a query, or with lookups, and only a plain table is shared"
        try:
            return shared(self._connection, self._name, self._source.table, self._source.columns)
        except exc.SQLAlchemyError as error:
            raise SourceError(Place(self._name), driver_text(self._engine, error)) from None

    def hold(self) -> None:
        """Fetch all rows that are left: the connection is about to be used for something else."""
        if self._held is None and not self._result.closed:
            self._held = self._fetched(self._result.all)

    def _next(self) -> Sequence[sa.Row[Any]]:
        """Return the next few rows, none after the last."""
        if self._held is None:
            return self._fetched(lambda: self._result.fetchmany(AT_ONCE))
        rows, self._held = self._held, ()
        return rows

    def _fetched(self, fetch: Callable[[], Sequence[sa.Row[Any]]]) -> Sequence[sa.Row[Any]]:
        try:
            return fetch()
        except (exc.SQLAlchemyError, OSError) as error:
            text = driver_text(self._engine, error)
            raise SourceError(self.place(), f"reading broke off after this row: {text}") from None

    def values_in(self, column: str) -> Counter[str]:
        """Return how many rows of the table have which text in *column*; none where a query is read.

        Asked again for a column, it is the same object: so it tells which branches have one.
        """
        table = self._source.table
        if table is None:
            return Counter()
        place = (table.fullname, column)
        if place not in self._values:
            if has_one_result(self._connection):
                self.hold()
            cells = sa.select(readable(table.columns[column])).where(table.columns[column].is_not(None))
            try:
                self._values[place] = Counter(map(str, self._connection.execute(cells).scalars()))
            except (exc.SQLAlchemyError, OSError) as error:
                text = driver_text(self._engine, error)
                raise SourceError(
                    Place(self._name), f"the column {column!r} cannot be read: {text}"
                ) from None
        return self._values[place]

    def _execute(
        self, connection: sa.Connection
    ) -> tuple[sa.CursorResult[Any], Callable[[Cells], Cells | None] | None]:
        options: dict[str, Any] = {"stream_results": True, "max_row_buffer": AT_ONCE}
        source = self._source
        if source.table is not None:
            known = source.table.columns
            missing = [name for name in source.columns if name not in known]
            if missing:
                raise SourceError(Place(self._name), missing_columns(missing, list(known.keys())))
            types = {name: real_types(connection, each.table) for name, each in source.lookups.items()}
            selection = Selection(source.table, source.columns, source.lookups, types)
            result = connection.execute(selection.select(), execution_options=options)
            return result, selection.cells if source.lookups else None
        # The text goes to the driver as it is: a colon or a per cent sign means nothing of ours.
        result = connection.exec_driver_sql(
            source.query, execution_options={**options, "no_parameters": True}
        )
        if not result.returns_rows:
            raise SourceError(Place(self._name), "the query gives no rows: only a SELECT can be read from")
        return result, self._by_name(list(result.keys()))

    def _by_name(self, names: Sequence[str]) -> Callable[[Cells], Cells | None]:
        missing = [name for name in self._source.columns if name not in names]
        if missing:
            raise SourceError(Place(self._name), missing_columns(missing, names))
        wanted = [names.index(name) for name in self._source.columns]
        if len(wanted) > 1:
            return itemgetter(*wanted)
        return lambda row: tuple(row[at] for at in wanted)

    def _diagnosis(self, error: exc.SQLAlchemyError) -> str:
        """Say what is missing, as far as the database knows, or else what the driver says."""
        said = driver_text(self._engine, error)
        source = self._source
        if source.table is None:
            return said
        wanted = [(source.table, source.columns)]
        wanted += [(each.table, tuple(each.table.columns.keys())) for each in source.lookups.values()]
        try:
            return next(filter(None, (self._missing(*each) for each in wanted)), said)
        except exc.SQLAlchemyError:
            return said

    def _missing(self, table: sa.Table, wanted: Sequence[str]) -> str:
        """Return which of the columns *wanted*, or that the table itself, the database lacks; "" for none."""
        try:
            inspector = sa.inspect(self._engine)
            columns = [
                str(column["name"]) for column in inspector.get_columns(table.name, schema=table.schema)
            ]
            missing = [name for name in wanted if name not in columns]
            return missing_columns(missing, columns) if missing else ""
        except exc.NoSuchTableError:
            pass
        names = sa.inspect(self._engine).get_table_names(schema=table.schema)
        return f"the database has no table {table.fullname!r}{near(table.name, names)}"


def missing_columns(missing: Sequence[str], names: Sequence[str]) -> str:
    """Say which columns there are not, and what may have been meant."""
    return "; ".join(f"there is no column {name!r}{near(name, names)}" for name in missing)


def near(word: str, names: Sequence[str]) -> str:
    """Return ", did you mean 'x'?" for the name that is nearest to *word*, "" when none is near."""
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold(), folded, n=1)
    return f", did you mean {folded[near[0]]!r}?" if near else ""
