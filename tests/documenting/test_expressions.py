"""Pipelines and conditions of the dictionary mean what the schema's mean."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given

from dss_generator.documenting.expressions import condition_text, pipeline_text
from dss_generator.positions import Position
from dss_generator.schema.conditions import parse_condition
from dss_generator.schema.nodes import ScalarNode
from dss_generator.schema.pipelines import TemplateName, parse_pipeline
from dss_generator.schema.resolved import Pipeline, TreeBranch
from tests.schema.loading import held, load
from tests.strategies.schemas import per_schema, resolve, schemas

HERE = Position("a", 1, 1)


def pieces(pipeline: Pipeline, branch: TreeBranch) -> list[tuple[str, str]]:
    """Return the template of *pipeline* as texts and names."""
    found: list[tuple[str, str]] = []
    for part in pipeline.template:
        if part.column is not None:
            found.append(("name", branch.columns[part.column].alias))
        else:
            found.append(("name", part.field) if part.field else ("text", part.text))
    return found


@per_schema
@given(schemas())
def test_a_pipeline_is_read_back(text: str) -> None:
    """What is written of a pipeline parses to the same template and the same steps."""
    for tree in resolve(text).trees:
        for branch in tree.branches:
            for pipeline in (each.pipeline for each in branch.sources):
                if pipeline is None:
                    continue
                again = parse_pipeline(ScalarNode(HERE, pipeline_text(pipeline, branch.columns), True))
                assert pipeline.steps == again.steps
                assert pieces(pipeline, branch) == [
                    ("name", each.name) if isinstance(each, TemplateName) else ("text", each)
                    for each in again.template
                ]


@per_schema
@given(schemas())
def test_a_condition_is_read_back(text: str) -> None:
    """What is written of a condition parses to the same condition."""
    for tree in resolve(text).trees:
        for branch in tree.branches:
            if branch.where is not None:
                indexes = {each.alias: index for index, each in enumerate(branch.columns)}
                node = ScalarNode(HERE, condition_text(branch.where, branch.columns), True)
                assert branch.where == parse_condition(node, _column(indexes))


def _column(indexes: dict[str, int]) -> Callable[[str, int], int]:
    return lambda name, _offset: indexes[name]


def test_a_condition_is_written_as_people_write_it() -> None:
    """Names are quoted where they must be, and parentheses stand where they are needed."""
    where = "`not` == 1 and (`First Name` in ['a', 'b'] or not (grade < 3 and grade != 1))"
    schema = load(
        "models: {A: {key: code, fields: {code: str}}}\nbranches: {records: {model: A}}\n"
        f'trees: {{T: {{adapter: csv, branches: {{records: {{path: a.txt, where: "{where}"}}}}}}}}\n'
    )
    branch = held(schema, "T", "records")
    assert branch.where is not None
    assert where == condition_text(branch.where, branch.columns)
