"""What a tree's branch says of its resources in a directory of Google Workspace."""

from __future__ import annotations

import re

from ..problems import Problems, shown
from .compound_kinds import Entries, Key
from .kinds import Choice, Pattern
from .nodes import MapNode, ScalarNode
from .values import column_name, set_values, value

resources = {
    "users": "People's accounts; found by `primaryEmail`.",
    "orgunits": "Org units; found by `orgUnitPath`.",
    "groups": "Groups; found by `email`.",
    "members": "Members of groups; found by `group.email` and `email`.",
}
_step = r"[A-Za-z_][A-Za-z0-9_-]*"
_path = re.compile(rf"{_step}(?:\[[A-Za-z]+=[^\]\[]+\])?(?:\.{_step}(?:\[[A-Za-z]+=[^\]\[]+\])?)*(?<!\])")

keys = (
    Key(
        "resource",
        Choice.of(resources),
        "What the records are. A column is a path: `name.givenName`, `externalIds[type=organization].value`, "
        "`customSchemas.School.grade`.",
    ),
    Key(
        "below",
        Pattern(r"/[^/?#%]+(?:/[^/?#%]+)*", "the path of an org unit, such as /Students"),
        "The org unit at or below which users, or org units, belong to the branch.",
    ),
    Key(
        "groups",
        Pattern(r"[a-z0-9.@_*?'+-]{1,200}", "the address of a group in lower case, with * for any text"),
        "The groups that belong to the branch, or whose members do, by address: `class-*@school.example`.",
    ),
    Key(
        "insert",
        Entries(column_name, value, high=200),
        "Paths, beside those of the fields, that a resource gets when it is created, and their values.",
    ),
)


def options(node: MapNode, problems: Problems) -> tuple[tuple[str, object], ...]:
    """Return the options that *node* gives; what is wrong is noted.

    `resource`, `below` and `groups` are texts; `insert` is a tuple of (path, value) pairs.
    """
    found: list[tuple[str, object]] = []
    resource = node.text("resource")
    found.append(("resource", resource))
    for name, fitting in (("below", ("users", "orgunits")), ("groups", ("groups", "members"))):
        given = node.scalar(name)
        if given is None:
            continue
        if resource not in fitting:
            problems.add(given.position, "google-options", f"{name!r} is for {' and '.join(fitting)} only")
        found.append((name, given.text))
    insert, columns = node.get("insert"), node.get("columns")
    if isinstance(insert, MapNode):
        found.append(("insert", set_values(insert)))
        for key, _ in insert:
            if key.text == "password":
                message = "a password in a schema is everybody's; without one, each user gets a random one"
                problems.add(key.position, "google-options", message)
            _check_path(key, problems)
    for _, column in columns if isinstance(columns, MapNode) else ():
        if isinstance(column, ScalarNode):
            _check_path(column, problems)
    return tuple(found)


def _check_path(node: ScalarNode, problems: Problems) -> None:
    if not _path.fullmatch(node.text):
        message = f"{shown(node.text)} is no path such as externalIds[type=organization].value"
        problems.add(node.position, "google-options", message)
