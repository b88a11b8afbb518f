"""Fields that name another record, where the database holds the id of that record's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlLookup:
    """What a column of ids means: it holds the `value` of the row of `table` whose `key` the field holds.

    Only those rows count whose columns named in `where` hold one of the values given there. `none` is what
    the column holds for a field that is None. A row whose id leads to one that does not count, or that has
    no key, is unreadable; where `ignore` is true it is somebody else's, and not seen at all.
    """

    table: sa.Table
    key: str
    value: str
    where: Mapping[str, tuple[object, ...]] = field(default_factory=dict[str, tuple[object, ...]])
    none: int | str | None = None
    ignore: bool = False
