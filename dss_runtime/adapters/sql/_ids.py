"""The ids that the values of a field stand for, asked for many at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from dss_runtime.adapters.sql._columns import Types
from dss_runtime.adapters.sql._lenient import readable
from dss_runtime.adapters.sql._lookup import SqlLookup
from dss_runtime.adapters.sql._selection import counting
from dss_runtime.adapters.sql._values import prepared
from dss_runtime.types import FieldType

KEYS_AT_ONCE = 500
"""How many keys one query asks about, below the number of parameters that databases take."""


class NoRowError(ValueError):
    """A value stands for no row of the table that a lookup goes to."""


class Ids:
    """What the values of one field stand for.

    They are asked for anew for each batch: rows that the run itself has made have their ids by then, and
    nothing is remembered of rows that were undone.
    """

    def __init__(
        self, name: str, lookup: SqlLookup, kind: FieldType[Any], dialect: sa.Dialect, types: Types
    ) -> None:
        self.name = name
        self.lookup = lookup
        self._kind = kind
        self.types = types
        column = lookup.table.columns[lookup.key]
        self._type = types.get(lookup.key, column.type)
        self._prepare = prepared(dialect, self._type, kind)
        self._known: dict[Any, list[Any]] = {}

    def ask(self, connection: sa.Connection, values: Iterable[Any]) -> None:
        """Ask the database for *values*, and forget what it has said before."""
        self._known = {}
        wanted = [self._prepare(value) for value in dict.fromkeys(values) if value is not None]
        table, lookup = self.lookup.table, self.lookup
        key = table.columns[lookup.key]
        for start in range(0, len(wanted), KEYS_AT_ONCE):
            asked = wanted[start : start + KEYS_AT_ONCE]
            query = sa.select(readable(key), table.columns[lookup.value]).where(
                sa.type_coerce(key, self._type).in_(asked), *counting(lookup, table, self.types)
            )
            for cell, found in connection.execute(query):
                # A careless collation finds more than was asked for: only what is the same counts.
                self._known.setdefault(self._kind.parse(cell), []).append(found)

    def of(self, value: Any) -> Any:
        """Return the id that *value* stands for.

        Raises NoRowError where no row has it, and ValueError where several have.
        """
        if value is None:
            return self.lookup.none
        found = self._known.get(value, [])
        if len(found) == 1:
            return found[0]
        rows = f"{self.lookup.table.fullname}, found by {self.lookup.key} {value!r}"
        if not found:
            raise NoRowError(f"{self.name}: there is no row of {rows}")
        raise ValueError(f"{self.name}: there are {len(found)} rows of {rows}, and only one can be meant")
