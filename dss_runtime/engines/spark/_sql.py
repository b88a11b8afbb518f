"""What a cluster is asked for of both sides alike, as SQL of Spark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from dss_runtime._extras import extra
from dss_runtime.engines.columnar import Images, Sql, text

with extra("spark"):
    from pyspark.sql import functions as f

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, DataFrameReader, SparkSession

PATTERNS = frozenset("*?[{\\%")
"""Characters of a path that stand for others where Spark is given it."""
WITHIN = (1 << 33) - 1
"""The bits of Spark's number of a row that count the rows before it in its partition."""
ODD = "a key is written in a way that SQL does not read"


def sql(expression: Sql) -> str:
    """Return an expression as Spark writes it."""
    return expression.sql(dialect="spark")


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


def reader(session: SparkSession) -> DataFrameReader:
    """Return what reads files as they are: the names of their folders, such as `day=1`, are no columns."""
    return session.read.option("recursiveFileLookup", "true")


def path_of(address: str) -> str:
    """Return the path in the address of a file, as Spark writes it."""
    return f"/{unquote(address.removeprefix('file:')).lstrip('/')}"
