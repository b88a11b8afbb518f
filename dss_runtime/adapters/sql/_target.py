"""How the records of one branch are written to a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dss_runtime._target import Target
from dss_runtime.adapters.sql._lookup import SqlLookup

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlTarget(Target):
    """The table of a branch, and what is written to it.

    `insert` are constants for columns of a new row. `lookups` are the fields in place of whose values their
    columns hold ids.
    """

    table: sa.Table
    insert: Mapping[str, object] = field(default_factory=dict[str, object])
    lookups: Mapping[str, SqlLookup] = field(default_factory=dict[str, SqlLookup])
