"""What the runtime looks up by name is there: a generated template has a method for every action."""

from __future__ import annotations

from typing import Any

from tests.generated_schemas.worlds import World, info_of
from tests.strategies.runnable import FILES


def actions(world: World, branch: str) -> dict[str, bool]:
    """Return the methods that the actions of *branch* ask for, and whether each is about an attribute."""
    found = {f"new_{branch}": False, f"old_{branch}": False}
    for field in info_of(world.model(branch)).fields:
        if field.name not in info_of(world.model(branch)).key:
            kinds = ("added", "removed") if field.type.name == "set" else ("changed",)
            found |= {f"{kind}_{branch}_{field.name}": True for kind in kinds}
    return found


def test_every_action_finds_its_method(world: World) -> None:
    """On every tree that can be written, each action of each branch has a method, or is not asked for."""
    for tree in world.schema.trees:
        base: Any = getattr(world.module("templates"), f"{tree.name}TemplateBase", None)
        assert (base is None) == (tree.name == FILES)
        for branch, route in base.__routes__.items() if base is not None else ():
            for method, inside in actions(world, branch).items():
                name = f"changed_{branch}" if inside and route.by_record else method
                assert (method in route.unowned) != hasattr(base, name) or (inside and route.by_record)
                assert method in route.unowned or callable(getattr(base, name))
