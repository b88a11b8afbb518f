"""The rows that were proven to be the same, for whoever asks for their records."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

from dss_runtime._reading import BranchReading, Cells
from dss_runtime._rest import UnreadRest
from dss_runtime._tabular import read_again
from dss_runtime._typing import override
from dss_runtime.engines.duckdb._side import Rows


class KeptRest(UnreadRest[Any, Any]):
    """Rows that are read once more from where they came; *wanted* tells those that were read already."""

    def __init__(
        self, reading: BranchReading[Any, Any], pair: object, rows: Rows, wanted: bytearray, same: int
    ) -> None:
        super().__init__(reading, pair)
        self._rows = rows
        self._wanted = wanted
        self._same = same

    @override
    def __len__(self) -> int:
        return self._same

    @override
    def rows(self) -> Iterator[tuple[Cells, bool]]:
        wanted = chain(self._wanted, repeat(0))  # there are more rows only where `check` raises
        for cells, was_read in zip(read_again(self._rows.check, self._rows.all()), wanted, strict=False):
            yield cells, not was_read
