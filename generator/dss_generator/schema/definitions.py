"""The named definitions of all files together, by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ..names import taken
from ..positions import Position
from ..problems import Problems, did_you_mean, shown
from .nodes import MapNode, ScalarNode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Definition:
    """What a schema says of one name."""

    name: str
    position: Position
    body: MapNode


@dataclass(slots=True)
class Section:
    """The definitions of one kind, in the order of the files. `broken` are names whose body is unusable."""

    noun: str
    found: dict[str, Definition] = field(default_factory=dict[str, Definition])
    broken: dict[str, Position] = field(default_factory=dict[str, Position])

    def __iter__(self) -> Iterator[Definition]:
        return iter(self.found.values())

    def __contains__(self, name: str) -> bool:
        return name in self.found or name in self.broken

    def find(self, resolved: Mapping[str, T], name: ScalarNode, problems: Problems) -> T | None:
        """Return what *name* stands for; None, and a problem when the schema does not define it at all."""
        if name.text not in self:
            hint = did_you_mean(name.text, self.found) or _those(self.found)
            message = f"there is no {self.noun} {shown(name.text)}{hint}"
            problems.add(name.position, f"unknown-{self.noun}", message)
        return resolved.get(name.text)


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that a schema defines."""

    models: Section = field(default_factory=lambda: Section("model"))
    branches: Section = field(default_factory=lambda: Section("branch"))
    trees: Section = field(default_factory=lambda: Section("tree"))
    syncs: Section = field(default_factory=lambda: Section("sync"))


def merge(documents: list[MapNode], problems: Problems) -> Definitions:
    """Return the definitions of the cleaned *documents*; a name given twice, or nearly so, is a problem."""
    merged = Definitions()
    for document in documents:
        for name, section in (
            ("models", merged.models),
            ("branches", merged.branches),
            ("trees", merged.trees),
            ("syncs", merged.syncs),
        ):
            _add(section, document.mapping(name), problems)
    return merged


def _add(section: Section, entries: MapNode, problems: Problems) -> None:
    for name in entries.broken:
        section.broken[name] = entries.position
    for key, body in entries:
        if not isinstance(body, MapNode):
            continue
        other = taken(key.text, section.found)
        if other is not None and other == key.text:
            first = section.found[other].position
            message = f"the {section.noun} {shown(key.text)} is here twice; it is first at {first}"
            problems.add(key.position, "duplicate-name", message)
            continue
        if other is not None:
            report_collision(section.noun, key, other, section.found[other].position, problems)
        section.found[key.text] = Definition(key.text, key.position, body)


def report_collision(noun: str, key: ScalarNode, other: str, where: Position, problems: Problems) -> None:
    """Note that the name *key* differs from *other*, which is at *where*, in case and underscores only."""
    problems.add(
        key.position,
        "name-collision",
        f"the {noun} {shown(key.text)} differs from {shown(other)} at {where} only in case or underscores; "
        "generated names would be the same",
    )


def _those(names: Mapping[str, object]) -> str:
    few = sorted(names)[:8]
    return (
        f"; there are {', '.join(few)}{', …' if len(names) > len(few) else ''}"
        if few
        else "; none is defined"
    )
