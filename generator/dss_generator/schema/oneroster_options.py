"""What a tree's branch says of its file in a set of roster files."""

from __future__ import annotations

from ..problems import Problems, shown
from .compound_kinds import Entries, Key
from .kinds import Choice, Pattern
from .nodes import MapNode
from .values import column_name, set_values, value

_COMMON = "academicSessions classes courses demographics enrollments orgs users"
FILES: dict[str, tuple[str, ...]] = {
    "oneroster-1.1": tuple(_COMMON.split()),
    "oneroster-1.2": tuple(f"{_COMMON} roles userProfiles".split()),
    "sds-2.1": tuple(f"{_COMMON} relationships roles userFlags".split()),
}
"""The files of each standard that the adapter knows the columns of."""

keys = (
    Key(
        "standard",
        Choice(tuple(FILES)),
        "The format of the set (`oneroster-1.2` when not given).",
    ),
    Key(
        "file",
        Pattern("[A-Za-z]{1,40}", "a file's name without .csv"),
        "The file of the set, by its name in the standard, without `.csv`.",
    ),
    Key(
        "insert",
        Entries(column_name, value, high=200),
        "Columns, beside those of the fields, that a record gets when it is created, and their values.",
    ),
)


def options(node: MapNode, problems: Problems) -> tuple[tuple[str, object], ...]:
    """Return the options of *node*: `standard` and `file` are texts, `insert` (column, value) pairs."""
    standard, file = node.text("standard", "oneroster-1.2"), node.scalar("file")
    if file is not None and file.text not in FILES.get(standard, ()):
        message = f"{standard} has no file {shown(file.text)}; it has {', '.join(sorted(FILES[standard]))}"
        problems.add(file.position, "oneroster-options", message)
    _check_status(node, standard, problems)
    insert = node.get("insert")
    return (
        ("standard", standard),
        ("file", node.text("file")),
        *((("insert", set_values(insert)),) if isinstance(insert, MapNode) else ()),
    )


def _check_status(node: MapNode, standard: str, problems: Problems) -> None:
    """What is written is whole, where a record that is absent is to be deleted, and `status` is blank."""
    changed = node.mapping("old").mapping("set")
    if standard != "sds-2.1" and (key := changed.key("status")):
        problems.add(
            key.position,
            "oneroster-options",
            "in a whole set 'status' is blank, and what is absent is to be deleted; leave 'old' out for that",
        )
