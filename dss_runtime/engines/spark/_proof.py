"""The question to Spark: which rows are the same record on both sides, so that nobody need read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dss_runtime._extras import extra
from dss_runtime._sifting import Part
from dss_runtime.engines.columnar import Images, images, same_record
from dss_runtime.engines.spark._side import Side
from dss_runtime.engines.spark._sql import is_skipped, sql, streamed

with extra("spark"):
    from pyspark import StorageLevel
    from pyspark.sql import functions as f

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_AT_ONCE = 1_000_000
"""Rows of a source of which those that may differ come to this process together."""


class Verdict:
    """The rows that may differ, kept on the cluster until they are released.

    `differing` is how many there are of each side, and `same` how many pairs of others are proven.
    """

    def __init__(self, pairs: DataFrame, sides: Sequence[Side]) -> None:
        self._pairs = pairs.persist(StorageLevel.DISK_ONLY)
        self._sides = sides
        try:
            (counts,) = self._pairs.selectExpr(*(f"count({side.alias}.n)" for side in sides)).collect()
        except BaseException:
            self.close()
            raise
        self.differing: tuple[int, ...] = tuple(counts)
        proven = {side.rows - side.skipped - count for side, count in zip(sides, self.differing, strict=True)}
        self.agrees = len(proven) == 1
        self.same = min(proven)

    def rows(self, side: Side, count: int) -> Iterator[Sequence[Any]]:
        """Yield the rows of *side* that may differ, in order: the number of each, and its cells as sent."""
        if not count:
            return
        columns = [f"{sent} AS c{at}" for at, sent in enumerate(side.sent())]
        found = self._pairs.where(f"{side.alias}.n IS NOT NULL").selectExpr(f"{side.alias}.n AS n", *columns)
        parts = 1 + side.last // _AT_ONCE
        ordered = found.repartitionById(parts, f.expr(f"int(n DIV {_AT_ONCE})")).sortWithinPartitions("n")
        yield from streamed(ordered)

    def close(self) -> None:
        """Let the cluster forget the rows."""
        self._pairs.unpersist()


def prove(session: SparkSession, left: Part, right: Part, sides: Sequence[Side]) -> Verdict | str:
    """Return which rows may differ, or why nobody can tell.

    Raises NotColumnarError where SQL cannot say it of any row, and what PySpark does where Spark fails.
    """
    recipes = [part.recipe for part in (left, right)]
    info = right.branch.info
    known = [
        images(info, recipe, side.cells())
        for recipe, side in zip(recipes, sides, strict=True)
        if recipe is not None
    ]
    both = list(zip(sides, known, strict=True))
    for side, each in both:
        refused = side.look(session, each)
        if refused:
            return refused
    keys = [f"k{at}" for at in range(len(info.key))]
    ours, theirs = (_keyed(side.numbered(session), side, each) for side, each in both)
    equal = " AND ".join(f"l.{key} = r.{key}" for key in (*keys, "apart"))
    proof = sql(same_record(*known, unheld=left.branch.omitted | right.branch.omitted))
    pairs = ours.join(theirs, f.expr(equal), "full_outer").where(
        f"CASE WHEN l.n IS NOT NULL AND r.n IS NOT NULL THEN NOT coalesce({proof}, false) ELSE true END"
    )
    verdict = Verdict(pairs, sides)
    if verdict.agrees:
        return verdict
    verdict.close()
    return "the two sides do not agree on how many rows are the same: has a file changed meanwhile?"


def _keyed(rows: DataFrame, side: Side, known: Images) -> DataFrame:
    """Return the rows that may be of the branch, with their keys, and what keeps repeated keys apart.

    Those have no partner on the other side, so that a key that is there a thousand times on both makes no
    million pairs.
    """
    alias = side.alias
    named = rows.alias(alias)
    if known.where is not None:
        named = named.where(f"NOT {is_skipped(known)}")
    keys = [f"{sql(key)} AS k{at}" for at, key in enumerate(known.key)]
    cells = [f"{alias}.c{at}" for at in range(len(side.kinds))]
    partition = ", ".join(f"k{at}" for at in range(len(keys)))
    other = {"l": 1, "r": 2}[alias]
    repeated = f"CASE WHEN count(*) OVER (PARTITION BY {partition}) = 1 THEN 0 ELSE {other} END AS apart"
    return named.selectExpr("n", *cells, *keys).selectExpr("*", repeated).alias(alias)
