"""Parquet and Arrow files as tables. Files are opened by whoever calls; their columns have types already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from ..schema.file_options import reason_against_path
from .csv_files import columns_of, stem_of, told_apart
from .evidence import PullError, SourceColumn, SourceTable, Typed

_TYPES = {
    "null": None,
    "text": Typed("str"),
    "bytes": Typed("bytes"),
    "bool": Typed("bool"),
    "int": Typed("int"),
    "float": Typed("float"),
    "decimal": Typed("decimal"),
    "date": Typed("date"),
    "time": Typed("time"),
    "instant": Typed("datetime"),
    "local time": Typed("datetime", options=(("zone", "naive"),)),
    "uuid": Typed("uuid"),
    "json": Typed("json"),
}
"""The field type of each word that says what a column holds."""
_NO_ELEMENTS = ("bytes", "json")


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column as its file describes it.

    `holds` is what its values are, in a word of ours, and those of a list's elements where it is `several`;
    "" for what no field can hold. `kind` is what the file calls it.
    """

    name: str
    kind: str
    holds: str
    several: bool = False


class ColumnarFile(Protocol):
    """A file that can be read as often as needed. `path` is relative to the tree's folder."""

    path: str
    shown: str
    columns: Sequence[FileColumn]

    def cells(self, positions: tuple[int, ...]) -> Iterator[Sequence[object]]:
        """Yield the cells at *positions* of each row (PullError where the file cannot be read on)."""
        ...


def parquet_tables(files: Sequence[ColumnarFile]) -> list[SourceTable]:
    """Return a table per kind of file: those with one name, versions aside, and the same columns.

    Raises PullError with everything that is wrong with any of them.
    """
    wrong = [
        f"{each.shown}: the path {reason}" for each in files if (reason := reason_against_path(each.path))
    ]
    if wrong:
        raise PullError("\n".join(f"{line}: rename it" for line in wrong))
    kinds: dict[object, list[ColumnarFile]] = {}
    for file in files:
        kinds.setdefault((stem_of(file.path), tuple(file.columns)), []).append(file)
    names = Counter(stem_of(group[0].path) for group in kinds.values())
    return told_apart([_table(group, whole=names[stem_of(group[0].path)] > 1) for group in kinds.values()])


def _table(group: list[ColumnarFile], *, whole: bool) -> SourceTable:
    first = group[0]
    paths = tuple(each.path for each in group)
    named = columns_of([column.name for column in first.columns])

    def cells(positions: tuple[int, ...]) -> Iterable[Sequence[object]]:
        for each in group:
            yield from each.cells(positions)

    return SourceTable(
        name=PurePosixPath(first.path).stem if whole else stem_of(first.path),
        title=", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else ""),
        columns=tuple(map(_column, named, first.columns)),
        cells=cells,
        options=(("path", paths[0] if len(paths) == 1 else paths),),
        doubts=("several files of one kind, read one after the other",) if len(group) > 1 else (),
    )


def _column(named: SourceColumn, found: FileColumn) -> SourceColumn:
    """Return a column with the type that its file declares."""
    if not found.holds or (found.several and found.holds in _NO_ELEMENTS):
        reason = named.unusable or f"holds values of the type {found.kind}, which no field can"
        return replace(named, unusable=reason)
    declared = _TYPES[found.holds]
    if found.several:
        declared = Typed("list", of="str" if declared is None else declared.name)
    facts = () if found.holds == "null" else (found.kind,)
    return replace(named, declared=declared, facts=facts)
