"""Parquet files and tables of PostgreSQL are compared on a cluster as objects are, and with text."""

from __future__ import annotations

import csv
import importlib
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from dss_runtime import DataStoreTree
from dss_runtime._sifting import load_both
from dss_runtime.engines.spark import SparkSieve, _database
from tests.columnar.test_equality import records, told
from tests.generated_schemas.projects import generated
from tests.services.databases import execute, new_database

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
SCHEMA = """
models:
  Thing:
    key: [code, part]
    fields:
      code: int
      part: str
      title: {type: str, optional: true, compare: [casefold, trim]}
      score: {type: float, optional: true}
      born: {type: date, optional: true}
      seen: {type: datetime, zone: naive, optional: true}
      active: {type: bool, optional: true}
      tags: {type: set, of: str, optional: true}
branches: {things: {model: Thing, duplicates: quarantine}}
trees:
  Text: {adapter: csv, branches: {things: {path: things.csv, where: "title != 'none'"}}}
  Columns: {adapter: parquet, branches: {things: {path: "part=*/things.parquet", where: "title != 'none'"}}}
  Base: {adapter: sql, branches: {things: {table: thing, where: "title != 'none'"}}}
"""
NAMES = ("code", "part", "title", "score", "born", "seen", "active", "tags")
TYPES = (
    *(pa.int64(), pa.string(), pa.string(), pa.float64(), pa.date32(), pa.timestamp("us"), pa.bool_()),
    pa.string(),
)
TABLE = sa.table("thing", *map(sa.column, NAMES))
DAY, MOMENT = date(2026, 9, 1), datetime(2026, 9, 1, 8, 0, 0, 250)
PLAIN: list[tuple[Any, ...]] = [
    (at, "a", f"Title {at}", at / 4, DAY, MOMENT, at % 2 == 0, "b,a") for at in range(20)
]
ODD: list[tuple[Any, ...]] = [
    (20, "a", None, None, None, None, None, None),
    (21, "", "blank key", 1.0, DAY, MOMENT, True, "a"),
    (22, "a", "none", 1.0, DAY, MOMENT, True, "a"),
    (23, "a", "Ünï 😀 \u2028", -0.0, date(1, 1, 1), datetime(1, 1, 1), True, ""),
    (24, "a", "", 1e300, date(9999, 12, 31), datetime(9999, 12, 31, 23, 59, 59, 999_999), False, " a , b "),
    (25, "a", "twice", 1.5, date(1582, 10, 10), datetime(1582, 10, 10, 1), True, "a"),
    (25, "a", "twice", 1.5, DAY, MOMENT, True, "a"),
    (-26, "a", "x" * 5_000, 2.0**53, DAY, MOMENT, True, "a," * 1_000 + "b"),
    (27, "A", "other case", 0.1, DAY, MOMENT, True, "a"),
]
OTHER = [
    (0, "a", "  TITLE 0 ", 0.0, DAY, MOMENT, True, "a,b"),
    *((*row[:3], row[3] + 1, *row[4:]) if row[0] in (5, 6) else row for row in PLAIN[1:18]),
    (40, "a", "new", 1.0, DAY, MOMENT, True, "a"),
    *ODD[::2],
]


