"""One side of a branch: its rows are taken when they are there, and read when those of both sides are."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress, count
from typing import Any

from dss_runtime._reading import BranchReading, Importer, SourceRows
from dss_runtime._tabular import TextRows
from dss_runtime.engines.fingerprints._followed import Followed
from dss_runtime.engines.fingerprints._keys import Keys
from dss_runtime.engines.fingerprints._lines import Lines
from dss_runtime.engines.fingerprints._native import NativeRows
from dss_runtime.engines.fingerprints._rest import LeftOut
from dss_runtime.engines.fingerprints._rows import Rows


class Side:
    """What takes the rows of a branch; `taken` has them then."""

    def __init__(self, secret: bytes) -> None:
        self.taken: Taken | None = None
        self._secret = secret

    def take(
        self, importer: Importer, branch: Any, rows: SourceRows, reading: BranchReading[Any, Any], /
    ) -> None:
        """Keep what is needed to look at *rows* once both sides are there."""
        kept = Lines(rows, self._secret) if isinstance(rows, TextRows) else NativeRows(rows, self._secret)
        self.taken = Taken(importer, branch, kept, reading)

    def give(self) -> None:
        """Read all rows that were taken."""
        if self.taken is not None:
            self.taken.read()


class Taken:
    """The rows of a branch, of which some are read, or all."""

    def __init__(self, importer: Importer, branch: Any, rows: Rows, reading: BranchReading[Any, Any]) -> None:
        self.branch = branch
        self.rows = rows
        self._importer = importer
        self._reading = reading

    def read(self) -> Followed:
        """Read all rows into the branch, in place of what it has."""
        return self._read(self.rows.all(), count(), 0)

    def read_some(self, wanted: bytearray) -> Followed:
        """Read the rows whose byte in *wanted* is not 0 into the branch, in place of what it has."""
        return self._read(self.rows.picked(wanted), compress(count(), wanted), wanted.count(0))

    def _read(self, rows: SourceRows, numbers: Iterable[int], left_out: int) -> Followed:
        self.branch.clear()
        found = Followed(rows, self.rows, numbers, self.branch, self._reading, left_out)
        self._importer.take_rows(self.branch, found, self._reading)
        return found

    def leave_out(self, wanted: bytearray, pair: object, keys: Keys) -> None:
        """Let the branch know of the rows that were not *wanted*, which have these *keys*."""
        self.branch.rest = LeftOut(self._reading, pair, self.rows, wanted, keys)
