"""What a tree's branch says of its entries in a directory."""

from __future__ import annotations

from ..problems import Problems, did_you_mean, shown
from .compound_kinds import Entries, Items, Key
from .kinds import Choice, Name, Pattern, Text
from .nodes import MapNode, ScalarNode
from .values import column_name, set_values, value

_attribute = Pattern("[A-Za-z][A-Za-z0-9-]{0,99}", "an attribute's name, such as uid")

keys = (
    Key(
        "base",
        Text(1000, low=1, noun="the name of an entry"),
        "The entry that the records are below: as `ou=people`, below the tree's own `base_dn`.",
    ),
    Key(
        "object_class",
        Items(_attribute, high=20, single=True),
        "The object classes of the entries: those that are read have them all, and new ones get them.",
    ),
    Key("rdn", _attribute, "The attribute that names a new entry below the base."),
    Key(
        "filter",
        Text(1000, low=3, noun="a filter, such as (employeeType=student)"),
        "A filter that the entries of the branch also match; `insert` gives new ones what it asks for.",
    ),
    Key(
        "depth",
        Choice(("one", "all")),
        "`one`, if not given: the entries right below the base; `all` below it.",
    ),
    Key(
        "references",
        Entries(column_name, Items(Name("branch"), high=20, single=True), high=20),
        "Columns that hold names of entries of other branches: their fields hold the keys of these.",
    ),
    Key(
        "placeholder",
        Text(1000, low=3, noun="the name of an entry"),
        "The name that a group without members holds, since it needs one; it is not read.",
    ),
    Key(
        "password",
        Choice(("random",)),
        "What password a new account gets: `random`, one that nobody knows; none if not given.",
    ),
    Key(
        "insert",
        Entries(column_name, value, high=200),
        "Attributes, beside those of the fields, that an entry gets when it is created, and their values.",
    ),
)


def options(node: MapNode, problems: Problems) -> tuple[tuple[str, object], ...]:
    """Return the options that *node* gives; what is wrong is noted.

    `references` is a tuple of (column, names of branches) pairs, `insert` one of (attribute, value) pairs.
    """
    columns = {each.text: each for _, each in node.mapping("columns") if isinstance(each, ScalarNode)}
    references, insert, filter_ = node.mapping("references"), node.mapping("insert"), node.scalar("filter")
    for key, _ in references:
        if key.text not in columns:
            message = f"{shown(key.text)} is no column of this branch{did_you_mean(key.text, columns)}"
            problems.add(key.position, "ldap-options", message)
    if filter_ is not None and not (filter_.text.startswith("(") and filter_.text.endswith(")")):
        message = f"expected a filter in brackets, such as (employeeType=student), not {shown(filter_.text)}"
        problems.add(filter_.position, "ldap-options", message)
    if node.get("object_class") is None or node.get("rdn") is None:
        problems.add(
            node.position,
            "ldap-options",
            "a branch of a directory needs 'object_class' and 'rdn': what entries are, and what names them",
        )
    found: list[tuple[str, object]] = [("base", node.text("base"))]
    found.append(("object_class", tuple(each.text for each in node.scalars("object_class"))))
    for name in ("rdn", "filter", "depth", "placeholder", "password"):
        if node.get(name) is not None:
            found.append((name, node.text(name)))
    if references.entries:
        named = (
            (key.text, tuple(each.text for each in references.scalars(key.text))) for key, _ in references
        )
        found.append(("references", tuple(named)))
    if insert.entries:
        found.append(("insert", set_values(insert)))
    return tuple(found)
