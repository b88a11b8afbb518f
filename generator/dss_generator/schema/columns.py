"""The columns that a tree's branch reads, and what its names mean."""

from __future__ import annotations

import re

from ..problems import Problems, did_you_mean, shown
from .nodes import MapNode, ScalarNode
from .resolve_models import report_unknown_field
from .resolved import Column, Model

_raw = re.compile(r"_[A-Za-z][A-Za-z0-9_]{0,62}")
_max_position = 9_999


class Columns:
    """The columns of one branch: those that the schema lists, then those that are used by their own names."""

    def __init__(self, *, positional: bool) -> None:
        self.positional = positional
        self.found: list[Column] = []
        self.broken: set[str] = set()

    def __getitem__(self, alias: str) -> int | None:
        """Return the index of the column called *alias*, None when there is none."""
        return next((index for index, each in enumerate(self.found) if each.alias == alias), None)

    def named(self, name: str) -> int:
        """Return the index of the column that the system itself calls *name*, reading it from now on."""
        index = next((index for index, each in enumerate(self.found) if each.source == name), None)
        if index is not None:
            return index
        self.found.append(Column(name, name))
        return len(self.found) - 1

    def hint(self, name: str) -> str:
        """Return what to say of a *name* that is no column."""
        names = [each.alias for each in self.found]
        return did_you_mean(name, names) or f"; columns gives {', '.join(names[:12]) or 'none'}"


def resolve_columns(
    node: MapNode, model: Model, partial: bool, positional: bool, problems: Problems
) -> Columns:
    """Return the columns that the mapping *node* lists; what is wrong is noted."""
    columns = Columns(positional=positional)
    columns.broken.update(node.broken)
    names = {each.name for each in model.fields}
    for key, value in node:
        if not isinstance(value, ScalarNode):
            continue
        if key.text not in names and not _raw.fullmatch(key.text):
            if key.text.startswith("_"):
                message = f"{shown(key.text)} is not a name; use letters, digits and underscores"
                problems.add(key.position, "bad-name", message)
            elif not partial:
                report_unknown_field(key, model, problems)
        source = _source(value, positional, problems)
        if source is None:
            columns.broken.add(key.text)
        else:
            columns.found.append(Column(key.text, source))
    return columns


def _source(node: ScalarNode, positional: bool, problems: Problems) -> str | int | None:
    number = node.plain == "int" and len(node.text) <= 6 and node.text.isdecimal()
    if positional and not (number and int(node.text) <= _max_position):
        message = (
            f"without a header, a column is a position from 0 to {_max_position}, not {shown(node.text)}"
        )
        problems.add(node.position, "column", message + (" in quotes" if node.quoted else ""))
        return None
    if not positional and node.plain == "int":
        message = f"{node.text} is a position, but the columns have names; quote it if it is a name"
        problems.add(node.position, "column", message)
        return None
    return int(node.text) if positional else node.text
