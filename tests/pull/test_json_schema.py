"""What is pulled from a JSON Schema, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_generator.pull import PullError, pull
from dss_generator.pull.json_schema import json_schema_tables
from tests.pull.projects import fields, pulled, report
from tests.pull.projects import pull as dss_pull
from tests.strategies.loading import resolved

Json = dict[str, Any]


def write(folder: Path, schema: object) -> str:
    """Write *schema* and return the file's name."""
    (folder / "thing.json").write_text(json.dumps(schema), encoding="utf-8")
    return "thing.json"


def lines(folder: Path, properties: Json, **more: object) -> dict[str, str]:
    """Return what the schema says of each property, without comments, by the field's name."""
    schema = {
        "title": "Thing",
        "type": "object",
        "properties": {"id": {"type": "string"}, **properties},
        **more,
    }
    text = pulled(folder, "json-schema", write(folder, schema))
    body = text.partition("    fields:\n")[2].partition("\n\n")[0]
    found = [
        line.partition("  #")[0].strip() for line in body.splitlines() if not line.strip().startswith("#")
    ]
    return {name: said for name, _, said in (line.partition(": ") for line in found)}


PROPERTIES: dict[str, tuple[Json, str]] = {
    "text": ({"type": "string"}, "str"),
    "short text": ({"type": "string", "maxLength": 20}, "{type: str, max_length: 20}"),
    "whole number": ({"type": "integer"}, "int"),
    "number": ({"type": "number"}, "float"),
    "money": ({"type": "number", "multipleOf": 0.01}, "{type: decimal, scale: 2}"),
    "truth value": ({"type": "boolean"}, "bool"),
    "day": ({"type": "string", "format": "date"}, "date"),
    "instant": ({"type": "string", "format": "date-time"}, "datetime"),
    "UUID": ({"type": "string", "format": "uuid"}, "uuid"),
    "a time of day, which has an offset": ({"type": "string", "format": "time"}, "str"),
    "address": ({"type": "string", "format": "email"}, "str"),
    "bytes": ({"type": "string", "contentEncoding": "base64"}, "bytes"),
    "enum": ({"enum": ["a", "b"]}, "{enum: [a, b]}"),
    "enum with null": ({"enum": ["a", None]}, "{enum: [a], optional: true}"),
    "constant": ({"const": "only"}, "{enum: [only]}"),
    "enum of numbers": ({"enum": [1, 2]}, "int"),
    "enum of several types": ({"enum": [1, "a"]}, "json"),
    "nullable": ({"type": ["string", "null"]}, "{type: str, optional: true}"),
    "nullable union": ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "{type: int, optional: true}"),
    "union": ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, "json"),
    "union of constants": ({"oneOf": [{"const": "a"}, {"const": "b"}]}, "{enum: [a, b]}"),
    "list": ({"type": "array", "items": {"type": "string"}}, "{type: list, of: str}"),
    "set": ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True}, "{type: set, of: int}"),
    "list of objects": ({"type": "array", "items": {"type": "object"}}, "json"),
    "object": ({"type": "object", "properties": {"x": {"type": "string"}}}, "json"),
    "anything": (True, "json"),  # type: ignore[dict-item]
    "ref": ({"$ref": "#/$defs/code"}, "{type: str, max_length: 4}"),
}


@pytest.mark.parametrize("case", PROPERTIES, ids=str)
def test_the_type_of_a_property(tmp_path: Path, case: str) -> None:
    """Each kind of property has its field type."""
    schema, expected = PROPERTIES[case]
    more = {"required": ["id", "x"], "$defs": {"code": {"type": "string", "maxLength": 4}}}
    assert expected == lines(tmp_path, {"x": schema}, **more)["x"]


def test_what_is_not_required_is_optional(tmp_path: Path) -> None:
    """Required properties are fields that every record has, but for those that may be null."""
    found = lines(tmp_path, {"a": {"type": "string"}, "b": {"type": "string"}}, required=["id", "a"])
    assert {"id_": "str", "a": "str", "b": "{type: str, optional: true}"} == found


def test_records_are_found_in_arrays(tmp_path: Path) -> None:
    """A document of arrays holds a kind of record in each; what is inside of a record is none itself."""
    item = {"type": "object", "properties": {"code": {"type": "string"}}}
    schema = {
        "type": "object",
        "properties": {"people": {"type": "array", "items": {"$ref": "#/definitions/Person"}},
                       "courses": {"type": "array", "items": item}},
        "definitions": {
            "Address": {"type": "object", "properties": {"street": {"type": "string"}}},
            "Person": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "home": {"$ref": "#/definitions/Address"}},
            },
        },
    }  # fmt: skip
    found = report(tmp_path, "json-schema", write(tmp_path, schema))
    assert ["Person", "Course"] == [each["model"] for each in found["tables"]]
    assert "json" == fields(found, "Person")["home"]["type"]


