"""What a project would write, made for any generated tree: it reads and writes the system in the settings."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, cast

from dss_generator.schema.resolved import Tree
from dss_runtime import Outcome
from dss_runtime._unclaimed import record_after
from dss_runtime.adapters.memory import MemorySystem


def importer_of(importers: ModuleType, tree: Tree) -> Callable[[Any], Any]:
    """Return the importer of *tree*, with every method that is required."""
    base: Any = getattr(importers, f"{tree.name}ImporterBase")
    methods = {name: _loader(*name.split("_", 1)) for name in base.__abstractmethods__}
    made: Any = type("Importer", (base,), methods)
    return cast("Callable[[Any], Any]", made)


def template_of(templates: ModuleType, tree: Tree) -> Callable[[Any], Any]:
    """Return the template of *tree*, with every handler that is required."""
    base: Any = getattr(templates, f"{tree.name}TemplateBase")
    made: Any = type("Template", (base,), dict.fromkeys(base.__abstractmethods__, _handle))
    return cast("Callable[[Any], Any]", made)


def _loader(kind: str, branch: str) -> Callable[[Any], Iterable[Any]]:
    def load(self: Any) -> Iterable[Any]:
        if kind == "unclaimed":
            return _system(self).unclaimed(branch)
        return map(copy.copy, _system(self).branch(branch).values())

    return load


def _handle(self: Any, action: Any, /, **values: Any) -> Outcome:
    """Carry out one action, or all changes of a record; the values are those that the action holds."""
    system = _system(self)
    kind = getattr(action, "kind", "record")
    if kind == "new":
        branch = getattr(self.tree, action.branch)
        assert action.adopts is None or system.take_away(action.branch, action.adopts)
        system.put(action.branch, action.key, copy.copy(record_after(branch, action)))
    elif kind == "old":
        system.delete(action.branch, action.key)
    else:
        for each in action.changes if kind == "record" else (action,):
            _change(system, each)
    expected = {"changed": {"new", "old"}, "added": {"item"}, "removed": {"item"}}.get(kind, set())
    assert expected == set(values)
    assert all(getattr(action, name) is value for name, value in values.items())
    return Outcome.applied()


def _change(system: MemorySystem, action: Any) -> None:
    record = copy.copy(system.branch(action.branch)[action.key])
    name = action.attribute
    if isinstance(getattr(record.__class__, name, None), property):
        return
    if action.kind == "changed":
        setattr(record, name, action.new)
    elif action.kind == "added":
        setattr(record, name, frozenset({*(getattr(record, name) or ()), action.item}))
    else:
        setattr(record, name, frozenset(getattr(record, name) or ()) - {action.item})
    system.put(action.branch, action.key, record)


def _system(part: Any) -> MemorySystem:
    found: MemorySystem = part.tree.settings["system"]
    return found
