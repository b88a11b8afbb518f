"""Rows that hold ids, selected with the keys that these stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dss_runtime._blank import blank
from dss_runtime.adapters.sql._columns import Types
from dss_runtime.adapters.sql._lenient import readable
from dss_runtime.adapters.sql._lookup import SqlLookup
from dss_runtime.codegen import Cells, Unresolved

_NONE, _FOUND, _GONE, _OTHER = range(4)
"""What an id leads to: it says that there is nothing, a row that counts, no row at all, another one."""


class Selection:
    """A SELECT of columns of a table that gives keys in place of ids; `types` are those of each lookup."""

    def __init__(
        self,
        table: sa.Table,
        names: Sequence[str],
        lookups: Mapping[str, SqlLookup],
        types: Mapping[str, Types],
    ) -> None:
        self._width = len(names)
        self._joined = [(at, lookups[name]) for at, name in enumerate(names) if name in lookups]
        columns: list[sa.ColumnElement[Any]] = []
        self._source: sa.FromClause = table
        told: list[sa.ColumnElement[Any]] = []
        for at, name in enumerate(names):
            column = table.columns[name]
            lookup = lookups.get(name)
            if lookup is None:
                columns.append(readable(column))
                continue
            row = lookup.table.alias(f"dss_lookup_{at}")
            self._source = self._source.outerjoin(row, row.columns[lookup.value] == column)
            columns.append(readable(row.columns[lookup.key]).label(name))
            told += [readable(column).label(f"dss_id_{at}"), _found(column, row, lookup, types[name])]
        self._columns = (*columns, *told)

    def select(self) -> sa.Select[Any]:
        """Return the SELECT, of all rows."""
        return sa.select(*self._columns).select_from(self._source)

    def cells(self, row: Sequence[Any]) -> Cells | None:
        """Return the cells of a row that was selected; None for one that is somebody else's.

        A cell whose id leads to no key is Unresolved, which no field's type takes.
        """
        if not self._joined:
            return row
        cells = list(row[: self._width])
        for number, (at, lookup) in enumerate(self._joined):
            held, found = row[self._width + 2 * number :][:2]
            if found == _FOUND and not blank(cells[at]):
                continue
            if found == _NONE:
                cells[at] = None
            elif found == _GONE:
                cells[at] = Unresolved(held, f"is the {lookup.value} of no row of {lookup.table.fullname}")
            elif lookup.ignore:
                return None
            else:
                what = f"has no {lookup.key}" if found == _FOUND else "does not count by the lookup's `where`"
                cells[at] = Unresolved(
                    held, f"is the {lookup.value} of a row of {lookup.table.fullname} that {what}"
                )
        return cells


def _found(
    column: sa.Column[Any], row: sa.FromClause, lookup: SqlLookup, types: Types
) -> sa.ColumnElement[int]:
    nothing: sa.ColumnElement[bool] = column.is_(None)
    if lookup.none is not None:
        nothing = sa.or_(nothing, column == lookup.none)
    return sa.case(
        (nothing, _NONE),
        (row.columns[lookup.value].is_(None), _GONE),
        (sa.and_(sa.true(), *counting(lookup, row, types)), _FOUND),
        else_=_OTHER,
    )


def counting(lookup: SqlLookup, row: sa.FromClause, types: Types) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that a *row* of the lookup's table meets just when it counts."""
    return [_typed(row.columns[name], types).in_(given) for name, given in lookup.where.items()]


def _typed(column: sa.ColumnElement[Any], types: Types) -> sa.ColumnElement[Any]:
    name = getattr(column, "name", "")
    return sa.type_coerce(column, types[name]) if name in types else column