def test_definitions_alone_give_the_outer_ones(tmp_path: Path) -> None:
    """Where the root describes nothing, the definitions that no other is made of are the records."""
    schema = {
        "$defs": {
            "Address": {"type": "object", "properties": {"street": {"type": "string"}}},
            "Person": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "home": {"$ref": "#/$defs/Address"}},
            },
        }
    }
    found = report(tmp_path, "json-schema", write(tmp_path, schema))
    assert ["Person"] == [each["model"] for each in found["tables"]]


def test_all_of_is_taken_together(tmp_path: Path) -> None:
    """The properties of every part of `allOf` are the record's."""
    base = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
    schema = {"title": "Thing", "allOf": [{"$ref": "#/$defs/base"}], "properties": {"x": {"type": "string"}},
              "$defs": {"base": base}}  # fmt: skip
    found = fields(report(tmp_path, "json-schema", write(tmp_path, schema)), "Thing")
    assert {"id_": "int", "x": "str"} == {name: each["type"] for name, each in found.items()}


def test_every_key_is_a_doubt(tmp_path: Path) -> None:
    """JSON Schema names no key: one is chosen by its name, and marked."""
    write(
        tmp_path,
        {"title": "Pupil", "properties": {"name": {"type": "string"}, "pupilId": {"type": "string"}}},
    )
    (table,) = report(tmp_path, "json-schema", "thing.json")["tables"]
    assert ["pupil_id"] == table["key"]["fields"]
    assert 1 == len(table["key"]["doubts"])


WRONG: dict[str, tuple[str, str]] = {
    "no JSON": ('{"a": }', "thing.json:1:7: this is not JSON"),
    "a name twice": ('{"a": 1, "a": 2}', "the name 'a' is twice in one object"),
    "a list": ("[]", "a JSON Schema is an object"),
    "no record": ('{"type": "string"}', "describes no object with properties"),
    "a ref to nothing": (
        '{"properties": {"x": {"$ref": "#/$defs/no"}}}',
        "#/properties/x: the ref '#/$defs/no' leads nowhere",
    ),
    "a ref to another file": (
        '{"properties": {"x": {"$ref": "other.json"}}}',
        "#/properties/x: the ref 'other.json' leads out of the file",
    ),
    "a circle": (
        '{"properties": {"x": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}',
        "#/$defs/a: a circle of refs",
    ),
    "no schema": ('{"properties": {"x": 5}}', "#/properties/x: expected a schema"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, case: str) -> None:
    """A document that cannot be used is refused, with the place in it and what to do."""
    text, expected = WRONG[case]
    (tmp_path / "thing.json").write_text(text, encoding="utf-8")
    done = dss_pull(tmp_path, "json-schema", "thing.json")
    assert 1 == done.exit_code
    assert expected in done.stderr


def test_every_fault_of_a_document_is_reported(tmp_path: Path) -> None:
    """Not the first fault alone: two refs that lead nowhere are two lines."""
    write(tmp_path, {"properties": {"x": {"$ref": "#/a"}, "y": {"$ref": "#/b"}}})
    assert 2 == dss_pull(tmp_path, "json-schema", "thing.json").stderr.count("leads nowhere")


def test_what_holds_itself_is_json(tmp_path: Path) -> None:
    """A schema that is made of itself, through arrays or unions, ends as JSON instead of never."""
    nodes = {
        "many": {"type": "array", "items": {"$ref": "#/$defs/many"}},
        "either": {"anyOf": [{"$ref": "#/$defs/either"}, {"type": "string"}]},
    }
    found = lines(tmp_path, {name: {"$ref": f"#/$defs/{name}"} for name in nodes}, **{"$defs": nodes})
    assert "{type: json, optional: true}" == found["many"]
    assert "{type: json, optional: true}" == found["either"]


WORDS = st.sampled_from(
    """type properties items anyOf oneOf allOf enum const $ref required format title $defs
    string object array""".split()
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(st.dictionaries(WORDS, VALUES, max_size=5))
def test_any_document_is_a_schema_or_an_error(document: Json) -> None:
    """Whatever a document holds, it gives a schema that loads, or an error for people."""
    try:
        tables = json_schema_tables(json.dumps(document), "thing.json", "thing")
        text = pull(tables, command="dss pull json-schema", tree="Api", adapter="memory").text
    except PullError:
        return
    assert resolved(text).branches
