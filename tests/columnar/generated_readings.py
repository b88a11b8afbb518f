"""How generated importers read their branches, without anything to read from."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from dss_generator.schema.resolved import TreeBranch
from dss_runtime.codegen import BranchReading, ModelInfo, override
from tests.generated_schemas.projects import generated
from tests.strategies.loading import resolved


@dataclass(frozen=True, repr=False)
class Generated:
    """A branch of a tree of a generated package: its importer, and how that reads it."""

    name: str
    held: TreeBranch
    importer: Any
    reading: BranchReading[Any, Any]
    info: ModelInfo

    @override
    def __repr__(self) -> str:
        return self.name


def readings(root: Path, package: str, text: str) -> Iterator[Generated]:
    """Generate a schema of *text*, and yield each branch whose rows an adapter gives."""
    generated(root, package, text)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    importers = importlib.import_module(f"{package}.generated.importers")
    models = importlib.import_module(f"{package}.generated.models")
    for tree in resolved(text).trees:
        for held in tree.branches:
            if tree.system.maps_columns and held.derived_from is None:
                importer = importer_of(importers, tree.name)
                getattr(importer, f"read_{held.branch.name}")()
                info: ModelInfo = getattr(models, held.branch.model.name).__dss__
                name = f"{package}.{tree.name}.{held.branch.name}"
                yield Generated(name, held, importer, importer.readings.pop(), info)


def importer_of(importers: ModuleType, tree: str, **methods: Any) -> Any:
    """Return an importer that keeps how it would read a branch, with *methods* that a project could write."""
    base = getattr(importers, f"{tree}ImporterBase")
    kept: list[Any] = []

    def read(_self: object, _branch: object, _rows: object, reading: Any) -> None:
        kept.append(reading)

    def open_nothing(_self: object, _source: object) -> None:
        return None

    cls: Any = type("Reader", (base,), {"read": read, "open": open_nothing, **methods})
    cls.__abstractmethods__ = frozenset()
    made = object.__new__(cls)
    made.tree = SimpleNamespace()
    made.readings = kept
    names = {each.removeprefix("read_") for each in dir(base) if each.startswith("read_")}
    vars(made.tree).update(dict.fromkeys(names))
    return made
