"""What each adapter's module of the runtime is called, and what it offers to generated code."""

from __future__ import annotations

from dataclasses import dataclass

from ..adapters import ADAPTERS
from ..schema.resolved import Schema, Tree, TreeBranch


@dataclass(frozen=True, slots=True)
class RuntimeNames:
    """The names in `dss_runtime.adapters.<module>`; empty where the core's own serve."""

    module: str = ""
    importer: str = "Importer"
    template: str = "DefaultTemplate"
    source: str = ""


RUNTIME: dict[str, RuntimeNames] = {
    "csv": RuntimeNames("dss_runtime.adapters.csv", "CsvImporter", "", "CsvSource"),
    "sql": RuntimeNames("dss_runtime.adapters.sql", "SqlImporter", "SqlTemplate", "SqlSource"),
    "memory": RuntimeNames("dss_runtime.adapters.memory", "MemoryImporter", "MemoryTemplate"),
    "custom": RuntimeNames(),
}
"""By the adapter's name in a schema."""


def import_of(adapter: str, name: str) -> str:
    """Return the statement that imports *name* of an adapter's module under a private alias."""
    module = RUNTIME[adapter].module or "dss_runtime.codegen"
    return f"from {module} import {name} as _{name}"


def adapter_writes(tree: Tree, held: TreeBranch) -> bool:
    """Return whether the adapter writes *held* by itself, so that its handlers are optional."""
    return tree.adapter != "custom" and ADAPTERS[tree.adapter].writes(held)


def has_template(schema: Schema, tree: Tree) -> bool:
    """Return whether *tree* can be the right side: its adapter writes, and no sync makes it only a source."""
    if not ADAPTERS[tree.adapter].can_write:
        return False
    rights = {sync.right for sync in schema.syncs}
    lefts = {sync.left for sync in schema.syncs}
    return tree.name in rights or tree.name not in lefts


def merges(tree: Tree, held: TreeBranch) -> bool:
    """Return whether the project merges two records of *held* with one key.

    Only where a system is read alone: which of two accounts in a system that is written to is the right one
    is for a person to say, so there both are quarantined.
    """
    only_read = tree.adapter == "custom" or not ADAPTERS[tree.adapter].can_write
    return held.branch.duplicates == "merge" and only_read
