"""The sieve: which branches it takes, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from dss_runtime._reading import BranchReading, Importer, SourceRows
from dss_runtime._sifting import Part
from dss_runtime._tabular import ChangedMeanwhileError, TextRows
from dss_runtime.engines.duckdb._rest import KeptRest
from dss_runtime.engines.duckdb._side import Counted, Rows, TextSide

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
        missing = [each for each in _LIBRARIES if find_spec(each) is None]
        if missing:
            return f"{missing[0]} is not installed: python -m pip install 'datastoresync[duckdb]'"
        return Pair(left, right, self.always)


class Side:
    """What takes the rows of a branch while its tree is read."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.rows: Rows | None = None
        self._reading: BranchReading[Any, Any] | None = None

    def take(
        self, importer: Importer, branch: Any, rows: SourceRows, reading: BranchReading[Any, Any], /
    ) -> None:
        """Keep what is needed to look at *rows* once both sides are there."""
        self._reading = reading
        if isinstance(rows, TextRows):
            self.rows = TextSide(rows)
        else:
            from dss_runtime.engines.duckdb._native import NativeSide

            self.rows = NativeSide(rows)

    def read(self, wanted: bytearray | None, pair: object, same: int) -> None:
        """Read the rows that are *wanted*, all where that is None; *same* of the others are records too."""
        rows, reading = self.rows, self._reading
        if rows is None or reading is None:
            return  # An importer that gives no rows has no records.
        part = self.part
        if wanted is None:
            part.importer.read_rows(part.branch, Counted(rows.all(), rows), reading)
            return
        left_out = len(wanted) - sum(wanted)
        part.importer.read_rows(part.branch, Counted(rows.picked(wanted), rows, left_out), reading)
        part.branch.rest = KeptRest(reading, pair, rows, wanted, same)


class Pair:
    """A branch of two trees."""

    def __init__(self, left: Part, right: Part, always: bool) -> None:
        self.left = Side(left)
        self.right = Side(right)
        self._always = always

    def finish(self) -> str:
        """Read what may differ; return why that was all of it, "" where it was not."""
        ours, theirs = self.left.rows, self.right.rows
        if ours is None or theirs is None:
            return self._whole("nothing was read")
        if ours.few and theirs.few and not self._always:
            return self._whole("few records: they are objects sooner than columns")
        refused = ours.refuse() or theirs.refuse()
        if refused:
            return self._whole(refused)
        from dss_runtime.engines.duckdb._proof import prove

        verdict = prove(self.left.part, ours, self.right.part, theirs)
        if isinstance(verdict, str):
            return self._whole(verdict)
        pair = object()
        try:
            self.left.read(verdict.left, pair, verdict.same)
            self.right.read(verdict.right, pair, verdict.same)
        except ChangedMeanwhileError as error:
            for side in (self.left, self.right):
                side.part.branch.clear()
            return self._whole(str(error))
        return ""

    def _whole(self, reason: str) -> str:
        for side in (self.left, self.right):
            side.read(None, None, 0)
        return reason
