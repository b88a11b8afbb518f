"""Which tables of a database are taken, and what they are called."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Inspector

from ..problems import did_you_mean
from ..texts import refused_at
from .evidence import PullError

longest_name = 200
"""The longest name of a table or column that the schema's language takes."""


@dataclass(frozen=True, slots=True, order=True)
class TableName:
    """A table or view, and the schema that it was asked for in."""

    table: str
    schema: str | None = None
    view: bool = False

    @property
    def full(self) -> str:
        """Return the name with its schema before a dot, as `--table` and the key `table` say it."""
        return f"{self.schema}.{self.table}" if self.schema else self.table


def every_table(inspector: Inspector, patterns: Sequence[str]) -> list[TableName]:
    """Return every table and view of the default schema and of those that a pattern names."""
    schemas: list[str | None] = [None]
    known = inspector.get_schema_names()
    for pattern in patterns:
        named = pattern.rpartition(".")[0]
        if named in known and named not in schemas:
            schemas.append(named)
    found: list[TableName] = []
    for schema in schemas:
        found += (TableName(name, schema) for name in sorted(inspector.get_table_names(schema=schema)))
        found += (
            TableName(name, schema, view=True) for name in sorted(inspector.get_view_names(schema=schema))
        )
    return found


def told_apart(chosen: Sequence[TableName], prefix: str) -> dict[tuple[str | None, str], str]:
    """Return what to call each table: without the prefix of all, with its schema where two are alike."""
    counts = Counter(each.table for each in chosen)
    return {
        (each.schema, each.table): f"{each.schema or ''} {each.table}".strip()
        if counts[each.table] > 1
        else each.table.removeprefix(prefix)
        for each in chosen
    }


def chosen(every: Sequence[TableName], patterns: Sequence[str]) -> list[TableName]:
    """Return those of *every* that *patterns* match, all but views for none; PullError for one in vain."""
    if not patterns:
        return [each for each in every if not each.view]
    wrong: list[str] = []
    found: dict[TableName, None] = {}
    for pattern in patterns:
        matching = [each for each in every if fnmatch.fnmatchcase(each.full, pattern)]
        if not matching:
            hint = did_you_mean(pattern, [each.full for each in every])
            wrong.append(f"--table {pattern}: there is no such table{hint}")
        found.update(dict.fromkeys(matching))
    if wrong:
        raise PullError("\n".join(wrong))
    return [each for each in every if each in found]


def reason_against(name: TableName) -> str:
    """Return why the schema's language cannot name a table, "" where it can."""
    for part in filter(None, (name.schema, name.table)):
        if "." in part or part != part.strip() or refused_at(part, lines=False) is not None:
            return "its name holds a dot, outer spaces or characters that a schema does not"
    return "its name is too long" if len(name.full) > longest_name else ""
