"""The rows of a branch: those of the last whole file, and what later sets say has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from dss_runtime import Place, SourceError
from dss_runtime.adapters.oneroster._header import suggestion
from dss_runtime.adapters.oneroster._set import RosterSet
from dss_runtime.adapters.oneroster._source import RosterSource
from dss_runtime.adapters.oneroster._standards import METADATA, STANDARDS
from dss_runtime.adapters.oneroster._table import Table
from dss_runtime.codegen import Cells

KEY = "sourcedId"


class RosterRows:
    """Iterates over the cells of each live record, in the order of the source's columns.

    Of *sets*, the first has to be whole; each later one replaces a file that it holds whole, and changes what
    it says has changed. A delta alone raises SourceError: what it does not hold is not gone. So does a row of
    a delta that cannot be read, since nobody knows what it was to change.
    """

    def __init__(self, sets: Sequence[RosterSet], source: RosterSource) -> None:
        self._source = source
        _check_columns(source)
        spoken = [each for each in sets if each.manifest.state(source.file) != "absent"]
        whole = [at for at, each in enumerate(spoken) if each.manifest.state(source.file) == "bulk"]
        if not spoken:
            sets[0].require(source.file)
        if not whole:
            raise SourceError(
                Place(spoken[0].shown(source.file)),
                "is a delta: it holds what has changed, and what it does not hold is not gone;"
                " name the whole set before it: path = [whole, delta]",
            )
        base, *deltas = spoken[whole[-1] :]
        self._base = Table(base, source.file, source.columns)
        self._deltas = [Table(each, source.file, source.columns) for each in deltas]
        self._at = Place(self._base.shown, 1)
        files = [each.members.modified(each.name(source.file)) for each in (base, *deltas)]
        self.modified = datetime.fromtimestamp(max(files), UTC)

    def place(self) -> Place:
        """Return the file and the line of the row that was yielded last."""
        return self._at

    @property
    def share(self) -> float:
        """Which part of the whole file was read, from 0 to 1; 0 where that is over, or has not begun."""
        return self._base.share

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows of the whole file that were none."""
        return self._base.unreadable

    def __iter__(self) -> Iterator[Cells]:
        changed = self._changed()
        for row in self._base:
            cells = dict(zip(self._base.header, row, strict=True))
            if cells.get(KEY) not in changed and _is_live(cells):
                yield self._cells(self._base, self._base.line, cells)
        for table, line, cells in changed.values():
            if _is_live(cells):
                yield self._cells(table, line, cells)

    def _changed(self) -> dict[str | None, tuple[Table, int, dict[str, str]]]:
        """Return the last row of the deltas for each key that they hold."""
        found: dict[str | None, tuple[Table, int, dict[str, str]]] = {}
        for table in self._deltas:
            for row in table:
                cells = dict(zip(table.header, row, strict=True))
                found.pop(cells[KEY], None)
                found[cells[KEY]] = table, table.line, cells
            if table.unreadable:
                raise SourceError(*table.unreadable[0])
        return found

    def _cells(self, table: Table, line: int, cells: dict[str, str]) -> Cells:
        self._at = Place(table.shown, line)
        try:
            return [cells[column] for column in self._source.columns]
        except KeyError as error:
            raise SourceError(
                Place(table.shown, 1),
                f"has no column {error.args[0]!r}, which the schema reads: leave it out there",
            ) from None


class NoRows:
    """The rows of a file that this tree makes itself and has not made yet: it has had no record for it."""

    unreadable: Sequence[tuple[Place, str]] = ()

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __iter__(self) -> Iterator[Cells]:
        return iter(())

    def place(self) -> Place:
        """Return the file."""
        return Place(self._shown)


def _is_live(cells: dict[str, str]) -> bool:
    return cells.get("status") != "tobedeleted"


def _check_columns(source: RosterSource) -> None:
    """Refuse columns that no such file has (SourceError)."""
    standard = STANDARDS[source.standard]
    known = standard.files[source.file].columns
    for column in source.columns:
        if column not in known and not column.startswith(METADATA):
            raise SourceError(
                Place(f"{source.file}.csv"),
                f"{standard.title} has no column {column!r} there{suggestion(column, known)}"
                " Say in the schema, by `columns`, which one is meant.",
            )
