"""What the API's own description says of a path: whether it is there, may be written, and of which type."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from dss_runtime.adapters.google._client import document
from dss_runtime.adapters.google._kinds import Kind
from dss_runtime.adapters.google._paths import Json, parse_path

_BY_WORDS = "Output only", "Read-only"
"""How the description of a property begins that cannot be written, where nothing else says so."""


def unknown_paths(kind: Kind, paths: Iterable[str]) -> list[str]:
    """Return what is wrong with those of *paths* that lead nowhere."""
    found: list[str] = []
    for path in paths:
        try:
            step = parse_path(path)[0].name
        except ValueError as error:
            found.append(str(error))
            continue
        known = _properties(kind)
        if step not in known and path != "group.email":
            near = difflib.get_close_matches(step, known, n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            found.append(f"a {kind.noun} has no {step!r}{hint}")
    return found


def is_read_only(kind: Kind, path: str) -> bool:
    """Return whether Google itself says what is at *path*; what is found by it may be."""
    if path in kind.identity:
        return False
    described = _described(kind, path)
    text = str(described.get("description", ""))
    return bool(described.get("readOnly")) or text.startswith(_BY_WORDS) or "(Read-only)" in text


def is_text(kind: Kind, path: str) -> bool:
    """Return whether the description calls a value at *path* a text."""
    return _described(kind, path).get("type") == "string"


def _properties(kind: Kind) -> dict[str, Json]:
    found: dict[str, Json] = document()["schemas"][kind.schema]["properties"]
    return found


def _described(kind: Kind, path: str) -> Json:
    steps = parse_path(path)
    found: Any = _properties(kind).get(steps[0].name, {})
    for step in steps[1:]:
        schema: Any = document()["schemas"].get(found.get("$ref", ""), {})
        found = schema.get("properties", {}).get(step.name, {})
    return dict(found)
