"""What the value of a key may be: the kinds that are written as one scalar.

A kind checks a node, says so in JSON Schema, and names itself in the documentation. The loader and the JSON
Schema must accept the same structures, so both live in one class; a test compares them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..marks import override
from ..names import Role, builtins, keywords, pattern, reason_against
from ..problems import Problems, did_you_mean, shown
from ..texts import called, refused_at, refused_characters
from .nodes import ListNode, MapNode, Node, ScalarNode

Json = dict[str, Any]
"""A piece of JSON Schema."""


def described(text: str, title: str = "") -> Json:
    """Return what an editor shows of a value: *title*, and *text*, which may be Markdown."""
    found: Json = {"title": title} if title else {}
    if text:
        found["description"] = text
    if "`" in text:  # else editors show the description as it is
        found["markdownDescription"] = text
    return found


class Kind(ABC):
    """A kind of value."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What is expected, as a message and the documentation say it."""

    @abstractmethod
    def takes(self, node: Node) -> bool:
        """Return whether *node* has the shape (scalar, list, mapping) of this kind."""

    @abstractmethod
    def clean(self, node: Node, problems: Problems) -> Node | None:
        """Return *node* without what is wrong in it, None when nothing is left; what is wrong is noted."""

    @abstractmethod
    def json(self) -> Json:
        """Return the JSON Schema (draft 2020-12) that accepts what `clean` accepts."""

    def parts(self) -> tuple[Kind, ...]:
        """Return the kinds that this one is made of."""
        return ()


def shape(node: Node) -> str:
    """Return what a message calls *node*."""
    match node:
        case ListNode():
            return "a list"
        case MapNode():
            return "a mapping"
        case ScalarNode():
            return "nothing" if node.plain == "null" and not node.text else shown(node.text)


class ScalarKind(Kind):
    """A kind that is written as one scalar."""

    @override
    def takes(self, node: Node) -> bool:
        return isinstance(node, ScalarNode)

    @override
    def clean(self, node: Node, problems: Problems) -> Node | None:
        if not isinstance(node, ScalarNode):
            problems.add(node.position, "wrong-shape", f"expected {self.words}, not {shape(node)}")
            return None
        if node.plain == "null":
            message = f"expected {self.words}; there is nothing"
            if node.text:
                message = f"expected {self.words}, not {node.text}; quote it where the text itself is meant"
            problems.add(node.position, "no-value", message)
            return None
        return node if self._accepts(node, problems) else None

    @abstractmethod
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        """Return whether *node* is of this kind; what is wrong is noted."""

    def _refuse(self, node: ScalarNode, problems: Problems, hint: str = "") -> bool:
        quoted = " in quotes" if node.quoted else ""
        problems.add(
            node.position, "bad-value", f"expected {self.words}, not {shown(node.text)}{quoted}{hint}"
        )
        return False


@dataclass(frozen=True, slots=True)
class Text(ScalarKind):
    """Any text; numbers and booleans are taken as they are written. `lines` allows newlines and tabs."""

    high: int = 1_000
    low: int = 0
    lines: bool = False
    noun: str = "a text"

    @property
    @override
    def words(self) -> str:
        return self.noun

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        bad = refused_at(node.text, lines=self.lines)
        if bad is not None:
            message = f"the character {called(node.text[bad])} is not allowed in {self.words}"
            problems.add(node.at(bad), "control-character", message)
        elif len(node.text) > self.high:
            message = f"{len(node.text):,} characters; {self.words} has at most {self.high:,}"
            problems.add(node.position, "too-long", message)
        elif len(node.text) < self.low:
            problems.add(node.position, "no-value", f"expected {self.words}, not an empty text")
        else:
            return True
        return False

    @override
    def json(self) -> Json:
        refused = f"[{refused_characters}]" if self.lines else f"[\\n\\t{refused_characters}]"
        sizes: Json = {"minLength": self.low} if self.low else {}
        return {
            "type": ["string", "number", "boolean"],
            **sizes,
            "maxLength": self.high,
            "not": {"type": "string", "pattern": refused},
        }


@dataclass(frozen=True, slots=True)
class Name(ScalarKind):
    """A name that is given elsewhere."""

    noun: str = "name"

    @property
    @override
    def words(self) -> str:
        return f"the name of a {self.noun}" if self.noun != "name" else "a name"

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        if node.plain == "str" and re.fullmatch(pattern, node.text):
            return True
        return self._refuse(node, problems)

    @override
    def json(self) -> Json:
        return {"title": self.noun, "type": "string", "pattern": f"^{pattern}$(?!\\n)"}


