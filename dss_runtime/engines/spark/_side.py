"""One side of a comparison: rows that a cluster reads, of which Python reads some."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dss_runtime import Place
from dss_runtime._extras import extra
from dss_runtime._reading import Cells, SourceRows
from dss_runtime.engines.columnar import Cell, Images, Kind

with extra("spark"):
    from sqlglot import exp

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SENT: dict[Kind, str] = {"date": "unix_date({})", "timestamp": "unix_micros(CAST({} AS TIMESTAMP_LTZ))"}
"""As what a cell comes to this process: Python's dates end where Spark's go on."""


class Side(ABC):
    """The rows of one side, numbered from 1 in their order, called *alias* in SQL.

    Of the numbers up to `last`, `rows` are rows, of which `skipped` are surely none of the branch; all three
    are known once somebody has looked.
    """

    def __init__(self, source: SourceRows, alias: str) -> None:
        self.alias = alias
        self.last = self.rows = self.skipped = 0
        self.modified: datetime | None = getattr(source, "modified", None)
        self.size: int | None = getattr(source, "size", None)
        self._source = source

    @abstractmethod
    def refuse(self) -> str:
        """Return why a cluster could not read the same as Python does; "" where it may."""

    @property
    @abstractmethod
    def kinds(self) -> Sequence[Kind]:
        """What the columns of the rows hold."""

    def cells(self) -> Sequence[Cell]:
        """Return the columns of the rows."""
        return [Cell(exp.column(f"c{at}", self.alias), kind) for at, kind in enumerate(self.kinds)]

    @abstractmethod
    def look(self, session: SparkSession, images: Images) -> str:
        """Count the rows; return why they are not those that Python reads, or cannot be joined by key."""

    @abstractmethod
    def numbered(self, session: SparkSession) -> DataFrame:
        """Return the rows with their numbers as `n`, and their cells as `c0`, `c1`, …"""

    @abstractmethod
    def place(self, number: int) -> Place:
        """Return where the row of a *number* is."""

    def sent(self) -> Sequence[str]:
        """Return the columns as they come to this process, in SQL."""
        return [SENT.get(kind, "{}").format(f"{self.alias}.c{at}") for at, kind in enumerate(self.kinds)]

    def received(self, rows: Iterable[Sequence[Any]]) -> Iterator[Cells]:
        """Yield the cells of rows that came as `sent` says, as the branch's importer would."""
        return iter(rows)

    @abstractmethod
    def check(self) -> None:
        """Raise ChangedMeanwhileError where the rows are no longer what they were."""

    def all(self) -> SourceRows:
        """Return every row, as Python reads them."""
        return self._source
