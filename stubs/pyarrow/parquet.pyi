from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any, BinaryIO

from pyarrow import RecordBatch, Schema, Table

class FileMetaData:
    @property
    def num_rows(self) -> int: ...

class ParquetFile:
    def __init__(
        self,
        source: BinaryIO,
        *,
        pre_buffer: bool = ...,
        buffer_size: int = ...,
        page_checksum_verification: bool = ...,
        coerce_int96_timestamp_unit: str | None = ...,
    ) -> None: ...
    @property
    def schema_arrow(self) -> Schema: ...
    @property
    def metadata(self) -> FileMetaData: ...
    def iter_batches(
        self, batch_size: int = ..., *, columns: Sequence[str] | None = ..., use_threads: bool = ...
    ) -> Iterator[RecordBatch]: ...

def write_table(table: Table, where: str | PathLike[str], **options: Any) -> None: ...
