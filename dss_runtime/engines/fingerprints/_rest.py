"""The rows that are as they were when they were proven to be the same, for whoever asks for their records."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from dss_runtime._errors import SourceError
from dss_runtime._reading import BranchReading, Cells
from dss_runtime._rest import UnreadRest
from dss_runtime._tabular import ChangedMeanwhileError
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
        try:
            self._rows.check()
        except ChangedMeanwhileError as error:
            raise SourceError(error.place, "has changed since it was compared: run again") from None
        for cells, wanted in zip(self._rows.all(), self._wanted, strict=True):
            yield cells, not wanted
