"""The rows that are as they were when they were proven to be the same, for whoever asks for their records."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import chain, repeat
from typing import Any

from dss_runtime._reading import BranchReading, Cells
from dss_runtime._rest import UnreadRest
from dss_runtime._tabular import read_again
from dss_runtime._typing import override
from dss_runtime.engines.fingerprints._keys import Keys
from dss_runtime.engines.fingerprints._rows import Rows


class LeftOut(UnreadRest[Any, Any]):
    """Rows that are parsed after all where somebody asks for them; those of *wanted* were already."""

    def __init__(
        self, reading: BranchReading[Any, Any], pair: object, rows: Rows, wanted: bytearray, known: Keys
    ) -> None:
        super().__init__(reading, pair)
        self._rows = rows
        self._wanted = wanted
        self._known = known

    @override
    def __len__(self) -> int:
        return self._wanted.count(0)

    @property
    @override
    def keys(self) -> Container[Any]:
        return self._known

    @override
    def rows(self) -> Iterator[tuple[Cells, bool]]:
        wanted = chain(self._wanted, repeat(0))  # there are more rows only where `check` raises
        for cells, was_read in zip(read_again(self._rows.check, self._rows.all()), wanted, strict=False):
            yield cells, not was_read