class Places:
    """Writes rows where a tree of a kind reads them."""

    def __init__(self, wiring: Any, folder: Path) -> None:
        self._trees, self._folder = wiring.TREES, folder
        self._made = 0

    def trees(self, name: str, rows: Sequence[tuple[Any, ...]]) -> list[DataStoreTree]:
        """Return two trees, not read yet, over *rows* in a place of their own."""
        self._made += 1
        place = self._folder / str(self._made)
        place.mkdir()
        if name == "Text":
            with (place / "things.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([NAMES, *(map(_text, row) for row in rows)])
        elif name == "Columns":
            for at, part in enumerate((rows[:7], rows[7:])):
                columns = [
                    pa.array(each, kind) for each, kind in zip(zip(*part, strict=True), TYPES, strict=True)
                ]
                folder = place / f"part={at}"
                folder.mkdir()
                pq.write_table(pa.table(columns, NAMES), folder / "things.parquet", row_group_size=3)
        settings = {"folder": str(place)} if name != "Base" else {"url": self.filled(rows)}
        return [self._trees[name](settings) for _ in range(2)]

    def filled(self, rows: Sequence[tuple[Any, ...]]) -> sa.URL:
        """Return the address of a database that has *rows*."""
        url = new_database("postgresql")
        execute(
            url,
            "CREATE TABLE thing (code bigint, part text, title varchar, score double precision, born date,"
            " seen timestamp, active boolean, tags text)",
        )
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.insert(TABLE), [dict(zip(NAMES, row, strict=True)) for row in rows])
        return url


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The generated package."""
    root = tmp_path_factory.mktemp("spark")
    generated(root, "dss_spark_sources", SCHEMA)
    path = list(sys.path)
    sys.path.insert(0, str(root))
    yield importlib.import_module("dss_spark_sources.generated.wiring")
    sys.path[:] = path


@pytest.fixture
def places(project: Any, tmp_path: Path) -> Places:
    """Where rows are written."""
    return Places(project, tmp_path)


@pytest.mark.parametrize(
    ("left", "right"), [("Columns", "Columns"), ("Text", "Columns"), ("Base", "Columns"), ("Text", "Base")]
)
def test_what_is_read_on_a_cluster_is_what_is_read_here(
    places: Places, spark: SparkSession, left: str, right: str
) -> None:
    """Whatever the values, the differences and the records are those of objects, and few rows come here."""
    plain, sifted = zip(places.trees(left, [*PLAIN, *ODD]), places.trees(right, OTHER), strict=True)
    for tree in plain:
        tree.load()
    (chosen,) = load_both(*sifted, SparkSieve(spark))
    held = sum(len(tree.branches[0].held) for tree in sifted)
    assert ("spark", "") == (chosen.engine, chosen.reason)
    assert told(*plain) == told(*sifted)
    assert records(*plain) == records(*sifted)
    assert held < 24


def test_all_workers_see_the_moment_of_the_import(
    places: Places, spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others write after the import has begun is not seen, however late a worker connects."""
    plain, sifted = zip(places.trees("Text", PLAIN), places.trees("Base", PLAIN), strict=True)
    for tree in plain:
        tree.load()
    read = _database.read
    url: Any = sifted[1].settings["url"]

    def late(*arguments: Any) -> Any:
        execute(url, "DELETE FROM thing WHERE code < 9", "UPDATE thing SET title = 'written meanwhile'")
        return read(*arguments)

    monkeypatch.setattr(_database, "read", late)
    (chosen,) = load_both(*sifted, SparkSieve(spark))
    assert ("spark", "") == (chosen.engine, chosen.reason)
    assert told(*plain) == told(*sifted)
    assert [0, 0] == [len(tree.branches[0].held) for tree in sifted]
    assert records(*plain) == records(*sifted)


def test_what_is_no_table_is_read_as_ever(places: Places, spark: SparkSession) -> None:
    """A view becomes objects, and the reason is told."""
    (left, _), (right, _) = places.trees("Text", PLAIN), places.trees("Base", PLAIN)
    url: Any = right.settings["url"]
    execute(url, "ALTER TABLE thing RENAME TO other", "CREATE VIEW thing AS SELECT * FROM other")
    (chosen,) = load_both(left, right, SparkSieve(spark))
    assert ("memory", "Base.things is a view, or is kept elsewhere") == (chosen.engine, chosen.reason)
    assert 0 == len(left - right)


def test_a_table_whose_other_side_is_refused_comes_from_the_cluster(
    places: Places, spark: SparkSession
) -> None:
    """Its connection is gone by then; the rows are those of the moment, as objects."""
    rows = [(-1, "a", "line\nbreak", 1.0, DAY, MOMENT, True, "a"), *PLAIN]
    plain, sifted = zip(places.trees("Text", rows), places.trees("Base", rows), strict=True)
    for tree in plain:
        tree.load()
    (chosen,) = load_both(*sifted, SparkSieve(spark))
    assert "memory" == chosen.engine
    assert "ends within quotes" in chosen.reason
    assert told(*plain) == told(*sifted)
    assert records(*plain) == records(*sifted)
