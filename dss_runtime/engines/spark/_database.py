"""A table of PostgreSQL, which the workers of a cluster read by JDBC, all of them as of one moment.

The rows are kept on the disks of the cluster from then on: the moment lasts as long as the transaction in
which the branch is read.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dss_runtime import Place, SourceError
from dss_runtime._extras import extra
from dss_runtime._reading import Cells, SourceRows
from dss_runtime._tabular import SharedRows, SharedTable
from dss_runtime._typing import override
from dss_runtime.engines.columnar import Images, Kind
from dss_runtime.engines.spark._session import SPARK_ERRORS, shown
from dss_runtime.engines.spark._side import SENT, Side
from dss_runtime.engines.spark._sql import ODD, WITHIN, is_odd, is_skipped, placed, streamed

with extra("spark"):
    from pyspark import StorageLevel
    from pyspark.sql import functions as f

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DRIVER = "org.postgresql.Driver"
_AT_ONCE = 10_000
"""Rows that a worker fetches at once."""
_PAGES = 16_384
"""Pages of the table that one task reads, of 8 KB each where the server is as usual."""
_KINDS: dict[str, tuple[Kind, str]] = {
    "text": ("text", "{}"),
    "int": ("int", "{}"),
    "double": ("double", "{}"),
    "bool": ("bool", "{}"),
    "date": ("date", "date_from_unix_date({})"),
    "timestamp": ("timestamp", "CAST(timestamp_micros({}) AS TIMESTAMP_NTZ)"),
}
"""What images are made for, and of what the cells are made."""


def _date(days: int) -> date:
    return date.fromordinal(_FIRST_DAY + days)


def _timestamp(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


_EPOCH = datetime(1970, 1, 1)
_FIRST_DAY = _EPOCH.toordinal()
_VALUES: dict[Kind, Callable[[int], Any]] = {"date": _date, "timestamp": _timestamp}


def held(begin: Callable[[], SparkSession], rows: SharedRows, alias: str) -> TableSide | str:
    """Return the rows, read once and kept on the cluster; or why they are not."""
    table = rows.shared()
    if isinstance(table, str):
        return table
    try:
        side = TableSide(rows, alias, table, begin())
    except SPARK_ERRORS as error:
        return f"cannot be read by Spark: {shown(error)}"
    return "holds a date outside of the years 1 to 9999" if side.beyond else side


class TableSide(Side):
    """The rows of a table in the order in which it holds them, which is that of its pages.

    It is `beyond` Python where a date or a timestamp is.
    """

    def __init__(self, rows: SharedRows, alias: str, table: SharedTable, session: SparkSession) -> None:
        source: Any = rows
        super().__init__(source, alias)
        self._shown = table.shown
        self._kinds: list[Kind] = [_KINDS[kind][0] for _, kind in table.columns]
        self._frame = read(session, table).persist(StorageLevel.DISK_ONLY)
        weakref.finalize(self, _forget, self._frame).atexit = False  # the cluster is gone by then
        dates = [f"c{at}" for at, kind in enumerate(self._kinds) if kind in SENT]
        beyond = " OR ".join(f"year({each}) NOT BETWEEN 1 AND 9999" for each in dates) or "false"
        counts = [f.expr("count(*) AS rows"), f.expr(f"count_if({beyond}) AS beyond")]
        counted = sorted(self._frame.groupBy("block").agg(*counts).collect())
        before = accumulate((each["rows"] for each in counted), initial=0)
        self._blocks = [("", each["block"], base + 1) for each, base in zip(counted, before, strict=False)]
        self.rows = self.last = sum(each["rows"] for each in counted)
        self.beyond = any(each["beyond"] for each in counted)

    @property
    @override
    def kinds(self) -> Sequence[Kind]:
        return self._kinds

    @override
    def refuse(self) -> str:
        return "" if self.rows else f"{self._shown} has no row"

    @override
    def look(self, session: SparkSession, images: Images) -> str:
        conditions = (f"count_if({is_odd(images)})", f"count_if({is_skipped(images)})")
        (counts,) = self._frame.alias(self.alias).selectExpr(*conditions).collect()
        self.skipped = int(counts[1])
        return ODD if counts[0] else ""

    @override
    def numbered(self, session: SparkSession) -> DataFrame:
        return placed(session, self._frame, self._blocks)

    @override
    def received(self, rows: Iterable[Sequence[Any]]) -> Iterator[Cells]:
        values = [_VALUES.get(kind) for kind in self._kinds]
        return (
            tuple(
                cell if of is None or cell is None else of(cell) for of, cell in zip(values, row, strict=True)
            )
            for row in rows
        )

    @override
    def place(self, number: int) -> Place:
        return Place(self._shown, number)

    @override
    def check(self) -> None:
        """They are kept on the cluster, and nobody changes them."""

    @override
    def all(self) -> SourceRows:
        return _Held(self)

    def stream(self) -> Iterator[Sequence[Any]]:
        """Yield all rows as they are sent, in order."""
        frame = self._frame.alias(self.alias).sortWithinPartitions("k")
        yield from streamed(frame.selectExpr(*self.sent()))


def _forget(frame: DataFrame) -> None:
    """Let the cluster forget the rows, where it is still there."""
    with suppress(*SPARK_ERRORS):
        frame.unpersist()


class _Held:
    """All rows of a table, as they come from the cluster once more."""

    unreadable: Sequence[tuple[Place, str]] = ()

    def __init__(self, side: TableSide) -> None:
        self._side = side
        self._number = 0

    def place(self) -> Place:
        """Return where the row came from that was yielded last."""
        return self._side.place(self._number)

    def __iter__(self) -> Iterator[Cells]:
        found = self._side.stream()
        try:
            while rows := list(islice(found, _AT_ONCE)):
                for cells in self._side.received(rows):
                    self._number += 1
                    yield cells
        except SPARK_ERRORS as error:
            raise SourceError(
                self.place(), f"is no longer on the cluster: run again ({shown(error)})"
            ) from None


def read(session: SparkSession, table: SharedTable) -> DataFrame:
    """Return the rows as the snapshot has them, by the range of pages and the number in it."""
    address = table.address
    listed = ", ".join(f"{sql} AS c{at}" for at, (sql, _) in enumerate(table.columns))
    options = {
        "driver": DRIVER,
        "fetchsize": str(_AT_ONCE),
        "sessionInitStatement": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; "
        f"SET TRANSACTION SNAPSHOT '{table.snapshot}'",
        **{key: each for key, each in address.items() if key not in ("host", "port", "database")},
    }
    host = f"[{address['host']}]" if ":" in address["host"] else address["host"]
    url = f"jdbc:postgresql://{host}:{address['port']}/{quote(address['database'], safe='')}"
    named = f"(SELECT ctid AS page, {listed} FROM {table.table}) AS dss"
    rows = session.read.jdbc(url, named, predicates=_ranges(table.pages), properties=options)
    cells = [f"{_KINDS[kind][1].format(f'c{at}')} AS c{at}" for at, (_, kind) in enumerate(table.columns)]
    return rows.selectExpr(
        "'' AS path",
        "spark_partition_id() AS block",
        f"monotonically_increasing_id() & {WITHIN}L AS k",
        *cells,
    )


def _ranges(pages: int) -> list[str]:
    """Return the conditions of parts of the table; the last one has what was written since, too."""
    starts = range(0, max(pages, 1), _PAGES)
    return [
        f"page >= '({start},0)'::tid"
        + ("" if start == starts[-1] else f" AND page < '({start + _PAGES},0)'::tid")
        for start in starts
    ]
