"""The images, transforms and conditions promise on Spark what they promise on DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime._recipe import FieldRecipe
from dss_runtime.engines.columnar import Images, Kind, Sql
from dss_runtime.engines.columnar._conditions import condition
from dss_runtime.engines.columnar._transforms import transformed
from dss_runtime.engines.spark import SparkSieve
from dss_runtime.transforms import TRANSFORMS
from dss_runtime.types import BytesType, DatetimeType, IntType, ListType, SetType, StrType, TimeType
from tests.columnar.reading import takes_part
from tests.columnar.sides import Side, model, sides
from tests.columnar.test_conditions_in_sql import KINDS, conditions, rows
from tests.columnar.test_field_images import COLUMNAR, KEYS, NATIVE, hold_told, hold_told_keys
from tests.columnar.test_transforms_in_sql import STEPS, written
from tests.spark.cluster import Cluster

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
EXAMPLES = max(1, settings().max_examples // 25)
AT_ONCE = 48
"""Columns of a job: Java compiles no method of any length."""
T = TypeVar("T")


@pytest.fixture(scope="module")
def cluster(spark: SparkSession) -> Cluster:
    """What evaluates expressions as a comparison would; interpreted, which is soon done for few rows."""
    session = SparkSieve(spark).begin()
    session.conf.set("spark.sql.codegen.wholeStage", "false")
    session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    return Cluster(session)


def drawn(strategy: st.SearchStrategy[T], count: int = EXAMPLES) -> list[T]:
    """Return examples of *strategy*: a job of Spark costs as much for many as for one."""
    found: list[T] = []

    @settings(max_examples=count, phases=[Phase.generate])
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found


def told(cluster: Cluster, columns: Sequence[tuple[Sequence[Sql], Kind, Sequence[Any]]]) -> list[list[Any]]:
    """Return what expressions over each of some columns are, in a single job."""
    kinds: list[Kind] = [kind for _, kind, _ in columns]
    lines = [list(line) for line in zip_longest(*(cells for *_, cells in columns))]
    found = cluster.evaluate([each for expressions, *_ in columns for each in expressions], kinds, lines)
    parts: list[list[Any]] = []
    start = 0
    for expressions, _, cells in columns:
        end = start + len(expressions)
        parts.append([line[start:end] for line in found[: len(cells)]])
        start = end
    return parts


def told_of_sides(
    cluster: Cluster, given_sides: Sequence[Side], expressions: Callable[[Images], Sequence[Sql]]
) -> Iterator[list[Any]]:
    """Yield what *expressions* over the images of each side are."""
    for start in range(0, len(given_sides), AT_ONCE):
        part = given_sides[start : start + AT_ONCE]
        yield from told(
            cluster,
            [(expressions(side.images(cluster, at)), side.kind, side.cells) for at, side in enumerate(part)],
        )


def test_equal_images_are_of_values_that_compare_as_equal(cluster: Cluster) -> None:
    """Cells with equal images can be read, and the generated comparison finds no difference."""
    pairs: list[tuple[Any, tuple[Side, Side]]] = [
        (kind, pair) for kind in COLUMNAR for pair in drawn(st.tuples(sides(kind), sides(kind)))
    ]
    pairs += [
        (kind, pair)
        for kind, cells in NATIVE
        if not isinstance(kind, TimeType)
        for pair in drawn(st.tuples(sides(kind, cells), sides(kind)))
    ]
    found = told_of_sides(
        cluster,
        [side for _, pair in pairs for side in pair],
        lambda images: [images.fields["x"].compared, images.fields["x"].readable],
    )
    for kind, pair in pairs:
        hold_told(kind, pair, [next(found) for _ in pair])


def test_known_keys_are_equal_just_if_the_values_are(cluster: Cluster) -> None:
    """A key that is known is neither taken for another, nor another one taken for it."""
    pairs = [pair for kind in KEYS for pair in drawn(st.tuples(sides(kind, key=True), sides(kind, key=True)))]
    found = told_of_sides(
        cluster,
        [side for pair in pairs for side in pair],
        lambda images: [*images.key, images.blank_key],
    )
    for pair in pairs:
        hold_told_keys(pair, [next(found) for _ in pair])


def test_what_a_step_makes_of_a_text_is_what_python_makes(cluster: Cluster) -> None:
    """A step has the same text in SQL as in Python, or NULL; NULL alone where Python refuses the text."""
    texts = [drawn(written(step), 10 * EXAMPLES) for step in STEPS]
    kinds: list[Kind] = ["text" for _ in STEPS]
    cells = cluster.cells(kinds)
    made = told(
        cluster,
        [
            ([transformed(step, cell.sql)], "text", each)
            for step, cell, each in zip(STEPS, cells, texts, strict=True)
        ],
    )
    for step, given_texts, found in zip(STEPS, texts, made, strict=True):
        arguments = [dict(each) if isinstance(each, tuple) else each for each in step.arguments]
        for text, (known,) in zip(given_texts, found, strict=True):
            try:
                expected = TRANSFORMS[step.name].function(text, *arguments)
            except ValueError:
                expected = None
            assert known in (expected, None), (step, text)


def test_a_where_that_is_known_is_what_python_says(cluster: Cluster) -> None:
    """A row that a condition fails for, however late, is neither taken nor left out."""
    wheres, given_rows = drawn(conditions(), 10 * EXAMPLES), [*chain(*drawn(rows()))]
    cells = cluster.cells(KINDS)
    found = cluster.evaluate([condition(where, cells) for where in wheres], KINDS, given_rows)
    for row, line in zip(given_rows, found, strict=True):
        for where, known in zip(wheres, line, strict=True):
            try:
                assert known in (takes_part(where, row), None), (where, row)
            except ValueError:
                assert known is None, (where, row)


def test_long_cells_are_read(cluster: Cluster) -> None:
    """Java's patterns recurse where a repetition may give back, and a stack that runs over ends a worker."""
    many, days = 100_000, "2026-09-01T08:30:00.5"
    given_sides = [
        Side(model(SetType(of=IntType())), FieldRecipe("x", 0), "text", [",".join("7" * many)]),
        Side(
            model(ListType(of=DatetimeType(zone="utc"))),
            FieldRecipe("x", 0),
            "text",
            [f"{days}," * many + days],
        ),
        Side(model(SetType(of=StrType())), FieldRecipe("x", 0), "text", ["a," * many]),
        Side(model(BytesType()), FieldRecipe("x", 0), "text", ["AAAA" * many]),
        Side(model(BytesType()), FieldRecipe("x", 0), "blob", [b"x" * many]),
    ]
    found = told_of_sides(cluster, given_sides, lambda images: [images.fields["x"].readable])
    assert [[(True,)] for _ in given_sides] == list(found)
