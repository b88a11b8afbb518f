"""The JSON Schema says what the loader's structural checks say."""

from __future__ import annotations

from typing import Any

import jsonschema
from hypothesis import example, given

from dss_generator.problems import Problems
from dss_generator.schema import grammar
from dss_generator.schema.files import SourceFile
from dss_generator.schema.json_schema import json_schema, json_schema_text, path, records
from dss_generator.schema.reader import read
from dss_generator.schema.reference import reference_markdown
from tests.schema.shapes import Json, as_yaml, values

_validator: Any = jsonschema.Draft202012Validator(json_schema())


def valid(value: Json) -> bool:
    """Return whether the JSON Schema has nothing against *value*."""
    return bool(_validator.is_valid(value))


def refused(value: Json) -> bool:
    """Return whether the loader's structural checks have something against *value*."""
    problems = Problems()
    node = read(SourceFile("schema/a.yaml", as_yaml(value)), problems)
    if node is not None:
        grammar.schema.clean(node, problems)
    return len(problems) > 0


@given(values(grammar.schema))
@example({"models": {"A\n": {}}})
@example({"models": {"A": {"fields": {"a": {"type": "str", "default": None}}}}})
@example({"models": {"A": {"fields": {"dss_a": "str"}}}})
@example({"models": {"A": {"fields": {"a": {"enum": []}}}}})
@example({"models": {"A": {"doc": "\x07"}}})
@example({"models": {"A": {"doc": "a\nb"}}})
@example({"models": {"A": {"fields": {"a": {"type": "str", "max_length": 0}}}}})
@example({"trees": {"T": {"adapter": "csv", "branches": {"a": {"path": "a\n"}}}}})
@example({"trees": {"T": {"adapter": "csv", "branches": {"a": {"path": "a", "delimiter": "|\n"}}}}})
@example({"trees": {"T": {"adapter": "memory", "branches": {"a": {"path": "a"}}}}})
@example({"trees": {"T": {"branches": {}}}})
@example([])
def test_loader_and_json_schema_accept_the_same_structures(value: Json) -> None:
    """Right or wrong at any depth, an editor and the loader are of one mind."""
    assert refused(value) == (not valid(value))


@given(values(grammar.schema, wrong=False))
def test_what_the_grammar_allows_is_read_without_loss(value: Json) -> None:
    """Where nothing is wrong, cleaning takes nothing out."""
    if not refused(value):
        problems = Problems()
        node = read(SourceFile("schema/a.yaml", as_yaml(value)), problems)
        assert node is not None
        assert node == grammar.schema.clean(node, problems)


def test_the_shipped_file_is_written_from_the_table() -> None:
    """After a change of the grammar: python -m dss_generator.schema.json_schema."""
    assert json_schema_text() == path.read_text(encoding="utf-8")


def test_the_json_schema_is_one() -> None:
    """It is valid under its own draft, and every key in it is described."""
    jsonschema.Draft202012Validator.check_schema(json_schema())
    found: list[str] = []
    for record in [json_schema(), *json_schema()["$defs"].values()]:
        found += [key for key, value in record.get("properties", {}).items() if not value.get("description")]
    assert [] == found


def test_the_reference_has_every_key() -> None:
    """Each key of each record stands in the reference, with its meaning."""
    text = reference_markdown()
    for record in records():
        for key in record.keys:
            assert f"| `{key.name}" in text
            assert key.doc.replace("|", "\\|") in text
