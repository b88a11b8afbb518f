"""A file of a set while it is changed, in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Hashable, Iterator, Mapping

from dss_runtime import PermanentError
from dss_runtime._cells import same
from dss_runtime.adapters.oneroster._set import RosterSet
from dss_runtime.adapters.oneroster._standards import METADATA, Standard
from dss_runtime.adapters.oneroster._table import Table
from dss_runtime.adapters.oneroster._target import RosterTarget

Row = dict[str, str]


class EditedFile:
    """The rows of a file by number; what is done to them can be undone back to a `mark`."""

    def __init__(self, standard: Standard, file: str, held: RosterSet | None) -> None:
        self.columns = standard.files[file].columns
        self.required = standard.files[file].required
        self.changed = False
        self._rows: dict[int, Row] = {}
        self._undo: list[tuple[int, Row | None]] = []
        self._indexes: dict[str, dict[Hashable, list[int]]] = {}
        self._next = 0
        if held is not None and held.manifest.state(file) != "absent":
            self._read(Table(held, file))

    def _read(self, table: Table) -> None:
        for row in table:
            self._rows[self._next] = dict(zip(table.header, row, strict=True))
            self._next += 1
        if table.unreadable:
            place, reason = table.unreadable[0]
            raise PermanentError(f"{place}: {reason}: the file is not rewritten while it has such a row")
        own = [name for name in table.header if name.startswith(METADATA)]
        self.columns = (*self.columns, *own)

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> Row:
        """Return a row; never change it in place."""
        return self._rows[number]

    def find(self, branch: str, target: RosterTarget, key: Hashable, *, withdrawn: bool = False) -> list[int]:
        """Return the numbers of the rows that hold the record with *key*, in canonical form.

        Those that are `tobedeleted` hold none; *withdrawn* returns them alone.
        """
        index = self._indexes.get(branch)
        if index is None:
            index = self._indexes[branch] = {}
            for number, row in self._rows.items():
                if is_within(row, target.scope):
                    index.setdefault(key_in(row, target), []).append(number)
        found = [number for number in index.get(key, ()) if number in self._rows]
        return [each for each in found if (self._rows[each].get("status") == "tobedeleted") == withdrawn]

    def add(self, branch: str, key: Hashable, row: Row) -> None:
        """Append a row that holds the record with *key*."""
        self._indexes[branch].setdefault(key, []).append(self._next)
        self._put(self._next, row)
        self._next += 1

    def update(self, number: int, cells: Mapping[str, str]) -> None:
        """Change cells of a row."""
        self._put(number, {**self._rows[number], **cells})

    def remove(self, number: int) -> None:
        """Take a row away."""
        self._put(number, None)

    def _put(self, number: int, row: Row | None) -> None:
        self._undo.append((number, self._rows.get(number)))
        self._set(number, row)
        self.changed = True

    def _set(self, number: int, row: Row | None) -> None:
        if row is None:
            self._rows.pop(number, None)
        else:
            self._rows[number] = row

    @property
    def mark(self) -> int:
        """How much has been done so far."""
        return len(self._undo)

    def undo_to(self, mark: int) -> None:
        """Undo all that was done after *mark*; a row that was taken away comes last."""
        while len(self._undo) > mark:
            self._set(*self._undo.pop())

    def content(self) -> bytes:
        """Return the file: RFC 4180, UTF-8, in the order of the standard's columns."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(self._lines())
        return text.getvalue().encode()

    def _lines(self) -> Iterator[list[str]]:
        for row in self._rows.values():
            yield [row.get(name, "") for name in self.columns]


def is_within(row: Row, scope: Mapping[str, object]) -> bool:
    """Return whether a row is one of those that *scope* ties to a branch."""
    return all(same(row.get(name, ""), value) for name, value in scope.items())


def key_in(row: Row, target: RosterTarget) -> Hashable:
    """Return the key of a row in canonical form; its text where it is none."""
    cells = [row.get(target.columns[name], "") for name in target.key]
    try:
        return canonical(
            target, [target.types[name].parse(cell) for name, cell in zip(target.key, cells, strict=True)]
        )
    except ValueError:
        return tuple(cells)


def canonical(target: RosterTarget, values: list[object]) -> Hashable:
    """Return what is equal for values of one key."""
    forms: list[Callable[[object], Hashable]] = [target.types[name].canonical for name in target.key]
    return tuple(form(value) for form, value in zip(forms, values, strict=True))
