"""What files of columns have in common, whatever their format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa

from dss_runtime import Place, SourceError

AT_ONCE = 4_096
"""How many rows become Python's values at once."""


class Table(ABC):
    """An open file: `schema` tells its columns, `by_pandas` whether pandas has written it."""

    schema: pa.Schema

    def __init__(self, file: BinaryIO, place: Place) -> None:
        self.file = file
        self.place = place

    @property
    def by_pandas(self) -> bool:
        """Whether pandas has written the file, to which NaN is nothing but a missing value."""
        return b"pandas" in (self.schema.metadata or {})

    @abstractmethod
    def pieces(self, wanted: Sequence[int]) -> Iterator[Sequence[pa.Array]]:
        """Yield the columns at the positions *wanted*, some rows at a time.

        Raises SourceError, or what pyarrow raises, where the file turns out not to be whole.
        """

    def cut_off(self, reason: str) -> SourceError:
        """Return the error for a file that ends too soon, or too late."""
        return SourceError(self.place, f"{reason}; run again when the export is complete")
