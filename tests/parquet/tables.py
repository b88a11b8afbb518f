"""Files of columns, and what the parquet adapter reads from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import ipc

from dss_runtime import DataStoreTree, Place, SourceError
from dss_runtime.adapters.parquet import ParquetImporter, ParquetSource


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a Parquet file of row groups of two rows, with checksums."""
    pq.write_table(table, path, row_group_size=2, write_page_checksum=True, store_schema=True)


def write_arrow(table: pa.Table, path: Path) -> None:
    """Write the file format of Arrow IPC, two rows in a batch."""
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, 2)


def write_feather(table: pa.Table, path: Path) -> None:
    """Write what `write_feather` of version 2 writes: compressed batches."""
    with ipc.new_file(path, table.schema, options=ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)


def write_stream(table: pa.Table, path: Path) -> None:
    """Write the stream format of Arrow IPC, two rows in a batch."""
    with ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, 2)


Write = Callable[[pa.Table, Path], None]
WRITERS: Mapping[str, Write] = {
    "parquet": write_parquet,
    "arrow": write_arrow,
    "feather": write_feather,
    "stream": write_stream,
}
each_format = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def importer(folder: Path) -> ParquetImporter:
    """Return an importer that reads from *folder*."""
    return ParquetImporter(DataStoreTree(name="School", settings={"folder": folder}))


def read(folder: Path, *columns: str | int, path: Sequence[str] = ("t",)) -> list[tuple[Any, ...]]:
    """Return the cells of each row of *columns*."""
    source = ParquetSource(path=tuple(path), columns=columns)
    with importer(folder).open(source) as rows:
        return [tuple(cells) for cells in rows]


def places(folder: Path, *columns: str | int, path: Sequence[str] = ("t",)) -> list[str]:
    """Return the place of each row."""
    source = ParquetSource(path=tuple(path), columns=columns)
    found: list[Place] = []
    with importer(folder).open(source) as rows:
        for _ in rows:
            found.append(rows.place())
    return [str(each).removeprefix(f"{folder}/") for each in found]


def refused(folder: Path, *columns: str | int, path: Sequence[str] = ("t",)) -> str:
    """Return the message of the SourceError for what cannot be read, without the folder."""
    with pytest.raises(SourceError) as caught:
        read(folder, *columns, path=path)
    return str(caught.value).replace(f"{folder}/", "")
