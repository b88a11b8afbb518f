"""The base of generated importers that read a system in memory."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from dss_runtime import Branch, Progress, SettingsError
from dss_runtime._generation import text_in
from dss_runtime._importer import Rows
from dss_runtime._naming import shared_fields
from dss_runtime._progress import silent
from dss_runtime.adapters.memory._system import MemorySystem
from dss_runtime.codegen import DataStoreTree, Importer, override


class MemoryImporter(Importer):
    """Reads branches from the `MemorySystem` in the tree's settings."""

    known_settings = frozenset({"system"})

    @override
    def readin_branch(self, branch: Any) -> Rows | None:
        """Read one branch, what is set aside in it, and what has no key where the branch adopts."""
        system = system_of(self.tree)
        branch.retired.update((key, copy.copy(each)) for key, each in system.aside(branch.name).items())
        if branch.matched_by:
            branch.unclaimed.extend(system.unclaimed(branch.name))
        return super().readin_branch(branch)

    @override
    def run(self, branches: Sequence[Branch[Any, Any]], progress: Progress = silent) -> None:
        super().run(branches, progress)
        system, held = system_of(self.tree), {branch.name for branch in self.tree.branches}
        others = [
            record for name in system.names if name not in held for record in system.branch(name).values()
        ]
        for branch in branches:
            for field in shared_fields(branch):
                texts = (text_in(getattr(record, field, None)) for record in others)
                branch.taken[field] = frozenset(filter(None, texts))

    def records(self, branch: str) -> Iterable[Any]:
        """Yield a copy of each record of *branch*, so that the system's own stay as they are."""
        return map(copy.copy, system_of(self.tree).branch(branch).values())


def system_of(tree: DataStoreTree) -> MemorySystem:
    """Return the system in the settings of *tree* (SettingsError when there is none)."""
    system = tree.settings.get("system")
    if not isinstance(system, MemorySystem):
        raise SettingsError(f'{tree.name} has no system: make it with settings={{"system": MemorySystem()}}')
    return system
