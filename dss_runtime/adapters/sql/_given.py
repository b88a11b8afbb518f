"""What the database itself puts into rows that were written, such as ids that it counts up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dss_runtime.adapters.sql._ids import KEYS_AT_ONCE
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._target import SqlTarget

Given = Mapping[str, object]
"""Values of fields, by name."""


def given_by_database(
    connection: sa.Connection, target: SqlTarget, statements: Statements, records: Sequence[Any]
) -> Mapping[Hashable, Given]:
    """Return what the rows of *records* hold in the fields that are never written, by key.

    A value that its field cannot hold is left out: the next reading will tell.
    """
    fields = [*target.key, *statements.given]
    selection = statements.selection([target.columns[name] for name in fields])
    found: dict[Hashable, Given] = {}
    for start in range(0, len(records), KEYS_AT_ONCE):
        keys = [statements.key_values(each) for each in records[start : start + KEYS_AT_ONCE]]
        query = selection.select().where(statements.among(keys), *statements.scope())
        for row in connection.execute(query):
            cells = selection.cells(row)
            read = {} if cells is None else _read(target, fields, cells)
            if all(name in read for name in target.key):
                first, *rest = [read.pop(name) for name in target.key]
                found[(first, *rest) if rest else first] = read
    return found


def _read(target: SqlTarget, fields: Sequence[str], cells: Sequence[Any]) -> dict[str, object]:
    read: dict[str, object] = {}
    for name, cell in zip(fields, cells, strict=True):
        empty = cell is None or (cell == "" and name in target.nulls_as_empty)
        try:
            read[name] = None if empty else target.types[name].parse(cell)
        except ValueError:
            continue
    return read
