"""Parts of a JSON Schema: values that may be anything, looked at as what they should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast


def is_list(value: object) -> bool:
    """Return whether *value* is an array."""
    return isinstance(value, list)


def is_map(value: object) -> bool:
    """Return whether *value* is an object."""
    return isinstance(value, dict)


def as_list(value: object) -> list[object]:
    """Return *value* where it is an array, an empty one otherwise."""
    return cast("list[object]", value) if is_list(value) else []


def as_map(value: object) -> dict[str, object]:
    """Return *value* where it is an object, an empty one otherwise."""
    return cast("dict[str, object]", value) if is_map(value) else {}


@dataclass(frozen=True, slots=True)
class Place:
    """A schema inside of a document, and the JSON Pointer that leads to it; `true` and `false` are empty."""

    pointer: str
    node: Mapping[str, object]

    def inside(self, *steps: str) -> str:
        """Return the pointer to what lies at the end of *steps*."""
        return self.pointer + "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)


def kind_of(node: Mapping[str, object]) -> str:
    """Return the one type of *node*, "null" beside it set aside; "" where it has none, or several."""
    given = node.get("type")
    if is_list(given):
        kinds = [kind for kind in as_list(given) if kind != "null"]
        return str(kinds[0]) if len(kinds) == 1 else ""
    if isinstance(given, str):
        return given
    if "properties" in node or "allOf" in node:
        return "object"
    if "items" in node:
        return "array"
    return "string" if "format" in node or "maxLength" in node or "pattern" in node else ""
