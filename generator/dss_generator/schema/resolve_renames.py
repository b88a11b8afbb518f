"""Renames: what `renamed_from` may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..positions import Position
from ..problems import Problems, shown
from .definitions import Definitions, Section
from .nodes import MapNode, ScalarNode
from .resolve_models import Models

Named = tuple[str, ScalarNode | None]
"""A name, and what follows its `renamed_from`."""


def check_renames(definitions: Definitions, models: Models, problems: Problems) -> None:
    """Note every `renamed_from` that cannot say what something was called before."""
    for section in (definitions.models, definitions.branches):
        places = {each.name: each.position for each in section}
        _check(section.noun, [(each.name, each.body.scalar(_key)) for each in section], places, problems)
    markers = _markers(definitions.models)
    for model in models.found.values():
        places = {each.name: each.position for each in model.fields}
        places |= {each.name: each.position for each in model.derived}
        fields = [(each.name, markers.get(each.position)) for each in model.fields]
        _check("field", fields, places, problems)


_key = "renamed_from"


def _markers(section: Section) -> dict[Position, ScalarNode]:
    """Return the markers of all fields, by the place of the field, which its heirs share."""
    found: dict[Position, ScalarNode] = {}
    for model in section:
        for name, body in model.body.mapping("fields"):
            if isinstance(body, MapNode) and (marker := body.scalar(_key)) is not None:
                found[name.position] = marker
    return found


def _check(noun: str, named: Iterable[Named], places: Mapping[str, Position], problems: Problems) -> None:
    first: dict[str, str] = {}
    renamed = {name: marker for name, marker in named if marker is not None}
    for name, marker in renamed.items():
        former = marker.text
        other = first.setdefault(former, name)
        if former == name:
            message = (
                f"{shown(name)} is renamed from itself; give the name that it had before, or remove this"
            )
        elif former in places and former not in renamed:  # else names are passed on, or exchanged
            message = (
                f"the {noun} {shown(former)} is still there, at {places[former]}, "
                f"so {shown(name)} is not what became of it; remove one of them"
            )
        elif other != name:
            message = (
                f"{shown(name)} and {shown(other)} at {places[other]} are both renamed from {shown(former)}; "
                "keep one of them"
            )
        else:
            continue
        problems.add(marker.position, "renamed-from", message)
