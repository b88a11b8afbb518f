"""What rows say of themselves that an engine may read without them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from dss_runtime._errors import DssError, Place, SourceError
from dss_runtime._typing import override

if TYPE_CHECKING:
    from dss_runtime._reading import Cells, SourceRows


T = TypeVar("T")


class ChangedMeanwhileError(DssError):
    """Rows are not what an engine has taken them for; `place` is where that was noticed.

    They have changed meanwhile, or it has only looked at what they have in common with others.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place

    @override
    def __str__(self) -> str:
        return f"{self.place}: is not what it was taken for when it was compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A file of rows as text: at `wanted` are the cells that are read, of `cells` in each row.

    Its name as users know it is `shown`. Cells may be quoted by `quote`, which is doubled within; none are
    where it is empty. A header is the first row.
    """

    path: Path
    shown: str
    wanted: tuple[int, ...]
    cells: int
    header: bool
    delimiter: str
    quote: str
    encoding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFile:
    """A Parquet file of so many `rows`, whose name as users know it is `shown`.

    `columns` are the names of what is read, and the types as Arrow calls them.
    """

    path: Path
    shown: str
    columns: tuple[tuple[str, str], ...]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTable:
    """A table of PostgreSQL as a transaction sees it, for other connections as long as that lasts.

    `columns` are the SQL and the kinds ("text", "int", "double", "bool", "date", "timestamp") of what is read
    of the `table`; dates are days there, and timestamps microseconds, both since 1970. The table has `pages`;
    `address` holds what a connection needs, its password too. Its name as users know it is `shown`.
    """

    shown: str
    address: Mapping[str, str] = field(repr=False)
    table: str
    columns: tuple[tuple[str, str], ...]
    pages: int
    snapshot: str


@dataclass(frozen=True, slots=True)
class State:
    """What changes when a file does: its size in bytes, and when it was written, in nanoseconds."""

    size: int
    written: int

    @classmethod
    def of(cls, file: TextFile | ColumnFile) -> State:
        """Return the state of *file* now (SourceError where it is not there)."""
        try:
            status = file.path.stat()
        except OSError as error:
            raise SourceError(Place(file.shown), f"cannot be read: {error.strerror}") from error
        return cls(status.st_size, status.st_mtime_ns)

    def is_of(self, file: TextFile | ColumnFile) -> bool:
        """Whether *file* is still there, and has this state."""
        try:
            return self == State.of(file)
        except SourceError:
            return False


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a source as columns of Arrow: `count` of what is *shown*, whose row `first` is the first.

    `cells` gives the rows whose byte is not 0, as they are read otherwise. `unsure` says why the columns do
    not tell what the cells are; then there need not be any.
    """

    shown: str
    first: int
    count: int
    columns: Sequence[Any]
    cells: Callable[[bytearray], Iterator[Cells]]
    unsure: str = ""


@runtime_checkable
class ColumnRows(Protocol):
    """Rows that come from files of columns."""

    def pieces(self) -> Iterator[Piece]:
        """Yield all rows, in their order; raises SourceError as reading them does."""
        ...

    def column_files(self) -> Sequence[ColumnFile] | str:
        """Return the files, in their order, as an engine reads them by itself, or why it cannot."""
        ...

    def cells_of(self, rows: Iterable[Sequence[Any]]) -> Iterator[Cells]:
        """Yield rows that an engine has read from those files, as they are read otherwise.

        Dates are days and times microseconds since 1970 there.
        """
        ...


@runtime_checkable
class TextRows(Protocol):
    """Rows that come from files of text."""

    def text_files(self) -> Sequence[TextFile]:
        """Return the files, in their order (SourceError where a header lacks a column, as when reading)."""
        ...

    def lines_of(self, files: Sequence[TextFile], wanted: Sequence[bytearray], /) -> SourceRows:
        """Return the rows of *files*, each a line, of which the bytes of *wanted* are not 0."""
        ...


@runtime_checkable
class SharedRows(Protocol):
    """Rows of a database that several connections may read as of one moment."""

    def shared(self) -> SharedTable | str:
        """Return where the rows are, or why others cannot read them."""
        ...


def check_unchanged(files: Sequence[TextFile | ColumnFile], states: Sequence[State]) -> None:
    """Raise ChangedMeanwhileError for the first of *files* that is not as it was."""
    for file, state in zip(files, states, strict=True):
        if not state.is_of(file):
            raise ChangedMeanwhileError(Place(file.shown))


def read_again(check: Callable[[], None], rows: Iterable[T]) -> Iterator[T]:
    """Yield *rows* once more; SourceError where *check* raises ChangedMeanwhileError, before or after."""
    try:
        check()
        yield from rows
        check()
    except ChangedMeanwhileError as error:
        raise SourceError(error.place, "has changed since it was compared: run again") from None


def is_row(file: TextFile, line: bytes) -> bool:
    """Whether a line of *file* is a row by itself: neither a part of one, nor a line that holds nothing."""
    reader = csv.reader(
        [line.decode("utf-8-sig", "replace")],
        delimiter=file.delimiter,
        quotechar=file.quote or None,
        quoting=csv.QUOTE_MINIMAL if file.quote else csv.QUOTE_NONE,
        strict=True,
    )
    try:
        return [len(row) for row in reader] == [file.cells]
    except csv.Error:
        return False
