"""The tree of a schema file: scalars as text, lists and mappings, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ..positions import Position

Plain = Literal["null", "bool", "int", "float", "str"]

_plain_forms: tuple[tuple[Plain, re.Pattern[str]], ...] = (
    ("null", re.compile(r"|~|null|Null|NULL")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("int", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    (
        "float",
        re.compile(
            r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar as text. `inside` is the column of its first character, 0 where offsets cannot be told."""

    position: Position
    text: str
    quoted: bool = False
    inside: int = 0

    @property
    def plain(self) -> Plain:
        """What other readers take the scalar for: the core schema of YAML 1.2.2, section 10.3.2."""
        if not self.quoted:
            for kind, form in _plain_forms:
                if form.fullmatch(self.text):
                    return kind
        return "str"

    def at(self, offset: int) -> Position:
        """Return the place of the character at *offset*, or of the scalar where that cannot be told."""
        return replace(self.position, column=self.inside + offset) if self.inside else self.position


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence."""

    position: Position
    items: tuple[Node, ...] = ()

    def scalars(self) -> tuple[ScalarNode, ...]:
        """Return the scalars among the items."""
        return tuple(each for each in self.items if isinstance(each, ScalarNode))


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping, its entries in the order of the file.

    `broken` names the entries that were taken out because their value has the wrong shape: they are
    reported already, and who looks for them must not report them as missing.
    """

    position: Position
    entries: tuple[tuple[ScalarNode, Node], ...] = ()
    broken: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[tuple[ScalarNode, Node]]:
        return iter(self.entries)

    def get(self, name: str) -> Node | None:
        """Return the value of the key *name*, None when there is none."""
        return next((value for key, value in self.entries if key.text == name), None)

    def key(self, name: str) -> ScalarNode | None:
        """Return the key *name* itself, None when there is none."""
        return next((key for key, _ in self.entries if key.text == name), None)

    def scalar(self, name: str) -> ScalarNode | None:
        """Return the scalar under *name*, None when there is none."""
        value = self.get(name)
        return value if isinstance(value, ScalarNode) else None

    def text(self, name: str, default: str = "") -> str:
        """Return the text under *name*, *default* when there is none."""
        value = self.scalar(name)
        return default if value is None else value.text

    def flag(self, name: str, default: bool = False) -> bool:
        """Return whether the scalar under *name* says true."""
        return self.text(name, str(default)).lower() == "true"

    def mapping(self, name: str) -> MapNode:
        """Return the mapping under *name*, an empty one when there is none."""
        value = self.get(name)
        return value if isinstance(value, MapNode) else MapNode(self.position)

    def scalars(self, name: str) -> tuple[ScalarNode, ...]:
        """Return the scalars of the list under *name*, where a single scalar stands for a list of one."""
        value = self.get(name)
        if isinstance(value, ScalarNode):
            return (value,)
        return value.scalars() if isinstance(value, ListNode) else ()


Node = ScalarNode | ListNode | MapNode
