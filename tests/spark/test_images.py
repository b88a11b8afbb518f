"""The images, transforms and conditions promise on Spark what they promise on DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime._recipe import FieldRecipe
from dss_runtime.engines.columnar import Kind, Sql
from dss_runtime.engines.columnar._conditions import condition
from dss_runtime.engines.columnar._transforms import transformed
from dss_runtime.transforms import TRANSFORMS
from dss_runtime.types import BytesType, IntType, SetType, TimeType
from tests.columnar.reading import takes_part
from tests.columnar.sides import Side, model, sides
from tests.columnar.test_conditions_in_sql import KINDS, conditions, rows
from tests.columnar.test_field_images import COLUMNAR, KEYS, NATIVE, hold_told, hold_told_keys
from tests.columnar.test_transforms_in_sql import STEPS, written
from tests.spark.cluster import Cluster

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
few = settings(max_examples=max(1, settings().max_examples // 25), phases=[Phase.generate])
"""Each is a job of Spark, of all types together."""


@pytest.fixture(scope="module")
def cluster(spark: SparkSession) -> Cluster:
    """What evaluates expressions."""
    return Cluster(spark)


def told(cluster: Cluster, columns: Sequence[tuple[Sequence[Sql], Kind, Sequence[Any]]]) -> list[list[Any]]:
    """Return what expressions over each of some columns are, in a single job."""
    kinds = [kind for _, kind, _ in columns]
    lines = [list(line) for line in zip_longest(*(cells for *_, cells in columns))]
    found = cluster.evaluate([each for expressions, *_ in columns for each in expressions], kinds, lines)
    parts: list[list[Any]] = []
    start = 0
    for expressions, _, cells in columns:
        end = start + len(expressions)
        parts.append([line[start:end] for line in found[: len(cells)]])
        start = end
    return parts


@few
@given(data=st.data())
def test_equal_images_are_of_values_that_compare_as_equal(cluster: Cluster, data: st.DataObject) -> None:
    """Cells with equal images can be read, and the generated comparison finds no difference."""
    native = [(kind, cells) for kind, cells in NATIVE if not isinstance(kind, TimeType)]
    pairs: list[tuple[Any, list[Side]]] = [
        *((kind, [data.draw(sides(kind)), data.draw(sides(kind))]) for kind in COLUMNAR),
        *((kind, [data.draw(sides(kind, cells)), data.draw(sides(kind))]) for kind, cells in native),
    ]
    given_sides = [side for _, pair in pairs for side in pair]
    columns: list[tuple[Sequence[Sql], Kind, Sequence[Any]]] = []
    for at, side in enumerate(given_sides):
        field = side.images(cluster, at).fields["x"]
        columns.append(([field.compared, field.readable], side.kind, side.cells))
    found = iter(told(cluster, columns))
    for kind, pair in pairs:
        hold_told(kind, pair, [next(found) for _ in pair])


@few
@given(data=st.data())
def test_known_keys_are_equal_just_if_the_values_are(cluster: Cluster, data: st.DataObject) -> None:
    """A key that is known is neither taken for another, nor another one taken for it."""
    pairs = [[data.draw(sides(kind, key=True)) for _ in range(2)] for kind in KEYS]
    columns: list[tuple[Sequence[Sql], Kind, Sequence[Any]]] = []
    for at, side in enumerate(side for pair in pairs for side in pair):
        made = side.images(cluster, at)
        columns.append(([*made.key, made.blank_key], side.kind, side.cells))
    found = iter(told(cluster, columns))
    for pair in pairs:
        hold_told_keys(pair, [next(found) for _ in pair])


@few
@given(data=st.data())
def test_what_a_step_makes_of_a_text_is_what_python_makes(cluster: Cluster, data: st.DataObject) -> None:
    """A step has the same text in SQL as in Python, or NULL; NULL alone where Python refuses the text."""
    texts = [data.draw(st.lists(written(step), min_size=8, max_size=30)) for step in STEPS]
    cells = cluster.cells(["text"] * len(STEPS))
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


@few
@given(wheres=st.lists(conditions(), min_size=8, max_size=16), given_rows=rows())
def test_a_where_that_is_known_is_what_python_says(
    cluster: Cluster, wheres: list[Any], given_rows: list[Any]
) -> None:
    """A row that a condition fails for, however late, is neither taken nor left out."""
    cells = cluster.cells(KINDS)
    found = cluster.evaluate([condition(where, cells) for where in wheres], KINDS, given_rows)
    for row, line in zip(given_rows, found, strict=True):
        for where, known in zip(wheres, line, strict=True):
            try:
                assert known in (takes_part(where, row), None), (where, row)
            except ValueError:
                assert known is None, (where, row)


def test_a_text_as_long_as_is_looked_at_needs_no_more_stack_than_there_is(cluster: Cluster) -> None:
    """Java's patterns recurse, and a stack that runs over ends the worker, not the comparison of a row."""
    from dss_runtime.engines.spark._cells import LONGEST

    listed, encoded = ",".join("7" * (LONGEST // 2)), "AAAA" * (LONGEST // 4)
    given_sides = [
        Side(model(kind), FieldRecipe("x", 0), "text", [cell])
        for kind, cell in ((SetType(of=IntType()), listed), (BytesType(), encoded))
    ]
    columns: list[tuple[Sequence[Sql], Kind, Sequence[Any]]] = [
        ([side.images(cluster, at).fields["x"].readable], "text", side.cells)
        for at, side in enumerate(given_sides)
    ]
    assert [[(True,)], [(True,)]] == told(cluster, columns)
