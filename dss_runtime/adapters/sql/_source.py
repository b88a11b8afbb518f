"""Which rows of a database one branch is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dss_runtime.adapters.sql._lookup import SqlLookup
from dss_runtime.codegen import override

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlSource:
    """A table, or a query of one's own that only reads, and the names of the columns to read from it.

    Columns of a table that are in `lookups` hold ids, and are read as the keys that these stand for.
    """

    table: sa.Table | None = None
    query: str = ""
    columns: tuple[str, ...]
    lookups: Mapping[str, SqlLookup] = field(default_factory=dict[str, SqlLookup])

    def __post_init__(self) -> None:
        if (self.table is None) == (not self.query):
            raise ValueError("expected either a table or a query")

    @override
    def __str__(self) -> str:
        if self.table is not None:
            return self.table.fullname
        words = " ".join(self.query.split())
        return f"query {words[:57]}…" if len(words) > 60 else f"query {words}"
