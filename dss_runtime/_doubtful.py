"""A reference to a record that is there and cannot be read, so that nobody knows its key."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

from dss_runtime._blank import blank
from dss_runtime._branch import Branch
from dss_runtime._cells import BadCellError
from dss_runtime._reading import BranchReading, Cells
from dss_runtime._typing import override


class Doubtful:
    """Stands for the key in a cell: no field holds it, so that the row that refers to it is unreadable too.

    To leave it out would say that the row does not refer to the record any more.
    """

    @override
    def __repr__(self) -> str:
        return "a record that cannot be read"


DOUBTFUL: Final = Doubtful()


def doubt(
    branch: Branch[Any, Any], reading: BranchReading[Any, Any], cells: Cells, note: Callable[[Hashable], None]
) -> None:
    """Note the key of a row that cannot be read: DOUBTFUL where that cannot be read either.

    A row without a key is somebody else's, and not noted.
    """
    try:
        note(reading.key(cells))
    except (BadCellError, ValueError):
        if not any(blank(cells[reading.feeds[name]]) for name in branch.info.key if name in reading.feeds):
            note(DOUBTFUL)
