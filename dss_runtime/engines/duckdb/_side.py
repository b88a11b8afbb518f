"""One side of a comparison: rows that DuckDB looks at first, and that Python then reads some of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dss_runtime import Place
from dss_runtime._batch import Batch
from dss_runtime._reading import Cells, SourceRows
from dss_runtime._tabular import ChangedMeanwhileError, State, TextRows, check_unchanged
from dss_runtime._typing import override
from dss_runtime.engines.duckdb._files import Lines, as_lines, numbered, select_cells
from dss_runtime.engines.duckdb._regular import Regular, count_lines, is_utf8, regular

if TYPE_CHECKING:
    import duckdb

    from dss_runtime.engines.columnar import Cell


class Rows(ABC):
    """The rows of one side, numbered from 1 in their order."""

    def __init__(self, rows: SourceRows) -> None:
        self.modified: datetime | None = getattr(rows, "modified", None)
        self.size: int | None = getattr(rows, "size", None)

    @abstractmethod
    def refuse(self) -> str:
        """Return why DuckDB cannot look at the rows, "" where it can."""

    def refuse_cells(self) -> str:
        """Return why DuckDB cannot look at some cells of the rows alone, "" where it can."""
        return ""

    @property
    @abstractmethod
    def few(self) -> bool:
        """Whether there are so few that objects are made sooner than columns."""

    @abstractmethod
    def relation(self, connection: duckdb.DuckDBPyConnection, alias: str) -> str:
        """Return what to select the columns `n`, `size` and `c0`, `c1`, … from, as SQL."""

    @abstractmethod
    def cells(self, alias: str) -> list[Cell]:
        """Return the columns `c0`, `c1`, … of what is called *alias*."""

    @property
    @abstractmethod
    def total(self) -> int:
        """The sum of `size` over all rows, if none of them has lost anything."""

    @property
    def lines(self) -> Lines | None:
        """The rows as lines, None where they are none."""
        return None

    @abstractmethod
    def picked(self, wanted: bytearray, *, lines: bool) -> SourceRows:
        """Return the rows whose byte in *wanted* is not 0, the first byte that of row 1.

        *lines* says that each of them was found to be a line.
        """

    @abstractmethod
    def all(self) -> SourceRows:
        """Return every row."""

    @abstractmethod
    def check(self) -> None:
        """Raise ChangedMeanwhileError where the rows are no longer what they were."""


class TextSide(Rows):
    """Files of text, which DuckDB reads itself."""

    FEW = 4_000_000
    """Bytes that are read into objects before an engine has begun: some 30,000 rows."""

    def __init__(self, rows: TextRows) -> None:
        source: Any = rows
        super().__init__(source)
        self._rows = rows
        self._source: SourceRows = source
        self._states = [State.of(file) for file in rows.text_files()]
        self._files = rows.text_files()  # as they are now: `check` notices what they become from here on
        self._regular: list[Regular] = []

    @property
    @override
    def few(self) -> bool:
        return (self.size or 0) < self.FEW

    @override
    def refuse(self) -> str:
        for file in self._files:
            try:
                found = regular(file)
            except OSError as error:
                return f"{file.shown} cannot be read: {error.strerror}"
            if isinstance(found, str):
                return found
            self._regular.append(found)
        return ""

    @override
    def refuse_cells(self) -> str:
        for file in self._files:
            try:
                if not is_utf8(file):
                    return f"{file.shown} holds a byte that is no UTF-8"
            except OSError as error:
                return f"{file.shown} cannot be read: {error.strerror}"
        return ""

    @override
    def relation(self, connection: duckdb.DuckDBPyConnection, alias: str) -> str:
        return numbered(map(select_cells, self._files, self._regular))

    @property
    @override
    def lines(self) -> Lines | None:
        return as_lines(self._files, self._regular)

    @override
    def cells(self, alias: str) -> list[Cell]:
        from dss_runtime.engines.duckdb._cells import texts

        return texts(alias, len(self._files[0].wanted))

    @property
    @override
    def total(self) -> int:
        return sum(each.size for each in self._regular if each.quotes)

    @override
    def picked(self, wanted: bytearray, *, lines: bool) -> SourceRows:
        alone = lines and len(self._files) == 1
        self.check()
        try:
            rows = [len(wanted)] if alone else list(map(count_lines, self._files, self._regular))
        except OSError:
            raise ChangedMeanwhileError(Place(self._files[0].shown)) from None
        if sum(rows) != len(wanted):  # some cell holds a line break
            return _Some(self._source, wanted)
        ends = [sum(rows[: at + 1]) for at in range(len(rows))]
        parts = [wanted[end - count : end] for end, count in zip(ends, rows, strict=True)]
        return self._rows.lines_of(self._files, parts)

    @override
    def all(self) -> SourceRows:
        return self._source

    @override
    def check(self) -> None:
        check_unchanged(self._files, self._states)


class _Some:
    """Rows of which some are left out; ChangedMeanwhileError where they are not as many as were counted."""

    def __init__(self, rows: SourceRows, wanted: bytearray) -> None:
        self._rows = rows
        self._wanted = wanted

    def __iter__(self) -> Iterator[Cells]:
        try:
            for cells, wanted in zip(self._rows, self._wanted, strict=True):
                if wanted:
                    yield cells
        except ValueError:
            raise ChangedMeanwhileError(self.place()) from None

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._rows.place()

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """None: such files are not looked at."""
        return self._rows.unreadable


class Counted:
    """Rows of a side as a branch reads them, with what is known of all: `left_out` are not among them."""

    def __init__(self, rows: SourceRows, side: Rows, left_out: int = 0) -> None:
        self._rows = rows
        self.left_out = left_out
        self.modified = side.modified
        self.size = side.size
        batches: Callable[[], Iterable[Batch]] | None = getattr(rows, "batches", None)
        if batches is not None:
            self.batches = batches

    def __iter__(self) -> Iterator[Cells]:
        return iter(self._rows)

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._rows.place()

    @property
    def share(self) -> float:
        """Return which part of all was read, from 0 to 1; 0 where nobody knows."""
        found: float = getattr(self._rows, "share", 0.0)
        return found

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows so far that were no rows at all."""
        return self._rows.unreadable
