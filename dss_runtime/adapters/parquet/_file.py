"""Files of columns: told apart by their first bytes, and read in pieces or not at all."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import BinaryIO

import pyarrow as pa

from dss_runtime import Place, SourceError
from dss_runtime._files import Found, Unchanged
from dss_runtime.adapters.parquet._arrow import ArrowFile, ArrowStream
from dss_runtime.adapters.parquet._parquet import ParquetFile
from dss_runtime.adapters.parquet._table import Table

_MARKS: tuple[tuple[bytes, type[Table]], ...] = (
    (b"PAR1", ParquetFile),
    (b"ARROW1\0\0", ArrowFile),
    (b"\xff\xff\xff\xff", ArrowStream),
)
_DAMAGED = (pa.ArrowException, OSError, UnicodeError, MemoryError)
"""What pyarrow raises for a file that is not what it should be.

OSError also where no disk is at fault, and MemoryError where a wrong length is believed.
"""
_REFUSED = (
    (b"PARE", "is an encrypted Parquet file: have it written without encryption"),
    (b"FEA1", "is of the old version 1 of Feather: have it written as version 2, which is Arrow IPC"),
    (b"", "is neither Parquet nor Arrow IPC: is `path` right, and is the export complete?"),
)


@contextmanager
def opened(found: Found) -> Generator[Table]:
    """Open a file; SourceError where it cannot be read whole, at once or while it is read.

    Whoever reads it to its end, and leaves, knows that it has not changed.
    """
    place = Place(found.shown)
    try:
        with found.path.open("rb") as file:
            unchanged = Unchanged(file, found.shown)
            try:
                yield _table(file, place)
            except (SourceError, *_DAMAGED):
                unchanged.check()  # then that is why
                raise
            unchanged.check()
    except _DAMAGED as error:
        if isinstance(error, OSError) and error.strerror:
            raise SourceError(place, f"cannot be read: {error.strerror}") from None
        text = " ".join(str(error).split()) or "it asks for more memory than there is"
        raise SourceError(place, f"is damaged, cut off, or cannot be read: {text}") from None


def _table(file: BinaryIO, place: Place) -> Table:
    start = file.read(8)
    if not start:
        raise SourceError(place, "is empty: has the export run, and is it complete?")
    file.seek(0)
    for mark, table in _MARKS:
        if start.startswith(mark):
            return table(file, place)
    raise SourceError(place, next(reason for mark, reason in _REFUSED if start.startswith(mark)))
