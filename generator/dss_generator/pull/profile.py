"""Reading a table once: what each column holds, and which columns are not even looked at."""

from __future__ import annotations

from itertools import islice

from .evidence import TEXT, Column, SourceColumn, SourceTable, Table
from .labels import is_secret
from .look import Look

_CHUNK = 2_000


def profile(source: SourceTable) -> Table:
    """Return what the rows of *source* hold; columns that the schema must leave out are not read at all."""
    wanted = [at for at, column in enumerate(source.columns) if not _left_out(column)]
    looks = {at: Look(source.columns[at], enums=source.enums) for at in wanted}
    rows = 0
    cells = iter(source.cells(tuple(wanted))) if wanted else iter(())
    while chunk := tuple(islice(cells, _CHUNK)):
        rows += len(chunk)
        for look, values in zip(looks.values(), zip(*chunk, strict=True), strict=True):
            look.add(values)
    columns = tuple(
        looks[at].column(at, rows, judged=source.judged) if at in looks else _omitted(at, column)
        for at, column in enumerate(source.columns)
    )
    return Table(
        source=source, columns=columns, rows=rows, complete=source.limit is None or rows < source.limit
    )


def _left_out(column: SourceColumn) -> str:
    if column.unusable:
        return column.unusable
    if column.secret or is_secret(column.label):
        return "looks like a secret"
    return ""


def _omitted(index: int, column: SourceColumn) -> Column:
    return Column(
        index=index,
        source=column.source,
        label=column.label,
        typed=TEXT,
        doubts=(*column.doubts, *filter(None, (column.if_left_out,))),
        omitted=_left_out(column),
    )
