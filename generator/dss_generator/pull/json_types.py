"""The field type of a JSON Schema's property."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ..fieldtypes import element_types
from ..texts import refused_at
from .evidence import TEXT, Typed
from .json_nodes import Place, as_list, is_list, kind_of

_FORMATS = {"date": Typed("date"), "date-time": Typed("datetime"), "uuid": Typed("uuid")}
"""The formats that a field type has; RFC 3339's `time` has an offset, which ours has not."""
_SCALARS = {"integer": Typed("int"), "number": Typed("float"), "boolean": Typed("bool")}
_JSON = Typed("json")
_LONGEST_TEXT = 1_000_000
_LONGEST_MEMBER = 200
_MOST_SCALE = 18
_WIDTH = 90
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What a property may hold."""

    typed: Typed
    nullable: bool = False
    secret: bool = False
    facts: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def one_line(text: object) -> str:
    """Return a description as a `doc` has it: one line of what the language takes."""
    if not isinstance(text, str):
        return ""
    plain = "".join(" " if refused_at(each, lines=False) is not None else each for each in text)
    return textwrap.shorten(plain, _WIDTH, placeholder=" …")


class JsonTypes:
    """Finds the types of properties; `at` resolves a schema inside of the document."""

    def __init__(self, at: Callable[[str, object], Place]) -> None:
        self._at = at

    def of(self, place: Place, depth: int = 0) -> Found:
        """Return what a property of the schema *place* may hold; JSON where it is nested in itself."""
        node = place.node
        if depth > _DEEPEST:
            return Found(_JSON)
        for keyword in ("anyOf", "oneOf"):
            if is_list(node.get(keyword)):
                return self._union(place, keyword, depth)
        found = self._plain(place, depth)
        return replace(found, nullable=found.nullable or "null" in as_list(node.get("type")))

    def _union(self, place: Place, keyword: str, depth: int) -> Found:
        given = as_list(place.node[keyword])
        options = [self._at(place.inside(keyword, str(number)), each) for number, each in enumerate(given)]
        values = [each for each in options if each.node.get("type") != "null"]
        null = len(values) < len(options)
        found = [self.of(each, depth + 1) for each in values]
        if len(found) == 1:
            return replace(found[0], nullable=found[0].nullable or null)
        if found and all(each.typed.name == "enum" for each in found):
            members = tuple(dict.fromkeys(member for each in found for member in each.typed.members))
            return Found(Typed("enum", members=members), nullable=null)
        doubt = f"one of several types (`{keyword}`), as JSON"
        return Found(_JSON, nullable=null or any(each.nullable for each in found), doubts=(doubt,))

    def _plain(self, place: Place, depth: int) -> Found:
        node = place.node
        if "const" in node:
            return _of_values([node["const"]])
        if is_list(node.get("enum")):
            return _of_values(as_list(node["enum"]))
        kind = kind_of(node)
        match kind:
            case "string":
                return _string(node)
            case "number" if "multipleOf" in node:
                return Found(_multiple(node["multipleOf"]))
            case "integer" | "number" | "boolean":
                return Found(_SCALARS[kind])
            case "array":
                return self._array(place, depth)
            case "object":
                return Found(_JSON)
            case _:
                return Found(_JSON, doubts=("no one type is given, so JSON",))

    def _array(self, place: Place, depth: int) -> Found:
        items = self._at(place.inside("items"), place.node.get("items", True))
        inner = self.of(items, depth + 1)
        of = "str" if inner.typed.name == "enum" else inner.typed.name
        if of not in element_types or inner.nullable:
            return Found(_JSON)
        facts = (f"of {', '.join(inner.typed.members)}",) if inner.typed.name == "enum" else ()
        return Found(Typed("set" if place.node.get("uniqueItems") is True else "list", of=of), facts=facts)


def _string(node: Mapping[str, object]) -> Found:
    form = node.get("format")
    if form in _FORMATS:
        return Found(_FORMATS[str(form)])
    if node.get("contentEncoding") == "base64":
        return Found(Typed("bytes"))
    longest = node.get("maxLength")
    typed = TEXT
    if isinstance(longest, int) and 0 < longest <= _LONGEST_TEXT:
        typed = Typed("str", options=(("max_length", longest),))
    facts = (f"format {form}",) if isinstance(form, str) and form.isprintable() and len(form) < 30 else ()
    return Found(typed, secret=form == "password", facts=facts)


def _of_values(values: list[object]) -> Found:
    """Return the type of an `enum` or a `const`."""
    given = [value for value in values if value is not None]
    null = len(given) < len(values)
    kinds = {type(value).__name__ for value in given}
    texts = [value for value in given if isinstance(value, str)]
    if kinds == {"str"}:
        forms = {unicodedata.normalize("NFKC", text) for text in texts}
        if len(forms) == len(texts) and all(map(_may_be_member, texts)):
            return Found(Typed("enum", members=tuple(texts)), nullable=null)
        return Found(TEXT, nullable=null, doubts=("an enum whose values cannot be members, so text",))
    if len(kinds) == 1 and (name := kinds.pop()) in ("bool", "int", "float"):
        return Found(Typed(name), nullable=null, doubts=("an enum of values that are no texts",))
    return Found(_JSON, nullable=null, doubts=("an enum of values of several types, as JSON",))


def _may_be_member(text: str) -> bool:
    if not text.strip() or len(text) > _LONGEST_MEMBER or not text.isprintable():
        return False
    return refused_at(text, lines=False) is None


def _multiple(step: object) -> Typed:
    """Return the type of numbers that are multiples of *step*: 0.01 is a decimal with two digits."""
    if not isinstance(step, (int, float)) or isinstance(step, bool):
        return _SCALARS["number"]
    exponent = Decimal(repr(step)).normalize().as_tuple().exponent
    if isinstance(exponent, int) and 0 < -exponent <= _MOST_SCALE:
        return Typed("decimal", options=(("scale", -exponent),))
    return _SCALARS["number"]
