"""Reading the rows of one branch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from dss_runtime._batch import Batch, batches_of
from dss_runtime._blank import blank
from dss_runtime._branch import Branch
from dss_runtime._cells import WHERE, BadCellError, Unresolved
from dss_runtime._columns import Columns, records_parser
from dss_runtime._duplicates import DuplicatePolicy
from dss_runtime._errors import RowError
from dss_runtime._naming import shared_fields
from dss_runtime._progress import STEP, rows_in_all
from dss_runtime._unclaimed import Unclaimed
from dss_runtime._unreadable import Unreadable

if TYPE_CHECKING:
    from dss_runtime._reading import BranchReading, Cells, Importer, SourceRows

M = TypeVar("M")
K = TypeVar("K")


class BranchReader(Generic[K, M]):
    """Reads the rows of one branch, once."""

    def __init__(
        self, importer: Importer, branch: Branch[K, M], rows: SourceRows, reading: BranchReading[K, M]
    ) -> None:
        self.importer = importer
        self.branch = branch
        self.rows = rows
        self.reading = reading
        self.duplicates = DuplicatePolicy(branch, reading.merge)
        self.step = 0

    def run(self) -> None:
        """Make a record of every row that can become one, and say which cannot."""
        reading, branch = self.reading, self.branch
        parse, keep, retired = reading.parse, reading.keep, reading.retired
        key_of, existing, put, noted = branch.key_of, branch.existing, branch.put, self.duplicates.note
        for cells in self._one_by_one():
            try:
                record = parse(cells)
            except BadCellError as error:
                if error.field == WHERE or not self._unclaimed(cells):
                    self._unreadable(cells, error)
                continue
            if record is None or (keep is not None and not keep(record)):
                continue
            key = key_of(record)
            if retired is not None and retired(cells):
                branch.retired[key] = record
                continue
            found = existing(key)
            if found is None and key not in self.duplicates.banned:
                noted(self.rows.place())
                put(key, record)
            else:
                self.duplicates.resolve(key, found, record, self.rows.place())
        left_out: int = getattr(self.rows, "left_out", 0)
        branch.rows_read = self.step + left_out + len(self.rows.unreadable)
        branch.bytes_read = getattr(self.rows, "size", None)
        branch.modified = getattr(self.rows, "modified", None)
        for place, reason in self.rows.unreadable:
            self._quarantine(Unreadable(branch.fullname, place, reason))
        self._drop_doubtful()
        self._note_taken()

    def _one_by_one(self) -> Iterator[Cells]:
        """Yield the rows that have to be looked at one by one, after all others before them were taken."""
        records = records_parser(self.importer, self.branch.name, self.branch.klass, self.reading)
        batches = None if records is None else batches_of(self.rows)
        if records is None or batches is None:
            yield from self._counted(self.rows)
            return
        for batch in batches:
            if len(batch) > 1 and self._takes(batch, records):
                before, self.step = self.step, self.step + len(batch)
                for step in range(before - before % STEP + STEP, self.step + 1, STEP):
                    self._tell(step)
            else:
                yield from self._counted(batch)

    def _counted(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        for cells in rows:
            self.step += 1
            if self.step % STEP == 0:
                self._tell(self.step)
            yield cells

    def _tell(self, step: int) -> None:
        self.importer.progress("read", self.branch.name, step, rows_in_all(self.rows, step))

    def _takes(self, batch: Batch, parse: Callable[[Columns], list[M]]) -> bool:
        """Make a record of every row of *batch*, or, where that is not as plain as it mostly is, of none."""
        try:
            records = parse(batch.columns)
        except ValueError:
            return False
        found = dict(zip(map(self.branch.key_of, records), records, strict=True))
        if len(found) < len(records) or not self.duplicates.banned.isdisjoint(found):
            return False
        if not self.branch.put_new(found):
            return False
        self.duplicates.note_all(batch.file, batch.lines)
        return True

    def _note_taken(self) -> None:
        """Keep the names that are taken where the branch is, also in rows that are no records of it."""
        values_in: Callable[[str], Counter[str]] | None = getattr(self.rows, "values_in", None)
        if values_in is None:
            return
        for name in shared_fields(self.branch):
            if name in self.reading.feeds:
                self.branch.taken[name] = values_in(self.reading.columns[self.reading.feeds[name]])

    def _unclaimed(self, cells: Cells) -> bool:
        """Keep a row that may be adopted: one without its key, or without a part of it. Return whether it is.

        It is none where a field by which it would be known cannot be read: nobody can tell whose it is.
        """
        columns, key = self.reading.unclaimed, self.branch.info.key
        if not columns or not any(blank(cells[columns[name][0]]) for name in key):
            return False
        fields: dict[str, object] = {}
        unreadable: set[str] = set()
        for name, (at, parse) in columns.items():
            if name not in key:
                try:
                    fields[name] = None if blank(cells[at]) else parse(cells[at])
                except ValueError:
                    unreadable.add(name)
        known = self.branch.matched_by
        if not unreadable.isdisjoint(known):
            return False
        raw = {name: cells[columns[name][0]] for name in (*key, *known)}
        self.branch.unclaimed.append(Unclaimed(fields, raw, frozenset(unreadable)))
        return True

    def _drop_doubtful(self) -> None:
        """A record of which another row cannot be read is known in part only, which is not data."""
        for row in self.branch.unreadable:
            if row.key and row.key[0] in self.branch:
                self.branch.delete(cast("K", row.key[0]))

    def _unreadable(self, cells: Cells, error: BadCellError) -> None:
        """Say what is wrong with a row, where, and whose record it would have been."""
        place = self.rows.place()
        index = self.reading.feeds.get(error.field)
        column = self.reading.columns[index] if index is not None else ""
        value = "" if index is None else f" {self._shown(error.field, cells[index])}"
        name = error.field if column in ("", error.field) else f"{error.field} (column {column})"
        cell = None if index is None else cells[index]
        wrong = cell.reason if isinstance(cell, Unresolved) else error.reason
        reason = f"{name}:{value} {wrong}" if value else f"{name}: {wrong}"
        try:
            key: tuple[object, ...] = (self.reading.key(cells),)
        except (BadCellError, ValueError):
            key = ()
        self._quarantine(Unreadable(self.branch.fullname, place, reason, key))

    def _shown(self, name: str, cell: object) -> str:
        """Return *cell* as a person may see it: hidden where its column gives a sensitive field too."""
        reading = self.reading
        column = {each: reading.columns[at] for each, at in reading.feeds.items()}
        hidden = {column.get(each, "") for each in reading.sensitive}
        return "'***'" if name in reading.sensitive or column.get(name, "") in hidden else repr(cell)

    def _quarantine(self, row: Unreadable) -> None:
        if self.reading.strict:
            raise RowError(row.place, row.reason)
        self.branch.quarantine(row)
