"""How the records of one branch are written to a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from dss_runtime.types import FieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlTarget:
    """The table of a branch, and what is written to it.

    `columns` gives the column of each field, `key` the fields that tell rows apart and `types` each field's
    type. `scope` are the constants that tell the rows of this branch from others in the table, which may have
    the same keys: no other row is ever changed. `insert` are constants for columns of a new row. `old` says
    what an old record gets: its row is deleted, kept, or has the columns of `set` changed; its return changes
    those of `returns`.

    Of the fields, `unwritten` are never written, `create_only` in new rows only, and where one of
    `nulls_as_empty` is None, "" is written.
    """

    table: sa.Table
    columns: Mapping[str, str]
    key: tuple[str, ...]
    types: Mapping[str, FieldType[Any]]
    scope: Mapping[str, object] = field(default_factory=dict[str, object])
    insert: Mapping[str, object] = field(default_factory=dict[str, object])
    unwritten: frozenset[str] = frozenset()
    create_only: frozenset[str] = frozenset()
    nulls_as_empty: frozenset[str] = frozenset()
    old: Literal["delete", "keep", "set"] = "delete"
    set: Mapping[str, object] = field(default_factory=dict[str, object])
    returns: Mapping[str, object] = field(default_factory=dict[str, object])
