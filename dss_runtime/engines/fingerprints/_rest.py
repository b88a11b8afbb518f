"""The rows that are as they were when they were proven to be the same, for whoever asks for their records."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from dss_runtime._reading import BranchReading
from dss_runtime._rest import Kept
from dss_runtime._typing import override
from dss_runtime.engines.fingerprints._keys import Keys
from dss_runtime.engines.fingerprints._rows import Rows


class LeftOut(Kept[Any, Any]):
    """Rows of which the keys are known without reading them."""

    def __init__(
        self, reading: BranchReading[Any, Any], pair: object, rows: Rows, wanted: bytearray, known: Keys
    ) -> None:
        super().__init__(reading, pair, rows, wanted, wanted.count(0))
        self._known = known

    @property
    @override
    def keys(self) -> Container[Any]:
        return self._known
