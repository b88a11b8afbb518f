"""The sieve: which branches go to the cluster, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dss_runtime._branch import Branch
from dss_runtime._reading import BranchReading, Importer, SourceRows
from dss_runtime._sifting import Part
from dss_runtime._tabular import ChangedMeanwhileError, ColumnRows, SharedRows, TextRows
from dss_runtime.engines.spark._requirements import missing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from dss_runtime.engines.spark._proof import Verdict
    from dss_runtime.engines.spark._side import Side


@dataclass(frozen=True, slots=True)
class SparkSieve:
    """Proves on a cluster which rows are the same.

    *session* is a session of the project, or the address of a cluster; then *options* are the properties of
    the application that runs there.
    """

    session: SparkSession | str = "local[*]"
    options: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """What reports call it."""
        return "spark"

    def pair(self, left: Part, right: Part) -> Pair | str:
        """Return what reads a branch of two trees, or why it is not read on a cluster."""
        for side in (left, right):
            if side.recipe is None:
                return side.reason
        return missing() or Pair(left, right, self)

    def begin(self) -> SparkSession:
        """Return a session for a comparison; raises what PySpark does where there is none to be had."""
        from dss_runtime.engines.spark._session import session_of

        return session_of(self.session, self.options)


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows of one side, and how they become records of a branch."""

    importer: Importer
    branch: Branch[Any, Any]
    side: Side
    reading: BranchReading[Any, Any]

    def read_all(self) -> None:
        """Make records of every row."""
        self.importer.take_rows(self.branch, self.side.all(), self.reading)

    def read_some(self, verdict: Verdict, count: int) -> None:
        """Make records of the rows that may differ, of which there are *count*."""
        from dss_runtime.engines.spark._rest import Streamed, StreamedRest

        side = self.side
        streamed = Streamed(verdict.rows(side, count), count, side)
        self.importer.take_rows(self.branch, streamed, self.reading)
        self.branch.rest = StreamedRest(self.reading, verdict, side, streamed.numbers, verdict.same)


class Taking:
    """What takes the rows of a branch while its tree is read; those of no cluster become records at once."""

    def __init__(self, sieve: SparkSieve, alias: str) -> None:
        self.taken: Taken | None = None
        self.reason = ""
        self._sieve = sieve
        self._alias = alias

    def take(
        self, importer: Importer, branch: Any, rows: SourceRows, reading: BranchReading[Any, Any], /
    ) -> None:
        """Keep what is needed to read *rows* once both sides are there."""
        side = self._side(rows)
        if isinstance(side, str):
            self.reason = f"{branch.fullname} {side}"
            importer.take_rows(branch, rows, reading)
        else:
            self.taken = Taken(importer, branch, side, reading)

    def give(self) -> None:
        """Make records of every row that was taken."""
        if self.taken is not None:
            self.taken.read_all()

    def _side(self, rows: SourceRows) -> Side | str:
        if isinstance(rows, TextRows):
            from dss_runtime.engines.spark._text import TextSide

            return TextSide(rows, self._alias)
        if isinstance(rows, ColumnRows):
            from dss_runtime.engines.spark._columns import ColumnSide

            return ColumnSide(rows, self._alias)
        if isinstance(rows, SharedRows):
            from dss_runtime.engines.spark._database import held

            return held(self._sieve.begin, rows, self._alias)
        return "comes neither from files nor from a database that a cluster reads"


class Pair:
    """A branch of two trees, of which both sides have been taken when it is finished."""

    def __init__(self, left: Part, right: Part, sieve: SparkSieve) -> None:
        self.left = Taking(sieve, "l")
        self.right = Taking(sieve, "r")
        self._parts = (left, right)
        self._sieve = sieve

    def finish(self) -> str:
        """Read what may differ; return why that was all of it, "" where it was not."""
        taken = [each.taken for each in (self.left, self.right) if each.taken is not None]
        refused = self.left.reason or self.right.reason or self._sift(*taken)
        if refused:
            for each in taken:
                each.branch.clear()
                each.read_all()
        return refused

    def _sift(self, *taken: Taken) -> str:
        """Read what may differ; return why it cannot be told, and then some of it may have been read."""
        sides = [each.side for each in taken]
        refused = next(filter(None, (side.refuse() for side in sides)), "")
        if refused:
            return refused
        from dss_runtime.engines.columnar import NotColumnarError
        from dss_runtime.engines.spark._proof import prove
        from dss_runtime.engines.spark._session import SPARK_ERRORS, shown

        try:
            verdict = prove(self._sieve.begin(), *self._parts, sides)
            if isinstance(verdict, str):
                return verdict
            with closing(verdict):
                for each, count in zip(taken, verdict.differing, strict=True):
                    each.read_some(verdict, count)
            for side in sides:
                side.check()
        except (NotColumnarError, ChangedMeanwhileError) as error:
            return str(error)
        except SPARK_ERRORS as error:
            return f"Spark cannot read the rows: {shown(error)}"
        except OSError as error:
            return f"a file cannot be read: {error.strerror}"
        return ""
