"""The language as JSON Schema, for editors; ``schema.json`` beside this file holds it.

Run ``python -m dss_generator.schema.json_schema`` to write that file anew after a change of the grammar.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..headers import SENTENCE
from . import grammar
from .compound_kinds import Record
from .installed import installed
from .kinds import Json, Kind, NewName

path = Path(__file__).with_name("schema.json")


def json_schema(schema: Record = grammar.schema) -> Json:
    """Return the JSON Schema, draft 2020-12, of one schema file: of one in our own language by default.

    It says what the loader's structural checks say: keys, shapes, words, limits. Values are taken as YAML 1.2
    has them, so bare numbers and booleans are allowed where the language reads a text.
    """
    return {
        "$comment": f"{SENTENCE} Do not edit: it is the language of schema files, for editors.",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema.definition(),
        "title": "A schema of datastoresync",
        "$defs": {each.name: each.definition() for each in _defined(schema) if each is not schema},
    }


def json_schema_text(schema: Record = grammar.schema) -> str:
    """Return `json_schema` as the text of a file."""
    return json.dumps(json_schema(schema), indent=2, ensure_ascii=True) + "\n"


def installed_json_schema_text() -> str:
    """Return the JSON Schema of the language with what installed packages add to it.

    Raises ExtensionError with everything that is wrong with the packages.
    """
    language = installed()
    language.load()
    return json_schema_text(grammar.schema_of(language))


def usable_json_schema_text() -> str:
    """Return the JSON Schema of the language with what installed packages add to it and can be used.

    A package that is broken, and that perhaps nobody names, is no reason not to keep the file.
    """
    return json_schema_text(grammar.schema_of(installed().usable))


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
