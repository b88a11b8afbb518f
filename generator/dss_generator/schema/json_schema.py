"""The language as JSON Schema, for editors; ``schema.json`` beside this file holds it.

Run ``python -m dss_generator.schema.json_schema`` to write that file anew after a change of the grammar.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from . import grammar
from .compound_kinds import Record
from .kinds import Json, Kind, NewName

path = Path(__file__).with_name("schema.json")


def json_schema() -> Json:
    """Return the JSON Schema, draft 2020-12, of one schema file.

    It says what the loader's structural checks say: keys, shapes, words, limits. Values are taken as YAML 1.2
    has them, so bare numbers and booleans are allowed where the language reads a text.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A schema of datastoresync",
        **grammar.schema.definition(),
        "$defs": {
            each.name: each.definition() for each in _defined(grammar.schema) if each is not grammar.schema
        },
    }


def json_schema_text() -> str:
    """Return `json_schema` as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=True) + "\n"


def records() -> tuple[Record, ...]:
    """Return every record of the language, each after the one that leads to it."""
    found = {each.name: each for each in _defined(grammar.schema) if isinstance(each, Record)}
    return tuple(found.values())


def _defined(kind: Kind) -> Iterator[Record | NewName]:
    if isinstance(kind, Record | NewName):
        yield kind
    for part in kind.parts():
        yield from _defined(part)


if __name__ == "__main__":
    path.write_text(json_schema_text(), encoding="utf-8", newline="\n")
