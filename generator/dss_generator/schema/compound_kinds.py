"""What the value of a key may be: the kinds that are written as lists and mappings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..marks import override
from ..problems import Problems, did_you_mean, shown
from .kinds import Choice, Json, Kind, ScalarKind, described, shape
from .nodes import ListNode, MapNode, Node, ScalarNode


@dataclass(frozen=True, slots=True)
class Items(Kind):
    """A list of values of one kind; `single` lets one scalar stand for a list of one."""

    of: Kind
    high: int = 1_000
    low: int = 1
    single: bool = False

    @property
    @override
    def words(self) -> str:
        one = f"{self.of.words}, or " if self.single else ""
        return f"{one}a list, each item {self.of.words}"

    @override
    def takes(self, node: Node) -> bool:
        return isinstance(node, ListNode) or (self.single and self.of.takes(node))

    @override
    def clean(self, node: Node, problems: Problems) -> Node | None:
        if self.single and isinstance(node, ScalarNode):
            return self.of.clean(node, problems)
        if not isinstance(node, ListNode):
            problems.add(node.position, "wrong-shape", f"expected {self.words}; found {shape(node)}")
            return None
        if len(node.items) < self.low:
            problems.add(node.position, "no-value", f"expected {self.words}; the list is empty")
            return None
        if len(node.items) > self.high:
            problems.add(
                node.position, "too-many", f"{len(node.items):,} items; at most {self.high:,} are allowed"
            )
            return None
        kept = [self.of.clean(each, problems) for each in node.items]
        return replace(node, items=tuple(each for each in kept if each is not None))

    @override
    def json(self) -> Json:
        many: Json = {"type": "array", "items": self.of.json(), "minItems": self.low, "maxItems": self.high}
        return {"anyOf": [self.of.json(), many]} if self.single else many

    @override
    def parts(self) -> tuple[Kind, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True)
class Snippet:
    """What an editor offers to insert: `body` is an entry as JSON; `${1:name}` in it is to be filled in."""

    label: str
    doc: str
    body: str


@dataclass(frozen=True, slots=True)
class Entries(Kind):
    """A mapping whose keys the schema chooses; editors offer the `snippets` as new entries."""

    key: ScalarKind
    value: Kind
    high: int = 1_000
    snippets: Callable[[], tuple[Snippet, ...]] = tuple

    @property
    @override
    def words(self) -> str:
        return f"a mapping from {self.key.words} to {self.value.words}"

    @override
    def takes(self, node: Node) -> bool:
        return isinstance(node, MapNode)

    @override
    def clean(self, node: Node, problems: Problems) -> Node | None:
        if not isinstance(node, MapNode):
            problems.add(node.position, "wrong-shape", f"expected {self.words}; found {shape(node)}")
            return None
        if len(node.entries) > self.high:
            problems.add(
                node.position, "too-many", f"{len(node.entries):,} entries; at most {self.high:,} are allowed"
            )
            return None
        kept: list[tuple[ScalarNode, Node]] = []
        broken: set[str] = set(node.broken)
        for key, value in node:
            # A key is a text whatever it looks like. A bad one stays, lest uses of it be reported too.
            self.key.clean(replace(key, quoted=True), problems)
            cleaned = self.value.clean(value, problems)
            if cleaned is None:
                broken.add(key.text)
            else:
                kept.append((key, cleaned))
        return replace(node, entries=tuple(kept), broken=frozenset(broken))

    @override
    def json(self) -> Json:
        found: Json = {
            "type": "object",
            "propertyNames": self.key.json(),
            "additionalProperties": self.value.json(),
            "maxProperties": self.high,
        }
        snippets = [
            {"label": each.label, "description": each.doc, "body": json.loads(each.body)}
            for each in self.snippets()
        ]
        if snippets:
            found["defaultSnippets"] = snippets
        return found

    @override
    def parts(self) -> tuple[Kind, ...]:
        return (self.key, self.value)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that the language knows: its name, what its value may be, and what it means."""

    name: str
    kind: Kind
    doc: str
    required: bool = False

    def json(self) -> Json:
        """Return the JSON Schema of its value, with its meaning.

        Where the value may be one of several kinds, an editor shows what it finds at the kind that fits, and
        takes kinds that are described alike for one: so the meaning stands at some of them too.
        """
        found = {**self.kind.json(), **described(self.doc, self.name)}
        if "anyOf" in found:
            first, *others = found["anyOf"]
            meaning, name = described(self.doc), {"title": self.name}
            found["anyOf"] = [
                {**first, **meaning, **name},
                *({**each, **meaning, **name} if "$ref" in each else {**each, **name} for each in others),
            ]
        return found


