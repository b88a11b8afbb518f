"""The base of generated importers that read a system in memory."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from dss_runtime import SettingsError
from dss_runtime._importer import Rows
from dss_runtime.adapters.memory._system import MemorySystem
from dss_runtime.codegen import DataStoreTree, Importer, override


class MemoryImporter(Importer):
    """Reads branches from the `MemorySystem` in the tree's settings."""

    @override
    def readin_branch(self, branch: Any) -> Rows | None:
        """Read one branch, what is set aside in it, and what has no key where the branch adopts."""
        system = system_of(self.tree)
        branch.retired.update((key, copy.copy(each)) for key, each in system.aside(branch.name).items())
        if branch.matched_by:
            branch.unclaimed.extend(system.unclaimed(branch.name))
        return super().readin_branch(branch)

    def records(self, branch: str) -> Iterable[Any]:
        """Yield a copy of each record of *branch*, so that the system's own stay as they are."""
        return map(copy.copy, system_of(self.tree).branch(branch).values())


def system_of(tree: DataStoreTree) -> MemorySystem:
    """Return the system in the settings of *tree* (SettingsError when there is none)."""
    system = tree.settings.get("system")
    if not isinstance(system, MemorySystem):
        raise SettingsError(f'{tree.name} has no system: make it with settings={{"system": MemorySystem()}}')
    return system
