"""One side of a comparison: rows that DuckDB looks at first, and that Python then reads some of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import compress
from typing import TYPE_CHECKING, Any

from dss_runtime import Place
from dss_runtime._batch import Batch
from dss_runtime._reading import Cells, SourceRows
from dss_runtime._tabular import ChangedMeanwhileError, State, TextFile, TextRows
from dss_runtime._typing import override
from dss_runtime.engines.duckdb._regular import Regular, regular

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

    @abstractmethod
    def picked(self, wanted: bytearray) -> SourceRows:
        """Return the rows whose byte in *wanted* is not 0, the first byte that of row 1."""

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
    def relation(self, connection: duckdb.DuckDBPyConnection, alias: str) -> str:
        parts = zip(self._files, self._regular, strict=True)
        rows = " UNION ALL ".join(_select(file, found) for file, found in parts)
        return f"(SELECT row_number() OVER () AS n, * FROM ({rows}))"

    @override
    def cells(self, alias: str) -> list[Cell]:
        from dss_runtime.engines.duckdb._cells import cell

        return [cell(alias, at, "text") for at in range(len(self._files[0].wanted))]

    @property
    @override
    def total(self) -> int:
        return sum(each.size for each in self._regular if each.quoted)

    @override
    def picked(self, wanted: bytearray) -> SourceRows:
        rows = [each.lines for each in self._regular]
        self.check()
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
        for file, state in zip(self._files, self._states, strict=True):
            if not state.is_of(file):
                raise ChangedMeanwhileError(Place(file.shown))


_NO_TEXT = "\x01\x02 no text stands for NULL"


def _select(file: TextFile, found: Regular) -> str:
    """Return what selects the wanted cells of *file*, each as the text that stands there.

    The `size` of a row is that of its cells without the quotes in them, with what stands between and after.
    """
    cells = ", ".join(f"x{at}: 'VARCHAR'" for at in range(file.cells))
    wanted = ", ".join(f"x{at} AS c{column}" for column, at in enumerate(file.wanted))
    size = f"{file.cells - 1 + found.ending} + {_size(file)}" if found.quoted else "0"
    return (
        f"SELECT {size} AS size, {wanted} FROM read_csv({_text(str(file.path))}, "
        f"columns = {{{cells}}}, auto_detect = false, header = {str(file.header).lower()}, "
        f"delim = {_text(file.delimiter)}, quote = {_text(file.quote)}, escape = {_text(file.quote)}, "
        f"nullstr = {_text(_NO_TEXT)}, strict_mode = true, null_padding = false, ignore_errors = false, "
        "max_line_size = 131072, compression = 'none', hive_partitioning = false)"
    )


def _text(value: str) -> str:
    """Return a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def _size(file: TextFile) -> str:
    """Return how many bytes of the cells of a row are no quotes."""
    row, quote = f"concat({', '.join(f'x{at}' for at in range(file.cells))})", _text(file.quote)
    without = f"strlen(replace({row}, {quote}, ''))"
    return f"CASE WHEN contains({row}, {quote}) THEN {without} ELSE strlen({row}) END"


class _Some:
    """Rows of which some are left out."""

    def __init__(self, rows: SourceRows, wanted: bytearray) -> None:
        self._rows = rows
        self._wanted = wanted

    def __iter__(self) -> Iterator[Cells]:
        return compress(self._rows, self._wanted)

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
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows so far that were no rows at all."""
        return self._rows.unreadable