@dataclass(frozen=True, slots=True)
class NewName(ScalarKind):
    """A name that is given here, for a *role*."""

    role: Role

    @property
    @override
    def words(self) -> str:
        return f"a name for a {self.role.noun}"

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        if node.plain != "str":
            return self._refuse(node, problems)
        reason = reason_against(node.text, self.role)
        if reason is not None:
            problems.add(node.position, "bad-name", reason)
        return reason is None

    @override
    def json(self) -> Json:
        return {"$ref": f"#/$defs/{self.name}"}

    @property
    def name(self) -> str:
        """What the JSON Schema calls it."""
        return f"{self.role.noun}_name"

    def definition(self) -> Json:
        """Return the JSON Schema that `json` refers to."""
        barred = "".join(f"(?!{prefix})" for prefix in self.role.prefixes)
        return {
            **described(f"A name for a {self.role.noun}: letters, digits and underscores.", self.role.noun),
            "type": "string",
            "pattern": f"^{barred}{pattern}$(?!\\n)",
            "not": {"enum": sorted(keywords | builtins | self.role.reserved)},
            "doNotSuggest": True,  # editors would offer a place for any name; there are snippets for these
        }


def _untold(word: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Choice(ScalarKind):
    """One of a few words; `meaning` says what a word means, "" where its name says it."""

    values: tuple[str, ...]
    meaning: Callable[[str], str] = _untold

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Choice:
        """Return the choice of *words*, each with its meaning."""
        return cls(tuple(words), words.__getitem__)

    @property
    @override
    def words(self) -> str:
        return f"one of {', '.join(self.values)}"

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        return node.text in self.values or self._refuse(node, problems, did_you_mean(node.text, self.values))

    @override
    def json(self) -> Json:
        found: Json = {"enum": list(self.values)}
        meanings = [self.meaning(each) for each in self.values]
        if any(meanings):
            found["enumDescriptions"] = meanings
        if any("`" in each for each in meanings):
            found["markdownEnumDescriptions"] = meanings
        return found


@dataclass(frozen=True, slots=True)
class Flag(ScalarKind):
    """True or false."""

    @property
    @override
    def words(self) -> str:
        return "true or false"

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        return node.plain == "bool" or self._refuse(node, problems)

    @override
    def json(self) -> Json:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole(ScalarKind):
    """A whole number between two limits."""

    low: int
    high: int

    @property
    @override
    def words(self) -> str:
        return f"a whole number from {self.low:,} to {self.high:,}"

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        plain = node.plain == "int" and len(node.text) <= 20 and node.text.lstrip("+-").isdecimal()
        return (plain and self.low <= int(node.text) <= self.high) or self._refuse(node, problems)

    @override
    def json(self) -> Json:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Pattern(ScalarKind):
    """A text of a certain form."""

    form: str
    noun: str

    @property
    @override
    def words(self) -> str:
        return self.noun

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        fits = node.plain == "str" and re.fullmatch(self.form, node.text)
        return bool(fits) or self._refuse(node, problems)

    @override
    def json(self) -> Json:
        return {"type": "string", "pattern": f"^(?:{self.form})$(?!\\n)"}


@dataclass(frozen=True, slots=True)
class Amount(ScalarKind):
    """A number of records, or a percentage."""

    @property
    @override
    def words(self) -> str:
        return "a number of records or a percentage, such as 25 or 10%"

    @override
    def _accepts(self, node: ScalarNode, problems: Problems) -> bool:
        if node.plain == "int":
            return _whole.fullmatch(node.text) is not None or self._refuse(node, problems)
        fits = node.plain == "str" and re.fullmatch(amount, node.text)
        return bool(fits) or self._refuse(node, problems)

    @override
    def json(self) -> Json:
        # Limits bind numbers only, and a pattern texts only: an editor shows one schema as one meaning.
        return {
            "type": ["integer", "string"],
            "minimum": 0,
            "maximum": 999_999_999,
            "pattern": f"^(?:{amount})$(?!\\n)",
        }


amount = r"[0-9]{1,9}|(?:100|[0-9]{1,2}(?:\.[0-9]{1,4})?)%"
"""The form of an `Amount` that is written as a text."""
_whole = re.compile(r"\+?[0-9]{1,9}")
