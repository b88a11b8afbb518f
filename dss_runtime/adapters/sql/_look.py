"""What a table holds of one record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from dss_runtime import Branch, PermanentError, Work
from dss_runtime._model import with_value
from dss_runtime.adapters.sql._holders import holder_of
from dss_runtime.adapters.sql._ids import NoRowError
from dss_runtime.adapters.sql._selection import Selection
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._target import SqlTarget


def look(
    connections: Sequence[sa.Connection],
    target: SqlTarget,
    statements: Statements,
    branch: Branch[Any, Any],
    work: Work,
) -> Any:
    """Return the record of *work* as the table holds it, None when it does not or holds it disabled.

    NotImplemented where the work is about something that is not read from the table, or where not all
    *connections* see the same. Of a record that is made or removed the rest is as in the work. Raises
    PermanentError where several rows have the key, and ValueError for a cell that its field cannot hold.
    """
    unread = target.unwritten | (target.create_only if work.key in branch.retired else frozenset[str]())
    if not set(work.attributes) <= target.columns.keys() - unread:
        return NotImplemented
    selection = statements.selection([*target.columns.values(), *target.set])
    # What was adopted has its new key, or has not got it.
    holder = holder_of(work, branch) if work.adopts is None else work.left
    rows, *others = (_rows(each, selection, statements, work, holder) for each in connections)
    if any(other != rows for other in others):
        return NotImplemented
    if len(rows) > 1:
        raise PermanentError("the key is not unique in the table")
    cells = selection.cells(rows[0]) if rows else None
    if cells is None or _is_disabled(target, cells[len(target.columns) :]):
        return None
    record = work.right if work.left is None else work.left
    for name, cell in zip(target.columns, cells, strict=False):
        if name in unread:
            continue
        empty = cell is None or (cell == "" and name in target.nulls_as_empty)
        record = with_value(record, name, None if empty else target.types[name].parse(cell))
    return record


def _rows(
    connection: sa.Connection, selection: Selection, statements: Statements, work: Work, holder: Any
) -> list[sa.Row[Any]]:
    """Return the rows with the key of *holder*, two at most: none where there is nobody whom it names."""
    statements.ask(connection, [(work, holder)])
    try:
        key = statements.key_values(holder)
    except NoRowError:
        return []
    query = selection.select().where(*statements.has_key(key), *statements.scope())
    return [*connection.execute(query).fetchmany(2)]


def _is_disabled(target: SqlTarget, cells: Sequence[object]) -> bool:
    return target.old == "set" and list(cells) == list(target.set.values())
