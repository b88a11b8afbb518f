"""The sieve: which branches go to the cluster, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dss_runtime._branch import Branch
from dss_runtime._reading import BranchReading, Importer, SourceRows
from dss_runtime._sifting import Part
from dss_runtime._tabular import ChangedMeanwhileError, TextRows
from dss_runtime.engines.spark._requirements import missing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from dss_runtime.engines.spark._files import TextSide
    from dss_runtime.engines.spark._proof import Verdict


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


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows of one side, and how they become records of a branch."""

    importer: Importer
    branch: Branch[Any, Any]
    rows: SourceRows
    reading: BranchReading[Any, Any]

    def read_all(self) -> None:
        """Make records of every row."""
        self.importer.read_rows(self.branch, self.rows, self.reading)

    def read_some(self, verdict: Verdict, side: TextSide, count: int) -> None:
        """Make records of the rows that may differ."""
        from dss_runtime.engines.spark._rest import Streamed, StreamedRest

        streamed = Streamed(verdict.rows(side, count), count, side, self.rows)
        self.importer.read_rows(self.branch, streamed, self.reading)
        self.branch.rest = StreamedRest(self.reading, verdict, self.rows, streamed, side, verdict.same)


class Side:
    """What takes the rows of a branch while its tree is read; those of no file become records at once."""

    taken: Taken | None = None
    reason = ""

    def take(
        self, importer: Importer, branch: Any, rows: SourceRows, reading: BranchReading[Any, Any], /
    ) -> None:
        """Keep what is needed to read *rows* once both sides are there."""
        taken = Taken(importer, branch, rows, reading)
        if isinstance(rows, TextRows):
            self.taken = taken
        else:
            self.reason = f"{branch.fullname} does not come from files of text"
            taken.read_all()


class Pair:
    """A branch of two trees, of which both sides have been taken when it is finished."""

    def __init__(self, left: Part, right: Part, sieve: SparkSieve) -> None:
        self.left = Side()
        self.right = Side()
        self._parts = (left, right)
        self._sieve = sieve

    def finish(self) -> str:
        """Read what may differ; return why that was all of it, "" where it was not."""
        taken = [side.taken for side in (self.left, self.right) if side.taken is not None]
        refused = self.left.reason or self.right.reason or self._sift(*taken)
        if refused:
            for each in taken:
                each.branch.clear()
                each.read_all()
        return refused

    def _sift(self, *taken: Taken) -> str:
        """Read what may differ; return why it cannot be told, and then some of it may have been read."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        from dss_runtime.engines.columnar import NotColumnarError
        from dss_runtime.engines.spark._files import TextSide
        from dss_runtime.engines.spark._proof import prove
        from dss_runtime.engines.spark._session import session_of

        sides = [
            TextSide(each.rows.text_files(), alias)
            for each, alias in zip(taken, "lr", strict=True)
            if isinstance(each.rows, TextRows)
        ]
        refused = next(filter(None, (side.refuse() for side in sides)), "")
        if refused:
            return refused
        try:
            session = session_of(self._sieve.session, self._sieve.options)
            verdict = prove(session, *self._parts, sides)
            if isinstance(verdict, str):
                return verdict
            with closing(verdict):
                for side in sides:
                    side.check()
                for each, side, count in zip(taken, sides, verdict.differing, strict=True):
                    each.read_some(verdict, side, count)
        except (NotColumnarError, ChangedMeanwhileError) as error:
            return str(error)
        except (PySparkException, Py4JError) as error:
            return f"Spark cannot read the rows: {str(error).strip().partition(chr(10))[0]}"
        return ""
