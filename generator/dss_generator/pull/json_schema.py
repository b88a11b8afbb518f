"""A JSON Schema (draft 2020-12, or 7 and what came between) as tables: its objects, without any rows.

JSON Schema says what a value may be, not which objects are records. Taken are the root's object, the objects
of its arrays, and, where it has neither, the definitions that no other definition is made of. An object
inside of a record is a field of type json.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from .evidence import PullError, SourceColumn, SourceTable
from .json_nodes import Place, as_list, as_map, is_list, is_map, kind_of
from .json_types import JsonTypes, one_line
from .words import singular, words

_DEFINITIONS = ("$defs", "definitions")
_SPECIAL = ("$dynamicRef", "$recursiveRef", "$anchor")


def json_schema_tables(text: str, shown: str, name: str) -> list[SourceTable]:
    """Return a table for each kind of record that the JSON Schema *text* describes.

    *shown* is its file for messages, *name* what a record is called where the schema has no title. Raises
    PullError with everything that is wrong.
    """
    root = _parsed(text, shown)
    document = _Document(root, shown)
    records = _records(document, name)
    tables = [_table(document, record) for record in records]
    document.raise_any()
    if not tables:
        raise PullError(f"{shown}: describes no object with properties, so there is no record to take")
    return tables


def _parsed(text: str, shown: str) -> Mapping[str, object]:
    try:
        found: object = json.loads(text, object_pairs_hook=_pairs)
    except json.JSONDecodeError as error:
        raise PullError(f"{shown}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}") from None
    except RecursionError:
        raise PullError(f"{shown}: is nested too deep") from None
    except _TwiceError as error:
        raise PullError(f"{shown}: the name {error.args[0]!r} is twice in one object: remove one") from None
    if not is_map(found):
        raise PullError(f"{shown}: a JSON Schema is an object, and this is none")
    return as_map(found)


class _TwiceError(Exception):
    """A name is there twice in one object."""


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


@dataclass(slots=True)
class _Document:
    """The document, its refs resolved on request, and what was found to be wrong."""

    root: Mapping[str, object]
    shown: str
    problems: dict[str, None] = field(default_factory=dict[str, None])

    def problem(self, pointer: str, text: str) -> None:
        self.problems[f"{self.shown}: #{pointer}: {text}"] = None

    def raise_any(self) -> None:
        if self.problems:
            raise PullError("\n".join(self.problems))

    def at(self, pointer: str, node: object) -> Place:
        """Return the schema *node*, through as many `$ref`s as it takes; where it is none, that is noted."""
        seen: list[str] = []
        while isinstance(ref := as_map(node).get("$ref"), str):
            if ref in seen:
                self.problem(pointer, f"a circle of refs, {' → '.join([*seen, ref])}")
                return Place(pointer, {})
            seen.append(ref)
            found = self._follow(pointer, ref)
            if found is None:
                return Place(pointer, {})
            pointer, node = found
        if not is_map(node) and not isinstance(node, bool):
            self.problem(pointer, "expected a schema, which is an object, or true or false")
        return Place(pointer, as_map(node))

    def _follow(self, pointer: str, ref: str) -> tuple[str, object] | None:
        if not ref.startswith("#") or (ref != "#" and not ref.startswith("#/")):
            self.problem(pointer, f"the ref {ref!r} leads out of the file: put what it names into `$defs`")
            return None
        node: object = self.root
        for step in ref[1:].split("/")[1:]:
            name = step.replace("%25", "%").replace("~1", "/").replace("~0", "~")
            try:
                node = as_list(node)[int(name)] if is_list(node) else as_map(node)[name]
            except (KeyError, IndexError, ValueError):
                self.problem(pointer, f"the ref {ref!r} leads nowhere")
                return None
        return ref[1:], node


@dataclass(frozen=True, slots=True)
class _Record:
    """A kind of record: what to call it, where it is, and its properties with whether each is required."""

    name: str
    place: Place
    properties: Mapping[str, tuple[Place, bool]]


def _records(document: _Document, name: str) -> list[_Record]:
    """Return the kinds of records, each once."""
    found: dict[str, _Record] = {}

    def add(wish: str, place: Place) -> bool:
        properties = dict(_properties(document, place))
        if not properties:
            return False
        found.setdefault(place.pointer, _Record(wish, place, properties))
        return True

    root = document.at("", document.root)
    title = _title(root.node, name)
    if kind_of(root.node) == "array":
        add(title, document.at(root.inside("items"), root.node.get("items", True)))
    elif not _add_arrays(document, root, add):
        add(title, root)
    if not found:
        for wish, place in _definitions(document):
            add(wish, place)
    return list(found.values())


def _add_arrays(document: _Document, root: Place, add: Callable[[str, Place], bool]) -> bool:
    """Add the items of the root's properties where each of these is an array of objects."""
    properties = dict(_properties(document, root))
    items: list[tuple[str, Place]] = []
    for name, (place, _) in properties.items():
        if kind_of(place.node) != "array":
            return False
        given = place.node.get("items", True)
        item = document.at(place.inside("items"), given)
        if kind_of(item.node) != "object":
            return False
        called = item.pointer.rpartition("/")[2] if "$ref" in as_map(given) else name
        items.append((called, item))
    # Each is added, whether or not one before it turned out to be without properties.
    added = [add(_title(item.node, called), item) for called, item in items]
    return bool(added) and all(added)


