"""Delimited files as tables. Files are opened by whoever calls; here is what their first lines mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from ..schema.file_options import reason_against_path
from ..texts import refused_at
from .csv_dialect import Dialect, detect, rows_of
from .evidence import Option, PullError, SourceColumn, SourceTable
from .words import words

_LONGEST_NAME = 200
_VERSION = re.compile(r"(?:[_ .-]+v?\(?[0-9]+(?:[._-][0-9]+)*\)?|[0-9]{6,})$", re.IGNORECASE)
"""What sets files of one kind apart: `_v4.1`, `-2026-09-01`, ` (2)`, `20260901`."""
_DATA = re.compile(
    r"[^@\s]+@[^@\s]+\.[^@\s]+|[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}"
)
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*")


class OpenedFile(Protocol):
    """A file that can be read as often as needed. `path` is relative to the tree's folder."""

    path: str
    shown: str
    encoding: str

    def first_lines(self) -> list[str]:
        """Return the first lines with their ends, enough of them to see what they are (PullError)."""
        ...

    def cells(
        self, dialect: Dialect, positions: tuple[int, ...], *, header: bool
    ) -> Iterator[Sequence[object]]:
        """Yield the cells at *positions* of each row that can be read as one (PullError)."""
        ...


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file with what its first lines told."""

    file: OpenedFile
    dialect: Dialect
    first: tuple[str, ...]

    @property
    def kind(self) -> tuple[str, Dialect, str, tuple[str, ...]]:
        """What files of one kind have in common."""
        return stem_of(self.file.path), self.dialect, self.file.encoding, self.first


def csv_tables(
    files: Sequence[OpenedFile], *, header: bool | None = None, delimiter: str | None = None
) -> list[SourceTable]:
    """Return a table per kind of file: those with one name, versions aside, and one header are one kind.

    *header* says whether the first line names the columns. Where nobody says, it must not look like data,
    which would else become names in a schema, personal data among it.

    Raises PullError with everything that is wrong with any of them.
    """
    opened: list[_Opened] = []
    wrong: list[str] = []
    for file in files:
        try:
            opened.append(_open(file, header=header, delimiter=delimiter))
        except PullError as error:
            wrong.append(str(error))
    if wrong:
        raise PullError("\n".join(wrong))
    kinds: dict[object, list[_Opened]] = {}
    for each in opened:
        # Without a header nothing tells that two files are of one kind but their width.
        kind = each.kind if header is not False else (*each.kind[:3], (str(len(each.first)),))
        kinds.setdefault(kind, []).append(each)
    names = Counter(stem_of(group[0].file.path) for group in kinds.values())
    tables = [
        _table(group, header=header is not False, whole=names[stem_of(group[0].file.path)] > 1)
        for group in kinds.values()
    ]
    return told_apart(tables)


def told_apart(tables: list[SourceTable]) -> list[SourceTable]:
    """Return *tables*, a number behind names that others have already."""
    seen: Counter[str] = Counter()
    found: list[SourceTable] = []
    for table in tables:
        seen[table.name] += 1
        again = seen[table.name]
        found.append(table if again == 1 else replace(table, name=f"{table.name} {again}"))
    return found


def columns_of(first: Sequence[str]) -> tuple[SourceColumn, ...]:
    """Return the columns that a header names, those that no schema can name marked as such."""
    counts = Counter(first)
    found: list[SourceColumn] = []
    for name in first:
        unusable = ""
        if not name:
            unusable = "has no name in the header"
        elif counts[name] > 1:
            unusable = f"is in the header {counts[name]} times: nobody knows which is meant"
        elif len(name) > _LONGEST_NAME or refused_at(name, lines=False) is not None:
            unusable = "has a name that is too long, or holds characters that a schema does not"
        found.append(SourceColumn(source=name, label=name, unusable=unusable))
    return tuple(found)


def _open(file: OpenedFile, *, header: bool | None, delimiter: str | None) -> _Opened:
    reason = reason_against_path(file.path)
    if reason is not None:
        raise PullError(f"{file.shown}: the path {reason}: rename it")
    lines = file.first_lines()
    dialect = detect(file.shown, lines, delimiter=delimiter)
    rows = rows_of(lines[:1], dialect) if not dialect.quote else _first_row(lines, dialect)
    if not rows:
        raise PullError(f"{file.shown}: has no row to begin with: has the export run, and is it complete?")
    if header is None and _looks_like_data(rows[0]):
        raise PullError(
            f"{file.shown}:1: looks like data, where the names of columns are expected: say --no-header if it"
            " is, --header if it names columns"
        )
    return _Opened(file, dialect, tuple(rows[0]))


def _first_row(lines: list[str], dialect: Dialect) -> list[list[str]]:
    """Return the first row, which may take several lines."""
    for end in range(1, len(lines) + 1):
        text = "".join(lines[:end])
        if text.count(dialect.quote) % 2 == 0 and text.strip():
            return rows_of(lines[:end], dialect)
    return []


def _table(group: list[_Opened], *, header: bool, whole: bool) -> SourceTable:
    first = group[0]
    columns = (
        columns_of(first.first)
        if header
        else tuple(SourceColumn(source=at, label="") for at in range(len(first.first)))
    )
    paths = tuple(each.file.path for each in group)
    options: list[Option] = [
        ("path", paths[0] if len(paths) == 1 else paths),
        *first.dialect.options,
    ]
    if first.file.encoding != "utf-8":
        options.append(("encoding", first.file.encoding))
    if not header:
        options.append(("header", False))
    doubts: list[str] = []
    if len(group) > 1:
        doubts.append(
            f"{len(group)} files of one kind, read one after the other; if only the newest counts, "
            "write its name with a * and `newest: true`"
        )
    stem = PurePosixPath(first.file.path).stem if whole else stem_of(first.file.path)

    def cells(positions: tuple[int, ...]) -> Iterable[Sequence[object]]:
        for each in group:
            yield from each.file.cells(each.dialect, positions, header=header)

    return SourceTable(
        name=stem,
        title=", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else ""),
        columns=columns,
        cells=cells,
        options=tuple(options),
        doubts=tuple(doubts),
    )


def stem_of(path: str) -> str:
    """Return what the files of one kind are called: without folder, suffix and version."""
    stem = PurePosixPath(path).stem
    bare = _VERSION.sub("", stem)
    return bare if words(bare) else stem


def _looks_like_data(first: Sequence[str]) -> bool:
    """Return whether a row holds what no header does: addresses, days, mostly numbers."""
    numbers = sum(_NUMBER.fullmatch(name) is not None for name in first)
    return 2 * numbers > len(first) or any(_DATA.fullmatch(name) for name in first)
