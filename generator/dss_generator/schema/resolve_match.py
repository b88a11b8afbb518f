"""How a tree's branch knows records without a key, so that new ones adopt them."""

from __future__ import annotations

from collections.abc import Mapping

from ..adapters import Adapter
from ..problems import Problems, shown
from .known_columns import verdict
from .nodes import MapNode
from .resolve_models import report_unknown_field
from .resolved import Branch, FieldSource, Match, Model, Scalar, TreeBranch

_no_match = ("set", "list", "json", "bytes")
"""The types whose values tell nobody who a record is."""


def resolve_match(
    node: MapNode, branch: Branch, found: TreeBranch, partial: bool, adapter: Adapter, problems: Problems
) -> Match | None:
    """Return by which fields records without a key are known, None where none is; note what is wrong."""
    key, value = node.key("match"), node.get("match")
    if key is None or value is None:
        return None
    if not adapter.adopts:
        message = f"a {adapter.name} tree adopts nothing; 'match' is for systems that are written to"
        problems.add(key.position, "match", message)
        return None
    names = value.scalars("by") if isinstance(value, MapNode) else node.scalars("match")
    moved = isinstance(value, MapNode) and value.flag("moved_keys")
    sources = {each.field.name: each for each in found.sources}
    fields = {each.name: each for each in branch.model.fields}
    for name in names:
        if name.text in fields:
            reason = _reason_against(name.text, branch.model, found, sources, adapter)
            if reason:
                problems.add(name.position, "match", f"{shown(name.text)} {reason}")
        elif not partial:
            report_unknown_field(name, branch.model, problems)
    if adapter.maps_columns:
        for part in branch.model.key:
            if part in sources and sources[part].column is None:
                message = f"the key field {shown(part)} is not read from a column as it is, so none lacks it"
                problems.add(key.position, "match", message)
        where = node.scalar("where")
        columns = [sources[part].column for part in branch.model.key if part in sources]
        absent: dict[int, Scalar] = {column: "" for column in columns if column is not None}
        if where is not None and found.where is not None and verdict(found.where, absent) is False:
            message = "this leaves out the records without a key, which 'match' is for"
            problems.add(where.position, "match", message)
    return Match(tuple(each.text for each in names if each.text in fields), moved)


def _reason_against(
    name: str, model: Model, found: TreeBranch, sources: Mapping[str, FieldSource], adapter: Adapter
) -> str:
    """Return why a record is not known by the field *name*, "" where it may be."""
    if name in model.key:
        return "is in the key, which these records do not have"
    if name in found.omitted:
        return "is omitted here, so it is never read"
    if model.field(name).type in _no_match:
        return f"is a {model.field(name).type}; a record is known by single values"
    if adapter.maps_columns and name in sources and sources[name].column is None:
        return "is not read from a column as it is, so nothing can be found by it"
    return ""


def check_moved_keys(
    entries: MapNode, held: Mapping[str, TreeBranch], models: Mapping[str, Model], problems: Problems
) -> None:
    """Note where keys would move that other records of the tree refer to."""
    for name, each in held.items():
        if each.match is None or not each.match.moved_keys:
            continue
        kinds = set(_kinds(each.branch.model, models))
        for other in held.values():
            field = next((field for field in other.branch.model.fields if field.ref in kinds), None)
            if field is not None:
                message = (
                    f"keys of {name} cannot move: {shown(field.name)} of {other.branch.name} refers to its "
                    "records by them, and whether that follows is not known"
                )
                at = entries.mapping(name).mapping("match").key("moved_keys")
                problems.add(at.position if at else each.position, "match", message)
                break


def _kinds(model: Model, models: Mapping[str, Model]) -> list[str]:
    found = [model.name]
    while model.extends and model.extends in models and model.extends not in found:
        model = models[model.extends]
        found.append(model.name)
    return found
