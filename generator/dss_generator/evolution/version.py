"""One version of a schema: its meaning, and where in its files everything stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..positions import Position
from ..problems import Problems
from ..schema.files import SourceFile
from ..schema.installed import installed
from ..schema.load import read_documents, resolve
from ..schema.nodes import ListNode, MapNode, Node, ScalarNode
from ..schema.resolved import Schema

Path: TypeAlias = tuple[str, ...]
"""The way to an element of a schema, as its keys name it: ("models", "Student", "fields", "email")."""


@dataclass(frozen=True, slots=True)
class Version:
    """A schema as it is, or was. `name` says which version, such as "main (1a2b3c4)"."""

    name: str
    schema: Schema
    files: tuple[SourceFile, ...]
    places: Mapping[Path, tuple[Position, ...]]
    """Where each element stands; a section, such as `models`, stands in each file that has some."""

    def place(self, path: Path, file: str = "") -> Position:
        """Return where *path* stands, in *file* if it does there.

        Where this version has no such element it is the place of what it would be in.
        """
        while path:
            if path in self.places:
                found = self.places[path]
                return next((each for each in found if each.file == file), found[0])
            path = path[:-1]
        return Position(file if file in self.schema.files else self.schema.files[0], 1, 1)

    def has(self, path: Path) -> bool:
        """Return whether this version says something at *path*."""
        return path in self.places


def version_of(name: str, files: tuple[SourceFile, ...], problems: Problems) -> Version:
    """Return the version that *files* are (SchemaError with every problem, those in *problems* included)."""
    language = installed()
    documents = read_documents(files, language, problems)
    schema = resolve(documents, files, language, problems)
    places: dict[Path, tuple[Position, ...]] = {}
    for document in documents:
        for path, place in _places(document, ()):
            places[path] = (*places.get(path, ()), place)
    return Version(name, schema, files, places)


def _places(node: Node, path: Path) -> Iterator[tuple[Path, Position]]:
    """Yield the place of every key below *node*, and of every scalar in a list."""
    if isinstance(node, MapNode):
        for key, value in node:
            yield (*path, key.text), key.position
            yield from _places(value, (*path, key.text))
    elif isinstance(node, ListNode):
        for item in node.items:
            if isinstance(item, ScalarNode):
                yield (*path, item.text), item.position
