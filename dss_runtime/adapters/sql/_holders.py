"""The records by which a database finds the rows that are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dss_runtime import Branch, Work


def holders_of(works: Sequence[Work], branch: Branch[Any, Any]) -> list[Any]:
    """Return for each of *works*, all of one phase, the record by which the database finds its row."""
    if works[0].phase == "new":
        return [holder_of(work, branch) for work in works]
    return [work.actions[0].right for work in works]


def holder_of(work: Work, branch: Branch[Any, Any]) -> Any:
    """Return the record by which the database finds its row: the right side's, where there is one."""
    existing = work.adopts if work.right is None else work.right  # which may be false, as what is empty is
    if existing is not None:
        return existing
    return branch.retired.get(work.key, work.left)
