"""Which files a cluster reads, what it makes of them, and why it leaves others alone."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from dss_runtime import DataStoreTree
from dss_runtime._sifting import load_both
from dss_runtime.engines.spark import SparkSieve
from tests.columnar.test_equality import records, told
from tests.generated_schemas.projects import generated

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
SCHEMA = """
models:
  Thing:
    key: code
    fields: {code: str, title: {type: str, optional: true}, count: int, tags: {type: set, of: str}}
branches: {things: {model: Thing, duplicates: quarantine}}
trees:
  Left:
    adapter: csv
    branches: {things: {path: "things*.csv", where: "title != 'none'", split: {tags: ";"}}}
  Right:
    adapter: csv
    branches: {things: {path: "things*.csv", where: "title != 'none'", split: {tags: ";"}}}
"""
HEADER = b"code,title,count,tags\n"
PLAIN = HEADER + b"".join(b"%d,title %d,%d,b;a\n" % (at, at, at) for at in range(1, 30))
Trees: TypeAlias = Callable[[dict[str, bytes], dict[str, bytes]], tuple[DataStoreTree, DataStoreTree]]


@pytest.fixture(scope="module")
def wiring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The generated package."""
    root = tmp_path_factory.mktemp("spark")
    generated(root, "dss_spark_files", SCHEMA)
    path = list(sys.path)
    sys.path.insert(0, str(root))
    yield importlib.import_module("dss_spark_files.generated.wiring")
    sys.path[:] = path


@pytest.fixture
def trees(wiring: Any, tmp_path: Path) -> Trees:
    """Writes the files of two sides, and returns what reads them."""

    def made(*sides: dict[str, bytes]) -> tuple[DataStoreTree, DataStoreTree]:
        for name, files in zip(("Left", "Right"), sides, strict=True):
            (tmp_path / name).mkdir(exist_ok=True)
            for file, content in files.items():
                (tmp_path / name / file).write_bytes(content)
        left, right = (wiring.TREES[name]({"folder": str(tmp_path / name)}) for name in ("Left", "Right"))
        return left, right

    return made


SAME = {
    "line ends": PLAIN.replace(b"\n", b"\r\n"),
    "no line end at the end": PLAIN.removesuffix(b"\n"),
    "empty lines": PLAIN.replace(b"7,title 7", b"\n\r\n7,title 7") + b"\n\n",
    "quotes": PLAIN.replace(b"title 7", b'"title 7"').replace(b"b;a", b'"a;b"'),
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN,
}
DIFFERENT = {
    "quoted quotes": PLAIN.replace(b"title 7", b'"a ""title"", with a comma"'),
    "quotes within": PLAIN.replace(b"title 7", b'5" pipe, "b'.replace(b",", b";")),
    "a backslash": PLAIN.replace(b"title 7", rb"\"").replace(b"title 8", rb"\N"),
    "beyond ASCII": PLAIN.replace(b"title 7", "Ünï\u2028\u0085 😀".encode()),
    "rows left out": PLAIN.replace(b"title 7", b"none").replace(b"title 9", b"none"),
    "keys that are there twice": PLAIN + b"7,title 7,7,a;b\n8,other,8,a\n8,third,8,a\n",
    "no keys": PLAIN.replace(b"\n7,", b"\n,").replace(b"\n9,", b"\n ,"),
    "unreadable numbers": PLAIN.replace(b",7,", b",seven,").replace(b",9,", b",9.5,"),
    "other rows": PLAIN.replace(b"\n7,", b"\n70,").replace(b"title 9,9", b"title 9,10"),
    "a long text": PLAIN.replace(b"title 7", b"x" * 5000).replace(b"9,b;a", b"9," + b"a;" * 3000 + b"b"),
}
ODD = {
    "a line break in a cell": (PLAIN.replace(b"title 7", b'"title\n7"'), "ends within quotes"),
    "a carriage return": (PLAIN.replace(b"title 7", b"title\r7"), "a carriage return without"),
    "a NUL byte": (PLAIN.replace(b"title 7", b"title\x007"), "a NUL byte"),
    "text after quotes": (PLAIN.replace(b"title 7", b'"title" 7'), "text after them"),
    "a cell too many": (PLAIN.replace(b"title 7", b"title,7"), "too many cells"),
    "a cell too few": (PLAIN.replace(b"title 7,", b""), "too many cells"),
    "an empty line before the header": (b"\n" + PLAIN, "begins with an empty line"),
}


def same_as_objects(trees: Trees, spark: SparkSession, *sides: dict[str, bytes]) -> tuple[str, str, int]:
    """Hold a cluster against objects; return what compared, why nothing better, and how many were held."""
    plain, sifted = trees(*sides), trees(*sides)
    for tree in plain:
        tree.load()
    (chosen,) = load_both(*sifted, SparkSieve(spark))
    held = sum(len(tree.branches[0].held) for tree in sifted)
    assert told(*plain) == told(*sifted)
    assert records(*plain) == records(*sifted)
    return chosen.engine, chosen.reason, held


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
def test_what_is_written_otherwise_is_proven_to_be_the_same(
    trees: Trees, spark: SparkSession, content: bytes
) -> None:
    """Line ends, quotes and the order in a set are no differences, and no record comes to this process."""
    assert ("spark", "", 0) == same_as_objects(trees, spark, {"things.csv": PLAIN}, {"things.csv": content})


def test_all_that_may_differ_is_compared_as_objects_are(trees: Trees, spark: SparkSession) -> None:
    """Whatever a cell holds comes as the csv module gives it; a few rows of many come at all."""
    ours = {f"things{at}.csv": content for at, content in enumerate(DIFFERENT.values())}
    theirs = {f"things{at}.csv": PLAIN for at in range(len(ours))}
    for at, each in enumerate(ours):  # no key of a file is one of the next
        for side in (ours, theirs):
            side[each] = side[each].replace(b"\n", b"\n%d-" % at).removesuffix(b"%d-" % at)
    engine, reason, held = same_as_objects(trees, spark, ours, theirs)
    assert ("spark", "") == (engine, reason)
    assert 0 < held < 60


@pytest.mark.parametrize(("content", "reason"), ODD.values(), ids=ODD)
def test_a_file_that_spark_could_read_otherwise_says_so(
    trees: Trees, spark: SparkSession, content: bytes, reason: str
) -> None:
    """The rows become objects, and the reason is told."""
    engine, why, _ = same_as_objects(trees, spark, {"things.csv": PLAIN}, {"things.csv": content})
    assert engine == "memory"
    assert reason in why


def test_what_was_compared_is_forgotten(trees: Trees, spark: SparkSession) -> None:
    """Spark keeps the plans of jobs that begin after their query has ended: none of ours does."""
    context: Any = spark.sparkContext
    kept = context._jsc.sc().dagScheduler().activeQueryToJobs()
    before = kept.size()
    other = PLAIN.replace(b"title 7", b"other")
    for _ in range(3):
        load_both(*trees({"things.csv": PLAIN}, {"things.csv": other}), SparkSieve(spark))
    spark.range(1).collect()  # what has ended before is forgotten before this begins
    assert kept.size() <= before + 1
