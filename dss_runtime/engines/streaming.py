"""One side held and the other streamed past it: what is the same is forgotten as soon as it is read.

For branches of which only the left side is files of rows: the right side, whatever it is, becomes objects,
and the left's rows become objects one at a time, of which only those are kept that differ from the right's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dss_runtime import Branch, Place
from dss_runtime._cells import BadCellError
from dss_runtime._reading import BranchReading, Cells, Importer, SourceRows
from dss_runtime._rest import Kept, Rest
from dss_runtime._sifting import Part
from dss_runtime._tabular import State, TextRows, check_unchanged, read_again
from dss_runtime._typing import override

FEW = 4_000_000
"""Bytes of files whose records are few: they are held."""


@dataclass(frozen=True, slots=True)
class StreamingSieve:
    """Streams the left side past the right; with `always`, few records as well."""

    always: bool = False

    @property
    def name(self) -> str:
        """What reports call it."""
        return "streaming"

    def pair(self, left: Part, right: Part) -> StreamedPair | str:
        """Return what reads a branch of two trees, or why its left side cannot be streamed."""
        return StreamedPair(right.branch, self.always) if left.recipe is not None else left.reason


class StreamedPair:
    """A branch of two trees, whose right side is there when it is finished."""

    right = None

    def __init__(self, right: Branch[Any, Any], always: bool) -> None:
        self.left = _Left()
        self._right = right
        self._always = always

    def finish(self) -> str:
        """Stream the left side; return why it was held instead, "" where it was not."""
        left = self.left
        if left.again is None:
            return "the left side can be read only once"
        if left.again.size < FEW and not self._always:
            left.read(left.again)
            return "the records are few: they are held"
        unlike = _Unlike(left.again, left.branch, self._right, left.reading)
        try:
            left.read(unlike)
            unlike.check()
        except _TwiceError:
            left.branch.clear()
            left.read(left.again)
            return "a key of the left side is there twice"
        pair = object()
        left.branch.rest = Kept(left.reading, pair, left.again, unlike.wanted, len(unlike.same))
        rest = _HeldRest(pair, self._right, unlike.same)
        for key in unlike.same:
            self._right.delete(key)
        self._right.rest = rest
        return ""


class _Left:
    """What takes the rows of the left side; those that cannot be read again become records at once."""

    importer: Importer
    branch: Branch[Any, Any]
    reading: BranchReading[Any, Any]
    again: _Again | None = None

    def take(
        self, importer: Importer, branch: Any, rows: SourceRows, reading: BranchReading[Any, Any], /
    ) -> None:
        """Keep *rows* until the right side is there."""
        self.importer, self.branch, self.reading = importer, branch, reading
        if isinstance(rows, TextRows):
            self.again = _Again(rows, rows)
        else:
            self.read(rows)

    def give(self) -> None:
        """Make records of the rows that were kept."""
        if self.again is not None:
            self.read(self.again)

    def read(self, rows: SourceRows) -> None:
        """Make records of *rows*."""
        self.importer.take_rows(self.branch, rows, self.reading)


class _Again:
    """Rows of files, which can be read again as long as nobody has changed those."""

    def __init__(self, rows: SourceRows, files: TextRows) -> None:
        self._rows = rows
        self._files = files.text_files()
        self._states = [State.of(file) for file in self._files]
        self.modified = getattr(rows, "modified", None)
        self.size = sum(each.size for each in self._states)

    def __iter__(self) -> Iterator[Cells]:
        return read_again(self.check, self._rows)

    def all(self) -> SourceRows:
        """Return every row."""
        return self._rows

    def check(self) -> None:
        """Raise ChangedMeanwhileError where a file is no longer what it was."""
        check_unchanged(self._files, self._states)

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._rows.place()

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows so far that were no rows at all."""
        return self._rows.unreadable


class _TwiceError(Exception):
    """Two rows have a key: what becomes of them is decided over all records."""


class _Unlike:
    """The rows that are not the same as a record of the right side, in their order.

    `same` are the right side's records that others are the same as, by key.
    """

    def __init__(
        self,
        rows: _Again,
        branch: Branch[Any, Any],
        right: Branch[Any, Any],
        reading: BranchReading[Any, Any],
    ) -> None:
        self._rows = rows
        self._key_of = branch.key_of
        self._right = right
        self._reading = reading
        self._unheld = branch.omitted | right.omitted
        self._others: set[Any] = set()
        self.same: dict[Any, Any] = {}
        self.wanted = bytearray()
        self.modified = rows.modified
        self.size = rows.size

    @property
    def left_out(self) -> int:
        """How many rows were not yielded so far."""
        return self.wanted.count(0)

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows so far that were no rows at all."""
        return self._rows.unreadable

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._rows.place()

    def __iter__(self) -> Iterator[Cells]:
        note = self.wanted.append
        for cells in self._rows:
            if self._is_same(cells):
                note(0)
            else:
                note(1)
                yield cells

    def _is_same(self, cells: Cells) -> bool:
        reading = self._reading
        try:
            record = reading.parse(cells)
        except BadCellError:
            self._doubt(cells)
            return False
        if record is None:
            return False
        key = self._key_of(record)
        if key in self.same:
            raise _TwiceError
        other = self._right.held.get(key)
        if (
            other is None
            or key in self._others
            or (reading.retired is not None and reading.retired(cells))
            or any(each.attribute not in self._unheld for each in self._right.compare(record, other))
        ):
            self._others.add(key)
            return False
        self.same[key] = other
        return True

    def _doubt(self, cells: Cells) -> None:
        """A row that cannot be read makes another one with its key doubtful."""
        try:
            self._others.add(self._reading.key(cells))
        except (BadCellError, ValueError):
            return

    def check(self) -> None:
        """Raise _TwiceError where a row was left out whose key another one has as well."""
        if not self._others.isdisjoint(self.same):
            raise _TwiceError


class _HeldRest(Rest[Any, Any]):
    """The records of the right side that a row of the left was the same as."""

    def __init__(self, pair: object, branch: Branch[Any, Any], same: dict[Any, Any]) -> None:
        super().__init__(pair)
        self._order = list(branch.held)
        self._same = same

    @override
    def __len__(self) -> int:
        return len(self._same)

    @property
    @override
    def keys(self) -> Collection[Any]:
        return self._same.keys()

    @override
    def whole(self, held: Mapping[Any, Any]) -> dict[Any, Any]:
        found = {key: self._same.get(key, held.get(key)) for key in self._order}
        found = {key: record for key, record in found.items() if key in self._same or key in held}
        return found | {key: record for key, record in held.items() if key not in found}
