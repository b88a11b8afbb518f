"""YAML text to positioned nodes.

PyYAML's events are read one by one, which is what its `compose` does too, but so that aliases, depth and
number of nodes are refused before anything is built from them. Only the parser written in Python is used:
libyaml's differs in what it accepts (``|#`` for one) and in the places it reports, and a schema must mean
the same on every machine; 1 MiB takes about two seconds, 50 models with 20 fields a tenth of one.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

import yaml

from ..marks import override
from ..positions import Position
from ..problems import Problems, shown
from ..texts import called, refused_at
from .files import SourceFile
from .nodes import ListNode, MapNode, Node, ScalarNode

max_depth = 20
"""How deep lists and mappings may be nested in a file."""
max_nodes = 50_000
"""How many scalars, lists and mappings a file may hold."""


class _Mark(Protocol):
    """A place as PyYAML has it, counted from 0."""

    line: int
    column: int


class Loader(yaml.SafeLoader):
    """PyYAML's parser in Python, which is quick to see that no key can have begun."""

    @override
    def need_more_tokens(self) -> bool:
        """Answer at once what is asked several times for each token: most begin no key that is in doubt."""
        if self.tokens and not self.possible_simple_keys:
            return False
        return bool(super().need_more_tokens())


class _Stop(Exception):
    """Ends the reading of a file whose problem is noted."""


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being filled; `items` of a mapping alternate keys and values."""

    position: Position
    mapping: bool
    items: list[Node] = field(default_factory=list[Node])


def read(file: SourceFile, problems: Problems) -> Node | None:
    """Return the single document in *file*; None, and a problem, when there is none to be used."""
    text = _decode(file, problems)
    if text is None:
        return None
    reading = _Reading(file.name, text, problems)
    try:
        return reading.document()
    except _Stop:
        return None


def _decode(file: SourceFile, problems: Problems) -> str | None:
    data = file.data.removeprefix(BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        place = _place(file.name, before.replace("\r\n", "\n"), None)
        problems.add(
            place,
            "not-utf-8",
            f"the byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8",
        )
        return None
    text = text.replace("\r\n", "\n")
    bad = refused_at(text)
    tab = text.find("\t")
    if bad is not None:
        message = f"the character {called(text[bad])} is not allowed in a schema file"
        problems.add(_place(file.name, text, bad), "control-character", message)
    if tab >= 0:
        message = 'a tab; indent with spaces, and write "\\t" for a tab in a text'
        problems.add(_place(file.name, text, tab), "tab", message)
    return text if bad is None and tab < 0 else None


def _place(name: str, text: str, offset: int | None) -> Position:
    before = text[:offset]
    return Position(name, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


class _Reading:
    """The reading of one file."""

    def __init__(self, name: str, text: str, problems: Problems) -> None:
        self._name = name
        self._text = text
        self._problems = problems
        self._here = Position(name, 1, 1)

    def document(self) -> Node:
        """Return the file's document; raises _Stop, with the problem noted, when there is not just one."""
        document: Node | None = None
        stack: list[_Open] = []
        count = 0
        for event in self._events():
            self._here = self._position(event.start_mark)
            match event:
                case yaml.DocumentStartEvent():
                    if document is not None:
                        self._stop("documents", "a second document; keep one per file, without '---'")
                    if event.version or event.tags:
                        self._stop(
                            "directive", "YAML directives are not used in a schema; remove the '%' line"
                        )
                case yaml.AliasEvent():
                    self._stop(
                        "alias",
                        f"the alias {shown(str(event.anchor))}; write it out, nothing is copied",
                    )
                case yaml.ScalarEvent() | yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    count += 1
                    self._check(event, len(stack), count)
                    if not isinstance(event, yaml.ScalarEvent):
                        stack.append(_Open(self._here, isinstance(event, yaml.MappingStartEvent)))
                        continue
                    document = self._put(self._scalar(event), stack) or document
                case yaml.CollectionEndEvent():
                    done = stack.pop()
                    node = self._mapping(done) if done.mapping else ListNode(done.position, tuple(done.items))
                    document = self._put(node, stack) or document
                case _:
                    pass
        if document is None:
            self._stop("empty-file", "the file holds no schema; write one or delete the file")
        return document

    def _events(self) -> Iterator[yaml.Event]:
        try:
            yield from yaml.parse(self._text, Loader=Loader)  # pyright: ignore[reportUnknownMemberType]
        except yaml.MarkedYAMLError as error:
            # What does not end is looked for where it begins.
            endless = error.context_mark if "end of stream" in (error.problem or "") else None
            self._here = self._position(endless or error.problem_mark or error.context_mark)
            reasons = [reason for reason in (error.context, error.problem) if reason]
            self._stop("yaml-syntax", f"this is not YAML: {', '.join(reasons)}")
        except (
            ValueError,
            OverflowError,
        ):  # PyYAML: \U escapes beyond Unicode, version numbers of 5000 digits
            self._stop(
                "yaml-syntax", "this is not YAML: an escape or a number is out of range after this place"
            )

    def _check(self, event: yaml.NodeEvent, depth: int, count: int) -> None:
        if event.anchor is not None:
            self._stop("anchor", f"the anchor {shown(event.anchor)}; write it out, nothing is copied")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._stop("tag", f"the tag {shown(str(tag))}; remove it, types are given by the language")
        if depth >= max_depth:
            self._stop("depth", f"nested deeper than {max_depth} levels")
        if count > max_nodes:
            self._stop("nodes", f"more than {max_nodes:,} values in a file; split it")

    def _put(self, node: Node, stack: list[_Open]) -> Node | None:
        """Put *node* where it belongs; returns it when it is the whole document."""
        if not stack:
            return node
        opened = stack[-1]
        if opened.mapping and len(opened.items) % 2 == 0:
            if not isinstance(node, ScalarNode):
                self._stop("key-not-text", "a key must be a text, not a list or a mapping", node.position)
            if node.text == "<<" and not node.quoted:
                self._stop(
                    "merge-key", "a merge key; write the entries out, nothing is copied", node.position
                )
        opened.items.append(node)
        return None

    def _mapping(self, opened: _Open) -> MapNode:
        first: dict[str, ScalarNode] = {}
        entries: list[tuple[ScalarNode, Node]] = []
        for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
            assert isinstance(key, ScalarNode)  # _put let nothing else pass
            if key.text in first:
                message = (
                    f"the key {shown(key.text)} is here twice; it is first at {first[key.text].position}"
                )
                self._problems.add(key.position, "duplicate-key", message)
            else:
                first[key.text] = key
                entries.append((key, value))
        return MapNode(opened.position, tuple(entries))

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        quotes = 1 if event.style in ("'", '"') else 0
        end = self._position(event.end_mark)
        as_written = event.style not in ("|", ">") and self._here.line == end.line
        if as_written and end.column - self._here.column == len(event.value) + 2 * quotes:
            return ScalarNode(self._here, event.value, bool(event.style), self._here.column + quotes)
        return ScalarNode(self._here, event.value, bool(event.style))

    def _position(self, mark: _Mark | None) -> Position:
        return self._here if mark is None else Position(self._name, mark.line + 1, mark.column + 1)

    def _stop(self, rule: str, message: str, position: Position | None = None) -> NoReturn:
        self._problems.add(position or self._here, rule, message)
        raise _Stop
