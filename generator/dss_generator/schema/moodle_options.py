"""What a tree's branch says of the records of a Moodle."""

from __future__ import annotations

from ..problems import Problems
from .compound_kinds import Entries, Key
from .kinds import Choice
from .nodes import MapNode
from .values import column_name, set_values, value

COLUMNS = {
    "users": (
        "idnumber", "username", "firstname", "lastname", "email", "middlename", "institution", "department",
        "address", "city", "country", "phone1", "phone2", "lang", "timezone", "auth", "description", "suspended",
        "password",
    ),
    "categories": ("idnumber", "name", "parent"),
    "courses": (
        "idnumber", "shortname", "fullname", "category", "summary", "format", "visible", "startdate", "enddate",
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
    """Return the kind of record and the constants of new ones; what is wrong is noted."""
    found: list[tuple[str, object]] = []
    resource, insert = node.scalar("resource"), node.get("insert")
    if resource is not None:
        found.append(("resource", resource.text))
    if isinstance(insert, MapNode):
        found.append(("insert", set_values(insert)))
    return tuple(found)
