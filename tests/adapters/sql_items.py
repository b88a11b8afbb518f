"""Items in a table of a database, in the shape of generated code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from dss_runtime import DataStoreTree
from dss_runtime.adapters.sql import SqlImporter, SqlSource, SqlTarget, SqlTemplate
from tests.adapters.items import NAMES, READING, TYPES, Item, ItemsBranch, leave_to_adapter


def items_table() -> sa.Table:
    """Return the table as generated code defines it."""
    columns = [sa.Column(name, eval(kind.sql, {"_sa": sa})) for name, kind in TYPES.items()]
    return sa.Table("items", sa.MetaData(), *columns)


class SqlItems(SqlImporter):
    """Reads items from a table."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = SqlSource(table=items_table(), columns=NAMES)
        self.read(self.tree.items, self.open(source), READING)  # type: ignore[attr-defined]


class SqlItemsTemplate(SqlTemplate):
    """Writes items to a table."""

    targets: ClassVar[Mapping[str, SqlTarget]] = {
        "items": SqlTarget(
            table=items_table(),
            columns={name: name for name in NAMES},
            key=("ident",),
            types=TYPES,
            nulls_as_empty=frozenset({"text"}),
        )
    }


leave_to_adapter(SqlItemsTemplate)


class SqlTree(DataStoreTree):
    """A database with a table of items."""

    __branches__ = ItemsBranch
    __importer__ = SqlItems
    __template__ = SqlItemsTemplate


def stored(table: sa.Table, item: Item, name: str, dialect: sa.Dialect) -> Any:
    """Return what a column holds for a field of *item*, before SQLAlchemy makes it the driver's."""
    value = getattr(item, name)
    is_text = isinstance(table.columns[name].type.dialect_impl(dialect), sa.String)
    return TYPES[name].format(value) if is_text and value is not None else value
