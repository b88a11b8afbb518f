"""What generated importers are built on: rows in, typed records out, nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar

from dss_runtime._branch import Branch
from dss_runtime._branch_reader import BranchReader
from dss_runtime._duplicates import DuplicatePolicy
from dss_runtime._errors import Place
from dss_runtime._importer import DefaultImporter, Rows
from dss_runtime._recipe import Recipe
from dss_runtime._typing import override

M = TypeVar("M")
K = TypeVar("K")
S = TypeVar("S", contravariant=True)

Cells: TypeAlias = Sequence[Any]
"""The values of one row, in the order of the branch's columns: text from files, native from databases."""


class SourceRows(Protocol):
    """The rows of one branch while they are being read.

    Rows that know how old their source is also have `modified`, a datetime with a zone; those that know how
    large it is have `size`, in bytes, and those that know how far they are `share`: which part of all was
    read, from 0 to 1. Those that leave some out have `left_out`, their number. Those of a place that may hold
    more than this branch have `values_in`, which counts the texts in a column of it, whatever row they are
    in: one Counter for each column. Those of texts alone may have `batches`, which yields what iterating
    does, many rows at a time.
    """

    def __iter__(self) -> Iterator[Cells]:
        """Yield the cells of each row that could be read as a row."""
        ...

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        ...

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        """The rows so far that were no rows at all, with the reason; nobody knows their keys."""
        ...


class Intake(Protocol):
    """What takes the rows of a branch in place of the branch, which gets its records afterwards."""

    def take(
        self, importer: Importer, branch: Any, rows: SourceRows, reading: BranchReading[Any, Any], /
    ) -> None:
        """Read *rows*, whose connection is there for the length of the call."""
        ...

    def give(self) -> None:
        """Make records of all rows that were taken, and were not made records at once."""
        ...


@dataclass(frozen=True, slots=True)
class BranchReading(Generic[K, M]):
    """How one branch is read: generated, one constant per branch.

    `columns` names the columns of a row, in order, and `feeds` the column from which a field comes (the
    first one, where it is made of several). `retired` tells a disabled record from a live one. `unclaimed`
    gives the column and the parser of each field that is read of a row without a key; where it has none, such
    a row is unreadable. `recipe` says the same as `parse`, `key` and `retired`, or why nothing but them can.
    """

    columns: tuple[str, ...]
    feeds: Mapping[str, int]
    parse: Callable[[Cells], M | None]
    key: Callable[[Cells], K]
    keep: Callable[[M], bool] | None = None
    merge: Callable[[M, M], M] | None = None
    retired: Callable[[Cells], bool] | None = None
    strict: bool = False
    sensitive: frozenset[str] = field(default_factory=frozenset[str])
    unclaimed: Mapping[str, tuple[int, Callable[[Any], object]]] = field(
        default_factory=dict[str, tuple[int, Callable[[Any], object]]]
    )
    recipe: Recipe | str = "its rows are read by code that was written by hand"


class Importer(DefaultImporter):
    """The base of generated importers: calls `read_<branch>` for each branch.

    The adapter's subclass says how rows are read, by `open`. Rows of the branches in `intakes` are given to
    what takes them there.
    """

    intakes: Mapping[str, Intake] = MappingProxyType({})
    tabular: ClassVar[bool] = False
    """Whether a row has a cell for each column, all of a column alike: text, or a database's values."""

    @override
    def readin_branch(self, branch: Any) -> Rows | None:
        """Read one branch by the generated method of its name."""
        getattr(self, f"read_{branch.name}")()
        return None

    def read(
        self, branch: Branch[K, M], rows: AbstractContextManager[SourceRows], reading: BranchReading[K, M]
    ) -> None:
        """Make a record of *branch* from every row; rows that cannot become one are quarantined.

        Raises SourceError when the source as a whole cannot be had, RowError for an unreadable row where the
        branch asks for that, and DuplicateKeyError where two rows have a key and the branch allows no two.
        """
        intake = self.intakes.get(branch.name)
        with rows as source:
            if intake is None:
                self.take_rows(branch, source, reading)
            else:
                intake.take(self, branch, source, reading)

    def take_rows(self, branch: Branch[K, M], rows: SourceRows, reading: BranchReading[K, M]) -> None:
        """Make a record of *branch* from each of *rows*, as `read` does of those that it opens."""
        BranchReader(self, branch, rows, reading).run()

    def derive(
        self, branch: Branch[K, M], records: Iterable[M], merge: Callable[[M, M], M] | None = None
    ) -> None:
        """Store *records* that the project derived from other branches; equal ones count once."""
        duplicates = DuplicatePolicy(branch, merge)
        for record in records:
            key = branch.key_of(record)
            existing = branch.existing(key)
            if existing is None and key not in duplicates.banned:
                branch.put(key, record)
            elif existing is not None and existing != record:
                duplicates.resolve(key, existing, record, Place(f"derived branch {branch.fullname}"))
