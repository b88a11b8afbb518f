"""Parquet: the end of the file says what is in it, so that half a file is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from dss_runtime import Place, SourceError
from dss_runtime.adapters.parquet._table import AT_ONCE, Table
from dss_runtime.codegen import override

_BUFFER = 1 << 16


class ParquetFile(Table):
    """A Parquet file, of which only pages of the needed columns are in memory.

    Checksums of pages are compared where the writer has left some. Timestamps of the old type INT96 are read
    in microseconds: in nanoseconds, those after 2262 would silently become others.
    """

    def __init__(self, file: BinaryIO, place: Place) -> None:
        super().__init__(file, place)
        self._parquet = pq.ParquetFile(
            file,
            pre_buffer=False,
            buffer_size=_BUFFER,
            page_checksum_verification=True,
            coerce_int96_timestamp_unit="us",
        )
        self.schema = self._parquet.schema_arrow

    @property
    def rows(self) -> int:
        """How many rows it says it has."""
        return self._parquet.metadata.num_rows

    @override
    def pieces(self, wanted: Sequence[int]) -> Iterator[Sequence[pa.Array]]:
        names = [self.schema.names[at] for at in wanted]
        expected, rows = self.rows, 0
        # A name that is the beginning of another's path selects that one too.
        for batch in self._parquet.iter_batches(AT_ONCE, columns=names, use_threads=False):
            rows += batch.num_rows
            yield [self._column(batch, name) for name in names]
        if rows != expected:
            raise self.cut_off(f"has {rows:,} rows, where {expected:,} are announced")

    def _column(self, batch: pa.RecordBatch, name: str) -> pa.Array:
        found = batch.schema.get_all_field_indices(name)
        if len(found) != 1:
            raise SourceError(self.place, f"the column {name!r} cannot be told from another of this name")
        return batch.column(found[0])
