"""The recipes of generated importers say what their code does, and SQL proves what it does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from dss_runtime._recipe import Recipe, reason_against
from dss_runtime.codegen import BadCellError
from dss_runtime.engines.columnar import Images, NotColumnarError, images
from tests.columnar.dirt import texts, texts_for
from tests.columnar.duck import Duck
from tests.columnar.generated_readings import Generated, importer_of, readings
from tests.columnar.reading import compare_as_equal, fields_of, is_retired, read_as, takes_part
from tests.strategies.schemas import seeded_schemas

COUNT = 12
UNREADABLE = object()
SCHEMA = """
models:
  Thing: {key: code, fields: {code: str, title: str, tags: {type: set, of: int}, kind: {enum: [a, b]}}}
branches: {things: {model: Thing}}
trees:
  Files:
    adapter: csv
    branches:
      things:
        path: things.csv
        where: "kind in ['a', 'b'] and not (code < 0)"
        computed: [title]
  Base:
    adapter: sql
    branches:
      things:
        table: things
        transform: {title: "{code} {title} | lower | map(a=b, '*'=c)"}
        split: {tags: ";"}
        old: {set: {gone: true}}
syncs: {nightly: {from: Files, to: Base}}
"""


@pytest.fixture(scope="module")
def branches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Generated]]:
    """All branches with a recipe of some generated packages."""
    root: Path = tmp_path_factory.mktemp("recipes")
    path = list(sys.path)
    found: list[Generated] = []
    for number, text in enumerate(seeded_schemas(COUNT, 7)):
        found += readings(root, f"dss_recipes_{number}", text)
    yield [each for each in found if isinstance(each.reading.recipe, Recipe)]
    sys.path[:] = path


def rows_of(branch: Generated) -> st.SearchStrategy[list[list[str]]]:
    """Return a strategy of rows, whose cells can mostly be read as the fields that they are for."""
    width = len(branch.held.columns) + len(branch.held.old.set)
    cells = [texts()] * width
    for source in branch.held.sources:
        if source.column is not None:
            kind = read_as(branch.info[source.field.name].type, source.separator)
            cells[source.column] = texts_for(kind)
    return st.lists(st.tuples(*cells).map(list), min_size=1, max_size=12)


def parsed(branch: Generated, row: list[str]) -> Any:
    """Return the record of a row, None for one that is left out, and what stands for an unreadable one."""
    try:
        return branch.reading.parse(row)
    except BadCellError:
        return UNREADABLE


@given(data=st.data())
def test_a_recipe_says_what_the_generated_code_does(branches: list[Generated], data: st.DataObject) -> None:
    """Carried out step by step, a recipe leaves out, refuses and reads the same rows as the code."""
    branch = data.draw(st.sampled_from(branches))
    recipe: Any = branch.reading.recipe
    assert reason_against(branch.importer, branch.held.branch.name, branch.reading) is None
    for row in data.draw(rows_of(branch)):
        found = parsed(branch, row)
        try:
            taken = recipe.where is None or takes_part(recipe.where, row)
            expected = fields_of(branch.info, recipe, row) if taken else None
        except ValueError:
            assert found is UNREADABLE
            continue
        shown = None if found is None else {name: getattr(found, name, None) for name in expected or ()}
        assert repr(expected) == repr(shown)
        assert branch.reading.retired is None or branch.reading.retired(row) == is_retired(recipe, row)


@given(data=st.data())
def test_rows_with_equal_images_are_the_same_record(
    duck: Duck, branches: list[Generated], data: st.DataObject
) -> None:
    """Rows that SQL takes, and of which all images are known and equal, are read alike by the code."""
    branch = data.draw(st.sampled_from(branches))
    rows = data.draw(rows_of(branch))
    rows += [list(row) for row in rows]
    kinds: Any = ["text"] * len(rows[0])
    try:
        made = images(branch.info, branch.reading.recipe, duck.cells(kinds))  # type: ignore[arg-type]
    except NotColumnarError:
        return
    names, expressions = list(made.fields), _expressions(made)
    found = duck.evaluate(expressions, kinds, rows)
    seen: list[tuple[Any, Any]] = []
    for row, (where, gone, *known) in zip(rows, found, strict=True):
        record = parsed(branch, row)
        assert where is None or where == (record is not None)
        assert gone is None or branch.reading.retired is None or gone == branch.reading.retired(row)
        if where and None not in known:
            assert record is not UNREADABLE
            seen.append((known, record))
    for (left, ours), (right, theirs) in combinations(seen, 2):
        key = len(branch.info.key)
        assert (left[:key] == right[:key]) == (_key(branch, ours) == _key(branch, theirs))
        for name, image, other in zip(names, left[key:], right[key:], strict=True):
            kind = branch.info[name].type
            assert image != other or compare_as_equal(kind, getattr(ours, name), getattr(theirs, name))


def _expressions(made: Images) -> list[Any]:
    conditions = [exp.true() if each is None else each for each in (made.where, made.retired)]
    return [*conditions, *made.key, *(each.compared for each in made.fields.values())]


def _key(branch: Generated, record: Any) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in branch.info.key)


def test_a_branch_without_a_recipe_says_why(tmp_path: Path) -> None:
    """A field that a method of the project computes is named in place of a recipe."""
    files, base = readings(tmp_path, "dss_recipes_reasons", SCHEMA)
    reason = "title is computed by a method of the importer"
    assert reason == reason_against(files.importer, "things", files.reading)
    assert reason_against(base.importer, "things", base.reading) is None


@pytest.mark.parametrize("kind", ["parse", "key", "keep", "retired", "read"])
def test_a_recipe_does_not_hold_where_a_project_reads_otherwise(tmp_path: Path, kind: str) -> None:
    """Every method that the recipe stands for may be overridden, and then the recipe says nothing."""
    *_, base = readings(tmp_path, "dss_recipes_overrides", SCHEMA)
    importers = sys.modules["dss_recipes_overrides.generated.importers"]
    original: Any = getattr(base.importer.__class__, f"{kind}_things")

    def overriding(self: Any, *arguments: Any) -> Any:
        return original(self, *arguments)

    importer = importer_of(importers, "Base", **{f"{kind}_things": overriding})
    importer.read_things()
    expected = f"Reader overrides {kind}_things"
    assert expected == reason_against(importer, "things", importer.readings.pop())
