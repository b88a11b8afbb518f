"""What a cluster is asked for of both sides alike, as SQL of Spark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dss_runtime._extras import extra
from dss_runtime.engines.columnar import Images, Sql, text

with extra("spark"):
    from pyspark.sql import functions as f
    from sqlglot import exp

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

WITHIN = (1 << 33) - 1
"""The bits of Spark's number of a row that count the rows before it in its partition."""
ODD = "a key is written in a way that SQL does not read"


def sql(expression: Sql) -> str:
    """Return an expression as Spark writes it."""
    return expression.transform(_keeping_what_it_took).sql(dialect="spark")


def _keeping_what_it_took(node: Sql) -> Sql:
    """Let no repetition of a pattern give back what it took, as none has to.

    Java would need stack for each time, and a stack that runs over is the end of a worker.
    """
    if node.arg_key == "expression" and isinstance(node.parent, exp.RegexpLike):
        return text(node.name.replace(")*", ")*+"))
    return node


def literal(value: str) -> str:
    """Return the literal of a text."""
    return sql(text(value))


def quoted(name: str) -> str:
    """Return the name of a column."""
    return f"`{name.replace('`', '``')}`"


def is_odd(images: Images) -> str:
    """Return whether a row has a key that is not known, so that it may be any row's."""
    unknown = " OR ".join(f"({sql(key)}) IS NULL" for key in images.key)
    return f"({unknown}) AND NOT coalesce({sql(images.blank_key)}, false)"


def is_skipped(images: Images) -> str:
    """Return whether a row is surely none of the branch."""
    return "false" if images.where is None else f"coalesce(NOT ({sql(images.where)}), false)"


def placed(session: SparkSession, rows: DataFrame, blocks: Iterable[tuple[str, int, int]]) -> DataFrame:
    """Return *rows* with their numbers as `n`: to `k`, *blocks* give what their `path` and `block` add."""
    listed = ", ".join(f"({literal(path)}, {block}L, {base}L)" for path, block, base in blocks)
    bases = session.sql(f"SELECT * FROM VALUES {listed} AS blocks(path, block, base)")
    return rows.join(f.broadcast(bases), ["path", "block"]).withColumn("n", f.expr("base + k"))


def streamed(rows: DataFrame) -> Iterator[Sequence[Any]]:
    """Yield *rows* one partition after the other, of which the next comes meanwhile.

    As a DataFrame they would come by jobs that begin when their query has ended; those Spark never forgets.
    """
    yield from rows.rdd.toLocalIterator(prefetchPartitions=True)
