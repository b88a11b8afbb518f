"""The sieve: which branches it takes, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from dss_runtime._branch import Branch
from dss_runtime._reading import BranchReading, Importer, SourceRows
from dss_runtime._rest import Kept
from dss_runtime._sifting import Part
from dss_runtime._tabular import ChangedMeanwhileError, ColumnRows, TextRows
from dss_runtime.engines.duckdb._columns import ColumnSide
from dss_runtime.engines.duckdb._native import pieces_of
from dss_runtime.engines.duckdb._side import Counted, Rows, TextSide

if TYPE_CHECKING:
    from dss_runtime.engines.duckdb._tally import Verdict

FEW = "the records are few: objects are there before an engine has begun"
_LIBRARIES = ("duckdb", "pyarrow", "sqlglot")


@dataclass(frozen=True, slots=True)
class DuckDBSieve:
    """Proves by SQL which rows are the same. With `always`, few records are looked at as well."""

    always: bool = False

    @property
    def name(self) -> str:
        """What reports call it."""
        return "duckdb"

    def pair(self, left: Part, right: Part) -> Pair | str:
        """Return what reads a branch of two trees, or that a library is missing."""
        for side in (left, right):
            if side.recipe is None:
                return side.reason
        missing = [each for each in _LIBRARIES if find_spec(each) is None]
        if missing:
            return f"{missing[0]} is not installed: python -m pip install 'datastoresync[duckdb]'"
        return Pair(left, right, self.always)


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows of one side, and how they become records of a branch."""

    importer: Importer
    branch: Branch[Any, Any]
    rows: Rows
    reading: BranchReading[Any, Any]

    def read_all(self) -> None:
        """Make records of every row."""
        self.importer.take_rows(self.branch, Counted(self.rows.all(), self.rows), self.reading)

    def read_some(self, wanted: bytearray, found: Verdict) -> None:
        """Make records of the rows that are *wanted*; as many of the others as are the same would be too."""
        rows = self.rows.picked(wanted, lines=found.lines)
        left_out = len(wanted) - sum(wanted)
        self.importer.take_rows(self.branch, Counted(rows, self.rows, left_out), self.reading)
        self.branch.rest = Kept(self.reading, found, self.rows, wanted, found.same)


class Side:
    """What takes the rows of a branch while its tree is read."""

    taken: Taken

    def take(
        self, importer: Importer, branch: Any, rows: SourceRows, reading: BranchReading[Any, Any], /
    ) -> None:
        """Keep what is needed to look at *rows* once both sides are there."""
        self.taken = Taken(importer, branch, _rows(rows), reading)

    def give(self) -> None:
        """Make records of every row that was taken."""
        self.taken.read_all()


def _rows(rows: SourceRows) -> Rows:
    if isinstance(rows, TextRows):
        return TextSide(rows)
    return ColumnSide(rows, rows.pieces() if isinstance(rows, ColumnRows) else pieces_of(rows))


class Pair:
    """A branch of two trees, of which both sides have been taken when it is finished."""

    def __init__(self, left: Part, right: Part, always: bool) -> None:
        self.left = Side()
        self.right = Side()
        self._parts = (left, right)
        self._always = always

    def finish(self) -> str:
        """Read what may differ; return why that was all of it, "" where it was not."""
        taken = (self.left.taken, self.right.taken)
        verdict = self._verdict(*(each.rows for each in taken))
        if not isinstance(verdict, str):
            try:
                for each, wanted in zip(taken, (verdict.left, verdict.right), strict=True):
                    each.read_some(wanted, verdict)
                for each in taken:
                    each.rows.check()  # else rows of another file may have been read
                return ""
            except ChangedMeanwhileError as error:
                verdict = str(error)
                for each in taken:
                    each.branch.clear()
        for each in taken:
            each.read_all()
        return verdict

    def _verdict(self, ours: Rows, theirs: Rows) -> Verdict | str:
        """Return which rows may differ, or why nobody has looked."""
        if ours.few and theirs.few and not self._always:
            return FEW
        refused = ours.refuse() or theirs.refuse()
        if refused:
            return refused
        from dss_runtime.engines.duckdb._proof import prove

        left, right = self._parts
        return prove(left, ours, right, theirs)
