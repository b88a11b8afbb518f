"""Renames reach plans: generated wiring knows the former names, and `--json` prints them."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given

from dss_generator import Project
from dss_generator.rendering import render_all
from tests.strategies.schemas import per_schema, resolve, schemas

PROJECT = Project(Path("/p"), Path("/p/schema"), Path("/p/generated"), Path("/p/handlers"))


def renames(wiring: str) -> dict[str, dict[str, str]]:
    """Return what RENAMES is in the text of generated wiring."""
    for statement in ast.parse(wiring).body:
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "RENAMES":
            assert statement.value is not None
            found: dict[str, dict[str, str]] = ast.literal_eval(statement.value)
            return found
    raise AssertionError("no RENAMES")


@per_schema
@given(schemas(models=2))
def test_wiring_knows_every_former_name(text: str) -> None:
    """RENAMES has each marker of a model, of a branch, and of a field in every branch that holds it."""
    schema = resolve(text)
    found = renames(render_all(schema, PROJECT)["wiring.py"])
    assert {
        "models": {each.name: each.renamed_from for each in schema.models if each.renamed_from},
        "branches": {each.name: each.renamed_from for each in schema.branches if each.renamed_from},
        "attributes": {
            f"{branch.name}.{field.name}": field.renamed_from
            for branch in schema.branches
            for field in branch.model.fields
            if field.renamed_from
        },
    } == found
