"""What a tree's branch says of its resources in a SCIM service."""

from __future__ import annotations

import re

from ..problems import Problems, did_you_mean, shown
from .compound_kinds import Entries, Items, Key
from .kinds import Name, Pattern, Text
from .nodes import MapNode, ScalarNode
from .values import column_name, set_values, value

_name = r"[A-Za-z$][A-Za-z0-9_$-]*"
_literal = r'"(?:[^"\\]|\\.)*"|true|false|-?[0-9]+(?:\.[0-9]+)?'
_term = rf"{_name}\s+[eE][qQ]\s+(?:{_literal})"
_path = re.compile(
    rf"(?:urn:[^\[\]\s]+:)?{_name}(?:\[\s*{_term}(?:\s+[aA][nN][dD]\s+{_term})*\s*\])?(?:\.{_name})?"
)
"""The form of the paths that the adapter reads and writes."""

keys = (
    Key(
        "resource",
        Pattern("[A-Za-z][A-Za-z0-9_-]{0,63}", "an endpoint's name, such as Users or Groups"),
        "The endpoint of the records, such as `Users` or `Groups`.",
    ),
    Key(
        "filter",
        Text(1_000, low=1, noun="a filter of SCIM"),
        "A filter of SCIM that all records of the branch match; the service applies it.",
    ),
    Key(
        "references",
        Entries(column_name, Items(Name("branch"), high=20, single=True), high=20),
        "Columns that hold ids of records of other branches: their fields hold the keys of these.",
    ),
    Key(
        "insert",
        Entries(column_name, value, high=200),
        "Attributes, beside those of the fields, that a record gets when it is created, and their values.",
    ),
)


def options(node: MapNode, problems: Problems) -> tuple[tuple[str, object], ...]:
    """Return the options that *node* gives; what is wrong is noted.

    `references` is a tuple of (column, names of branches) pairs, and `insert` one of (column, value) pairs.
    """
    columns = {each.text: each for _, each in node.mapping("columns") if isinstance(each, ScalarNode)}
    references, insert = node.mapping("references"), node.mapping("insert")
    old, returns = node.mapping("old").mapping("set"), node.mapping("returns").mapping("set")
    named = [*columns.values(), *(key for held in (insert, old, returns) for key, _ in held)]
    for each in named:
        if _path.fullmatch(each.text) is None:
            wanted = 'expected a path such as userName or emails[type eq "work"].value'
            problems.add(each.position, "scim-options", f"{wanted}, not {shown(each.text)}")
    for key, _ in references:
        if key.text not in columns:
            message = f"{shown(key.text)} is no column of this branch{did_you_mean(key.text, columns)}"
            problems.add(key.position, "scim-options", message)
    found: list[tuple[str, object]] = [("resource", node.text("resource"))]
    if node.get("filter") is not None:
        found.append(("filter", node.text("filter")))
    if references.entries:
        pairs = ((key.text, _branches(references, key.text)) for key, _ in references)
        found.append(("references", tuple(pairs)))
    if node.get("insert") is not None:
        found.append(("insert", set_values(insert)))
    return tuple(found)


def _branches(references: MapNode, column: str) -> tuple[str, ...]:
    return tuple(each.text for each in references.scalars(column))
