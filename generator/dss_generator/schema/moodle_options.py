"""What a tree's branch says of the records of a Moodle."""

from __future__ import annotations

from ..problems import Problems, did_you_mean, shown
from .compound_kinds import Entries, Key
from .kinds import Choice
from .nodes import MapNode, ScalarNode
from .values import column_name, set_values, value

COLUMNS = {
    "users": (
        "idnumber", "username", "firstname", "lastname", "email", "middlename", "institution", "department",
        "address", "city", "country", "phone1", "phone2", "lang", "timezone", "auth", "description",
        "suspended", "password",
    ),
    "categories": ("idnumber", "name", "parent"),
    "courses": (
        "idnumber", "shortname", "fullname", "category", "summary", "format", "visible", "startdate",
        "enddate",
    ),
    "enrolments": ("course", "person", "role", "suspended"),
    "cohorts": ("idnumber", "name", "visible"),
    "cohort_members": ("cohort", "person"),
    "groups": ("idnumber", "name", "course"),
    "group_members": ("group", "person"),
    "parents": ("parent", "child"),
}  # fmt: skip
"""The columns that each kind of record has; the adapter has the same table, and a test holds them in step."""

keys = (
    Key(
        "resource",
        Choice(tuple(COLUMNS)),
        "The kind of record. Where one names another, as an enrolment does a course, that is its idnumber.",
    ),
    Key(
        "insert",
        Entries(column_name, value, high=50),
        "Columns, beside those of the fields, that a record gets when it is created, and their values.",
    ),
)


def options(node: MapNode, problems: Problems) -> tuple[tuple[str, object], ...]:
    """Return the kind of record and the constants of new ones; a column that it has not is noted."""
    resource, columns, insert = node.text("resource"), node.mapping("columns"), node.mapping("insert")
    old, returns = node.mapping("old").mapping("set"), node.mapping("returns").mapping("set")
    known = COLUMNS[resource]
    named = [each for _, each in columns if isinstance(each, ScalarNode)]
    for each in [*named, *(key for held in (insert, old, returns) for key, _ in held)]:
        if each.text not in known:
            hint = did_you_mean(each.text, known) or f"; they have {', '.join(known)}"
            message = f"the {resource} of a Moodle have no column {shown(each.text)}{hint}"
            problems.add(each.position, "moodle-options", message)
    kind = node.scalar("resource")
    if resource == "enrolments" and kind is not None and node.key("old") is None:
        message = (
            "say by 'old' what becomes of enrolments: deleting one, as without it, loses the person's grades "
            "and groups; write old: {set: {suspended: true}}, keep or delete"
        )
        problems.add(kind.position, "moodle-options", message)
    found: list[tuple[str, object]] = [("resource", resource)]
    if insert.entries:
        found.append(("insert", set_values(insert)))
    return tuple(found)
