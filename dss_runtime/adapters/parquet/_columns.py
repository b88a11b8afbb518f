"""Which columns of a file a branch reads, and whether their values are such as a field can hold."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import pyarrow as pa

from dss_runtime import Place, SourceError
from dss_runtime.adapters.parquet._kinds import is_readable


def positions(schema: pa.Schema, columns: Sequence[str | int], place: Place) -> list[int]:
    """Return the position of each of *columns* in a file (SourceError, naming all that is wrong)."""
    wrong: dict[str, None] = {}
    found: list[int] = []
    for column in columns:
        at, reason = _position(schema.names, column)
        kind = None if reason else schema.field(at).type
        if kind is not None and not is_readable(kind):
            reason = f"the column {column!r} holds {_shown(kind)}, and no field can hold that"
        if reason:
            wrong[reason] = None
        found.append(at)
    if wrong:
        raise SourceError(place, "; ".join(wrong))
    return found


def _position(names: Sequence[str], column: str | int) -> tuple[int, str]:
    """Return the position of *column*, and what is wrong with it."""
    if isinstance(column, int):
        if column < len(names):
            return column, ""
        return 0, f"there is no column {column} (counted from 0): the file has {len(names)}"
    if names.count(column) == 1:
        return names.index(column), ""
    if column in names:
        return 0, f"the file has the column {column!r} {names.count(column)} times: which one is meant?"
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(column.casefold(), folded, n=1)
    suggestion = f", did you mean {folded[near[0]]!r}?" if near else ""
    return 0, f"the file has no column {column!r}{suggestion}"


def _shown(kind: pa.DataType) -> str:
    """Return the name of *kind* without what is in it: a struct may have hundreds of fields."""
    text = str(kind)
    return f"{text.partition('<')[0]}<…>" if "<" in text else text
