"""What a tree's branch says of its database table."""

from __future__ import annotations

from ..problems import Problems
from .compound_kinds import Entries, Key
from .kinds import Text
from .nodes import MapNode
from .sql_lookups import check_table, lookups
from .sql_lookups import key as lookup_key
from .values import column_name, set_values, value

keys = (
    Key(
        "table",
        Text(200, low=1, noun="a table's name"),
        "The table, with its schema before a dot where it needs one.",
    ),
    Key(
        "query",
        Text(10_000, low=1, lines=True, noun="a query"),
        "A SELECT that reads the branch in place of a table; then handlers of the project write it.",
    ),
    Key(
        "insert",
        Entries(column_name, value, high=200),
        "Columns, beside those of the fields, that a record gets when it is created, and their values.",
    ),
    lookup_key,
)


def options(node: MapNode, problems: Problems) -> tuple[tuple[str, object], ...]:
    """Return the options that *node* gives; what is wrong is noted.

    `table` and `query` are texts, never both; `insert` is a tuple of (column, value) pairs, `lookup` one of
    (field, Lookup) pairs.
    """
    found: list[tuple[str, object]] = []
    table, query, insert = node.scalar("table"), node.scalar("query"), node.get("insert")
    if table is not None:
        check_table(table, problems)
        found.append(("table", table.text))
    if query is not None:
        if table is not None:
            problems.add(
                query.position, "sql-options", "both 'table' and 'query'; a branch is read from one of them"
            )
        found.append(("query", query.text))
    if isinstance(insert, MapNode):
        if (key := node.key("insert")) and table is None:
            problems.add(
                key.position,
                "sql-options",
                "'insert' needs a 'table'; without one, handlers write the branch",
            )
        found.append(("insert", set_values(insert)))
    if node.get("lookup") is not None:
        found.append(("lookup", lookups(node, problems)))
    return tuple(found)
