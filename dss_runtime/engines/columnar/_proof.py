"""What has to be true of a pair of rows that is the same record."""

from __future__ import annotations

from collections.abc import Collection

from dss_runtime.engines.columnar._images import Images, same_value
from dss_runtime.engines.columnar._sql import Sql, every, negated, truth


def same_record(left: Images, right: Images, *, unheld: Collection[str]) -> Sql:
    """Return whether two rows of one key, alone with it, are surely the same record; not true if unsure.

    Fields that are *unheld* are not compared: one side leaves them out.
    """
    found: list[Sql] = []
    for side in (left, right):
        if side.where is not None:
            found.append(side.where)
        if side.retired is not None:
            found.append(negated(side.retired))
    both = [name for name in left.fields if name in right.fields and name not in unheld]
    found.extend(same_value(left.fields[name], right.fields[name]) for name in both)
    for side in (left, right):
        found.extend(side.fields[name].readable for name in side.fields if name not in both)
    return every(*found) if found else truth(True)