def _definitions(document: _Document) -> Iterator[tuple[str, Place]]:
    """Yield the definitions that are objects, but those that others are made of."""
    found: dict[str, tuple[str, Place]] = {}
    for section in _DEFINITIONS:
        for name, node in as_map(document.root.get(section)).items():
            place = document.at(f"/{section}/{name}", node)
            if kind_of(place.node) == "object":
                found[place.pointer] = (_title(place.node, name), place)
    used = {
        inner.pointer
        for _, place in found.values()
        for each, _ in dict(_properties(document, place)).values()
        for inner in (each, document.at(each.inside("items"), each.node.get("items", True)))
        if inner.pointer != place.pointer
    }
    outer = [each for pointer, each in found.items() if pointer not in used]
    yield from outer or found.values()


def _properties(
    document: _Document, place: Place, depth: int = 0
) -> Iterator[tuple[str, tuple[Place, bool]]]:
    """Yield the properties of an object, those of its `allOf` first, with whether each is required."""
    if depth > 20:
        document.problem(place.pointer, "`allOf` is nested too deep, or in a circle")
        return
    for number, part in enumerate(as_list(place.node.get("allOf"))):
        yield from _properties(document, document.at(place.inside("allOf", str(number)), part), depth + 1)
    given = place.node.get("properties", {})
    if not is_map(given):
        document.problem(place.inside("properties"), "expected an object, from names to schemas")
        return
    required = as_list(place.node.get("required"))
    for name, node in as_map(given).items():
        yield name, (document.at(place.inside("properties", name), node), name in required)


def _table(document: _Document, record: _Record) -> SourceTable:
    types = JsonTypes(document.at)
    columns: list[SourceColumn] = []
    for name, (place, required) in record.properties.items():
        found = types.of(place)
        columns.append(
            SourceColumn(
                source=name,
                label=name,
                declared=found.typed,
                nullable=found.nullable or not required,
                secret=found.secret,
                facts=found.facts,
                doubts=found.doubts,
                doc=one_line(place.node.get("description")),
            )
        )
    doubts = [
        f"`{keyword}` was not looked at"
        for keyword in ("oneOf", "anyOf", *_SPECIAL)
        if keyword in record.place.node
    ]
    parts = [singular(word) for word in words(record.name)] or ["record"]
    return SourceTable(
        name="_".join(parts),
        title=f"{document.shown} #{record.place.pointer}",
        columns=tuple(columns),
        cells=lambda _positions: (),
        doc=one_line(record.place.node.get("description")),
        doubts=tuple(doubts),
        judged=False,
        enums=False,
    )


def _title(node: Mapping[str, object], name: str) -> str:
    title = node.get("title")
    return title if isinstance(title, str) and words(title) and len(title) <= 60 else name
