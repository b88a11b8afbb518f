"""A file of JSON lines that holds items, reached through the example package and from outside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from dss_jsonl import JsonlImporter, JsonlSource, JsonlTarget, JsonlTemplate
from dss_runtime import DataStoreTree
from dss_runtime.codegen import override
from tests.adapters.items import NAMES, READING, TYPES, Item, ItemsBranch, leave_to_adapter
from tests.adapters.systems import System


class JsonlItems(JsonlImporter):
    """Reads items from a file."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = JsonlSource(path="items.jsonl", columns=NAMES)
        self.read(self.tree.items, self.open(source), READING)  # type: ignore[attr-defined]


class JsonlItemsTemplate(JsonlTemplate):
    """Writes items to a file."""

    targets: ClassVar[Mapping[str, JsonlTarget]] = {
        "items": JsonlTarget(
            path="items.jsonl",
            columns={name: name for name in NAMES},
            key=("ident",),
            types=TYPES,
            nulls_as_empty=frozenset({"text"}),
        )
    }


leave_to_adapter(JsonlItemsTemplate)


class JsonlTree(DataStoreTree):
    """A folder with a file of items."""

    __branches__ = ItemsBranch
    __importer__ = JsonlItems
    __template__ = JsonlItemsTemplate


class JsonlSystem(System):
    """A folder."""

    name = "jsonl"
    can = frozenset({"reads", "writes", "damage"})

    @override
    def fill(self, items: Iterable[Item]) -> None:
        rows = [{name: _member(item, name) for name in NAMES} for item in items]
        self.write([json.dumps(row) for row in rows])

    def write(self, lines: Iterable[str]) -> None:
        """Hold exactly *lines*."""
        self._path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")

    @property
    def _path(self) -> Path:
        return self.folder / "items.jsonl"

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        return JsonlTree(settings={"folder": self.folder, "may_be_empty": True})

    @override
    def state(self) -> bytes:
        return self._path.read_bytes()


def _member(item: Item, name: str) -> str | None:
    value = getattr(item, name)
    return None if value is None else TYPES[name].format(value)
