"""Items in Parquet files and Arrow files, each value in a column of the type that fits it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from dss_runtime import DataStoreTree
from dss_runtime.adapters.parquet import ParquetImporter, ParquetSource
from dss_runtime.codegen import override
from tests.adapters.items import NAMES, READING, TYPES, Item, ItemsBranch
from tests.adapters.systems import Capability, System, tried

COLUMNS: Mapping[str, pa.DataType] = {
    "ident": pa.string(),
    "text": pa.large_string(),
    "count": pa.int64(),
    "ratio": pa.float64(),
    "price": pa.decimal128(38, 4),
    "flag": pa.bool_(),
    "day": pa.date32(),
    "moment": pa.timestamp("us", "UTC"),
    "local": pa.timestamp("us"),
    "clock": pa.time64("us"),
    "uid": pa.uuid(),
    "blob": pa.binary(),
    "kind": pa.dictionary(pa.int32(), pa.string()),
    "doc": pa.string(),
    "tags": pa.list_(pa.string()),
    "marks": pa.list_(pa.int64()),
}


class ParquetItems(ParquetImporter):
    """Reads items from a file."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = ParquetSource(path=("items.*",), columns=NAMES)
        self.read(self.tree.items, self.open(source), READING)  # type: ignore[attr-defined]


class ParquetTree(DataStoreTree):
    """A folder with a file of items."""

    __branches__ = ItemsBranch
    __importer__ = ParquetItems


class ParquetSystem(System):
    """A folder with a Parquet file."""

    name = "parquet"
    can = frozenset({"reads", "damage"})
    lacks: ClassVar[Mapping[Capability, str]] = {
        "writes": "files are read only",
        "transactions": "files are read only",
        "refuses": "files are read only",
        "locks": "files are read only",
        "network": "files are on this machine",
        "rights": tried(
            "a file that may not be read is a missing one",
            "tests/parquet/test_damage.py::test_a_folder_that_is_not_there",
        ),
    }

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "items.parquet"

    def write(self, table: pa.Table) -> None:
        """Hold exactly what is in *table*."""
        pq.write_table(table, self.path)

    @override
    def fill(self, items: Iterable[Item]) -> None:
        held = list(items)
        arrays = [pa.array([_cell(each, name) for each in held], kind) for name, kind in COLUMNS.items()]
        self.write(pa.Table.from_arrays(arrays, list(COLUMNS)))

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        return ParquetTree(settings={"folder": self.folder})

    @override
    def state(self) -> object:
        return self.path.read_bytes()

    @override
    def damage(self) -> None:
        data = self.path.read_bytes()
        self.path.write_bytes(data[: len(data) - 8])


class ArrowSystem(ParquetSystem):
    """A folder with an Arrow IPC file: Feather of version 2."""

    name = "parquet (Arrow IPC)"

    @property
    @override
    def path(self) -> Path:
        return self.folder / "items.arrow"

    @override
    def write(self, table: pa.Table) -> None:
        with ipc.new_file(self.path, table.schema) as writer:
            writer.write_table(table, 2)


def _cell(item: Item, name: str) -> Any:
    value: Any = getattr(item, name)
    if name == "tags":
        return list(value)
    return TYPES[name].format(value) if name == "doc" and value is not None else value