@dataclass(frozen=True, slots=True)
class Record(Kind):
    """A mapping whose keys the language knows; `needs` names keys of which at least one must be there."""

    name: str
    noun: str
    keys: tuple[Key, ...]
    needs: tuple[str, ...] = ()
    doc: str = ""

    @property
    @override
    def words(self) -> str:
        return f"a mapping with the keys of {self.noun}"

    @override
    def takes(self, node: Node) -> bool:
        return isinstance(node, MapNode)

    @override
    def clean(self, node: Node, problems: Problems) -> Node | None:
        if not isinstance(node, MapNode):
            problems.add(node.position, "wrong-shape", f"expected {self.words}, not {shape(node)}")
            return None
        known = {key.name: key for key in self.keys}
        kept: list[tuple[ScalarNode, Node]] = []
        for key, value in node:
            if key.text not in known:
                hint = did_you_mean(key.text, known) or f"; its keys are {', '.join(known)}"
                problems.add(key.position, "unknown-key", f"{self.noun} has no key {shown(key.text)}{hint}")
            elif (cleaned := known[key.text].kind.clean(value, problems)) is not None:
                kept.append((key, cleaned))
        given = {key.text for key, _ in node}
        for name, row in known.items():
            if row.required and name not in given:
                problems.add(node.position, "missing-key", f"{self.noun} needs the key {name!r}: {row.doc}")
        if self.needs and given.isdisjoint(self.needs):
            message = f"{self.noun} needs one of the keys {', '.join(self.needs)}"
            problems.add(node.position, "missing-key", message)
        broken = frozenset(given & set(known)) - {key.text for key, _ in kept}
        return replace(node, entries=tuple(kept), broken=broken)

    @override
    def json(self) -> Json:
        return {"$ref": f"#/$defs/{self.name}"}

    def definition(self) -> Json:
        """Return the JSON Schema that `json` refers to."""
        found: Json = {
            **described(self.doc, self.noun),
            "type": "object",
            "properties": {key.name: key.json() for key in self.keys},
            "required": [key.name for key in self.keys if key.required],
            "additionalProperties": False,
        }
        if self.needs:
            # An editor takes alternatives without properties for one.
            found["anyOf"] = [{"required": [name], "properties": {name: True}} for name in self.needs]
        return found

    @override
    def parts(self) -> tuple[Kind, ...]:
        return tuple(key.kind for key in self.keys)


@dataclass(frozen=True, slots=True)
class Either(Kind):
    """One of several kinds, each written in another shape."""

    kinds: tuple[Kind, ...]

    @property
    @override
    def words(self) -> str:
        return "; or ".join(kind.words for kind in self.kinds)

    @override
    def takes(self, node: Node) -> bool:
        return any(kind.takes(node) for kind in self.kinds)

    @override
    def clean(self, node: Node, problems: Problems) -> Node | None:
        for kind in self.kinds:
            if kind.takes(node):
                return kind.clean(node, problems)
        problems.add(node.position, "wrong-shape", f"expected {self.words}; found {shape(node)}")
        return None

    @override
    def json(self) -> Json:
        # What stands for a record in short is to an editor what the record is.
        record = next((kind for kind in self.kinds if isinstance(kind, Record)), None)
        title = {"title": record.noun} if record is not None else {}
        found = [kind.json() for kind in self.kinds]
        return {"anyOf": [each if "$ref" in each else {**title, **each} for each in found]}

    @override
    def parts(self) -> tuple[Kind, ...]:
        return self.kinds


@dataclass(frozen=True, slots=True)
class Cases(Kind):
    """One of several records; the value under the key `by` is a `choice` of their names, and says which."""

    by: str
    noun: str
    choice: Choice
    record: Callable[[str], Record]

    @property
    def cases(self) -> tuple[tuple[str, Record], ...]:
        """Every record with its name."""
        return tuple((name, self.record(name)) for name in self.choice.values)

    @property
    @override
    def words(self) -> str:
        return f"a mapping with the keys of {self.noun}"

    @override
    def takes(self, node: Node) -> bool:
        return isinstance(node, MapNode)

    @override
    def clean(self, node: Node, problems: Problems) -> Node | None:
        if not isinstance(node, MapNode):
            problems.add(node.position, "wrong-shape", f"expected {self.words}, not {shape(node)}")
            return None
        value = node.get(self.by)
        if value is None:
            problems.add(
                node.position, "missing-key", f"{self.noun} needs the key {self.by!r}: {self.choice.words}"
            )
            return None
        if self.choice.clean(value, problems) is None:
            return None
        return self.record(node.text(self.by)).clean(node, problems)

    @override
    def json(self) -> Json:
        return {
            "title": self.noun,
            "type": "object",
            "required": [self.by],
            "properties": {self.by: {"title": self.by, **self.choice.json()}},
            "allOf": [
                {
                    # Without its type, the condition would hold for whatever is no mapping yet.
                    "if": {
                        "type": "object",
                        "properties": {self.by: {"const": name}},
                        "required": [self.by],
                    },
                    "then": record.json(),
                }
                for name, record in self.cases
            ],
        }

    @override
    def parts(self) -> tuple[Kind, ...]:
        return tuple(record for _, record in self.cases)
