"""One field of a model."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from .. import fieldtypes
from ..extensions import Table
from ..positions import Position
from ..problems import Problems, did_you_mean, shown
from .nodes import ListNode, MapNode, Node, ScalarNode
from .resolved import Field, Scalar

if TYPE_CHECKING:
    from ..fieldtypes import TypeClass

_many = ("set", "list")
_options = ("compare", "null_equals_empty", "scale", "max_length", "zone", "precision")
_numbers = ("scale", "max_length")


@dataclass(frozen=True, slots=True)
class Draft:
    """A field as its model gives it, before refs are followed, with the node that says so."""

    field: Field
    node: MapNode


def draft(key: ScalarNode, node: Node, types: Table[TypeClass], problems: Problems) -> Draft:
    """Return the field that *node* describes; one that cannot be understood becomes an optional str."""
    body = node if isinstance(node, MapNode) else MapNode(node.position)
    type_name = node.text if isinstance(node, ScalarNode) else _type(body, types, problems)
    if isinstance(node, ScalarNode) and type_name in ("enum", "ref", "set", "list"):
        example = {"enum": "{enum: [a, b]}", "ref": "{ref: Model}"}.get(
            type_name, f"{{type: {type_name}, of: str}}"
        )
        problems.add(
            node.position, "field-type", f"the type {type_name} needs more to be said; write {example}"
        )
        type_name = ""
    if not type_name:
        return placeholder(key, body)
    found = Field(
        name=key.text,
        type=type_name,
        position=key.position,
        optional=body.flag("optional"),
        default=_default(body, type_name, problems),
        sensitive=body.flag("sensitive"),
        doc=body.text("doc"),
        of=body.text("of"),
        members=_members(body, problems),
        ref=body.text("ref"),
        options=_given_options(body, type_name, types, problems),
        renamed_from=body.text("renamed_from"),
        packaged=packaged(types, type_name, body.text("of")),
    )
    if found.optional and body.get("default") is not None:
        message = "both 'optional' and 'default'; a field that may be absent is None where no value is given"
        problems.add(_place(body, "default"), "field-default", message)
    if body.flag("null_equals_empty") and not found.optional and type_name == "str":
        message = "'null_equals_empty' on a field that is never null; add 'optional: true' or remove it"
        problems.add(_place(body, "null_equals_empty"), "field-option", message)
    return Draft(found, body)


def placeholder(key: ScalarNode, node: MapNode | None = None) -> Draft:
    """Return a field in place of one that is reported, so that what uses it is not reported too."""
    return Draft(Field(key.text, "str", key.position, optional=True), node or MapNode(key.position))


def packaged(types: Table[TypeClass], *names: str) -> tuple[tuple[str, TypeClass], ...]:
    """Return the classes of those of *names* that packages add to *types*."""
    return tuple((name, types[name]) for name in names if name in types.added)


def check(found: Field, node: MapNode, problems: Problems) -> None:
    """Note what the field type has against the options and the default of *found*, whose ref is followed."""
    try:
        fieldtypes.field_type(found)
    except ValueError as error:
        name = str(error).partition(":")[0]
        place = _place(node, {"members": "enum"}.get(name, name))
        hint = did_you_mean(node.text("zone"), available_timezones()) if name == "zone" else ""
        problems.add(place, "field-option", f"the field {shown(found.name)}: {error}{hint}")
        return
    if found.default is not None and (reason := fieldtypes.reason_against(found, found.default)):
        message = f"the default of {shown(found.name)} is no {found.type}: {reason}"
        problems.add(_place(node, "default", of_value=True), "field-default", message)


def value_of(
    type_name: str, node: Node, what: str, rule: str, problems: Problems
) -> str | tuple[str, ...] | None:
    """Return the text (of a set or list: texts) of *node*; None, and a problem, when it is the other one."""
    if type_name in _many:
        if isinstance(node, ListNode):
            return tuple(each.text for each in node.scalars())
        problems.add(node.position, rule, f"{what} of a {type_name} is a list, such as [a, b]")
    elif isinstance(node, ScalarNode):
        return node.text
    else:
        problems.add(node.position, rule, f"{what} of a {type_name} is one text, not a list")
    return None


def _type(node: MapNode, types: Table[TypeClass], problems: Problems) -> str:
    """Return the name of the type, "" when it is not clear (which is noted)."""
    given, enum, ref, of = node.text("type"), node.get("enum"), node.get("ref"), node.get("of")
    if {"type", "enum", "ref", "of"} & node.broken or (enum is not None and not node.scalars("enum")):
        return ""
    implied = "enum" if enum is not None else "ref" if ref is not None else ""
    wrong = ""
    if enum is not None and ref is not None:
        wrong = "both 'enum' and 'ref'; keep one of them"
    elif implied and given not in ("", implied):
        wrong = f"'{implied}' beside the type {given}; keep one of them"
    elif not implied and not given:
        wrong = "the field says no type; add one, such as 'type: str'"
    elif given in ("enum", "ref") and not implied:
        wrong = "an enum needs 'enum: [a, b]'" if given == "enum" else "a ref needs 'ref: Model'"
    elif given in _many and of is None:
        wrong = f"a {given} says of what; add 'of' with one of {', '.join(_element_types(types))}"
    elif given in _many and (kind := node.text("of")) in types.added and not types[kind].may_be_element:
        wrong = f"a {given} cannot be of {kind}, whose values do not stand for themselves"
    elif of is not None and given not in _many:
        wrong = f"'of' is for sets and lists, not for {implied or given}"
    if wrong:
        problems.add(node.position, "field-type", wrong)
    return "" if wrong else implied or given


def _default(node: MapNode, type_name: str, problems: Problems) -> str | tuple[str, ...] | None:
    default = node.get("default")
    if default is None:
        return None
    return value_of(type_name, default, "the default", "field-default", problems)


def _members(node: MapNode, problems: Problems) -> tuple[str, ...]:
    first: dict[str, ScalarNode] = {}
    for member in node.scalars("enum"):
        form = unicodedata.normalize("NFKC", member.text)
        if form in first:
            same = (
                "here twice"
                if first[form].text == member.text
                else f"the same as {shown(first[form].text)} in NFKC"
            )
            message = f"the value {shown(member.text)} is {same}; it is first at {first[form].position}"
            problems.add(member.position, "enum-value", message)
        else:
            first[form] = member
    return tuple(member.text for member in first.values())


def _given_options(
    node: MapNode, type_name: str, types: Table[TypeClass], problems: Problems
) -> tuple[tuple[str, Scalar | tuple[str, ...]], ...]:
    understood = frozenset[str]() if type_name == "ref" else fieldtypes.options_of(types[type_name])
    found: list[tuple[str, Scalar | tuple[str, ...]]] = []
    for name in _options:
        key = node.key(name)
        if key is None:
            continue
        if name not in understood:
            message = f"{type_name} has no option {name!r}" + (
                "; a ref is compared as the key that it refers to"
                if type_name == "ref"
                else _who_has(name, types)
            )
            problems.add(key.position, "field-option", message)
        elif name == "compare":
            words = tuple(each.text for each in node.scalars(name))
            found.append((name, words[0] if type_name == "list" and len(words) == 1 else words))
        elif name in _numbers:
            found.append((name, int(node.text(name))))
        else:
            found.append((name, node.flag(name) if name == "null_equals_empty" else node.text(name)))
    return tuple(found)


def _element_types(types: Table[TypeClass]) -> list[str]:
    return [each for each in types.usable.names if each != "ref" and types[each].may_be_element]


def _who_has(option: str, types: Table[TypeClass]) -> str:
    having = [
        each for each in types.usable.names if each != "ref" and option in fieldtypes.options_of(types[each])
    ]
    return f"; {', '.join(having)} {'has' if len(having) == 1 else 'have'} it"


def _place(node: MapNode, name: str, *, of_value: bool = False) -> Position:
    found = node.get(name) if of_value else node.key(name)
    return found.position if found is not None else node.position
