"""Arrow IPC, which is also version 2 of Feather: as a file, and as a stream that was written to one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
from pyarrow import ipc

from dss_runtime import Place, SourceError
from dss_runtime.adapters.parquet._table import AT_ONCE, Table
from dss_runtime.codegen import override

_END = b"\xff\xff\xff\xff\0\0\0\0"
"""What ends a stream; a reader takes the end of the file for it."""


class _Batches(Table):
    """What both formats have in common."""

    def sliced(self, batch: pa.RecordBatch, wanted: Sequence[int]) -> Iterator[Sequence[pa.Array]]:
        """Yield the columns *wanted* of a batch that holds no others, a few rows at a time.

        What points outside of a damaged batch is found before it is followed.
        """
        try:
            batch.validate(full=True)
        except pa.ArrowInvalid:  # whose text may tell a value
            raise SourceError(self.place, "is damaged: it has values that are none of their type") from None
        held = sorted(set(wanted))
        columns = [batch.column(held.index(at)) for at in wanted]
        for start in range(0, batch.num_rows, AT_ONCE):
            yield [column.slice(start, AT_ONCE) for column in columns]


class ArrowFile(_Batches):
    """The file format: the end of the file says where each batch is, so that half a file is none."""

    def __init__(self, file: BinaryIO, place: Place) -> None:
        super().__init__(file, place)
        self.schema = ipc.open_file(file).schema

    @override
    def pieces(self, wanted: Sequence[int]) -> Iterator[Sequence[pa.Array]]:
        reader = ipc.open_file(self.file, options=_only(wanted))
        for at in range(reader.num_record_batches):
            yield from self.sliced(reader.get_batch(at), wanted)


class ArrowStream(_Batches):
    """The stream format: complete only where its end is marked, and nothing follows."""

    def __init__(self, file: BinaryIO, place: Place) -> None:
        super().__init__(file, place)
        self.schema = ipc.open_stream(file).schema

    @override
    def pieces(self, wanted: Sequence[int]) -> Iterator[Sequence[pa.Array]]:
        self.file.seek(0)
        reader = ipc.open_stream(self.file, options=_only(wanted))
        ended = self.file.tell()
        for batch in reader:
            ended = self.file.tell()
            yield from self.sliced(batch, wanted)
        self.file.seek(ended)
        rest = self.file.read(len(_END) + 1)
        if rest != _END:
            reason = "goes on behind its end" if rest.startswith(_END) else "ends without the mark of its end"
            raise self.cut_off(reason)


def _only(wanted: Sequence[int]) -> ipc.IpcReadOptions:
    return ipc.IpcReadOptions(included_fields=sorted(set(wanted)), use_threads=False)
