"""What a template is told of a branch that its adapter writes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from dss_runtime.types import FieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How the records of a branch are written. An adapter's subclass adds where, from its keys in the schema.

    `columns` gives the column of each field, `key` the fields that tell records apart and `types` each
    field's type. `scope` are the constants that tell the records of this branch from others in the same
    place, which may have the same keys: no other is ever changed. `old` says what an old record gets: it is
    deleted, kept, or has the columns of `set` changed; its return changes those of `returns`.

    Of the fields, `unwritten` are never written, `create_only` in new records only, and where one of
    `nulls_as_empty` is None, "" is written.
    """

    columns: Mapping[str, str]
    key: tuple[str, ...]
    types: Mapping[str, FieldType[Any]]
    scope: Mapping[str, object] = field(default_factory=dict[str, object])
    unwritten: frozenset[str] = frozenset()
    create_only: frozenset[str] = frozenset()
    nulls_as_empty: frozenset[str] = frozenset()
    old: Literal["delete", "keep", "set"] = "delete"
    set: Mapping[str, object] = field(default_factory=dict[str, object])
    returns: Mapping[str, object] = field(default_factory=dict[str, object])
