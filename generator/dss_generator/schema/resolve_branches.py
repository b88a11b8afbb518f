"""Branches, in the order of their refs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ..names import folded
from ..problems import Problems, shown
from .definitions import Definition, Section
from .nodes import ListNode, ScalarNode
from .order import in_order
from .resolve_models import Models
from .resolved import Branch, Duplicates, Granularity, Limit, Model


def resolve_branches(section: Section, models: Models, problems: Problems) -> dict[str, Branch]:
    """Return the branches of *section*: those that others refer to first, else as the files have them."""
    found = {each.name: branch for each in section if (branch := _branch(each, models, problems))}
    _check_handlers(found, problems)
    order = in_order(tuple(found), _parents(found, models))
    return {name: found[name] for name in order}


def _parents(branches: dict[str, Branch], models: Models) -> dict[str, set[str]]:
    """Return, by branch, the names of the branches whose records its own may refer to."""
    holding: dict[str, set[str]] = {}
    for name, branch in branches.items():
        for model in _line(branch.model, models):
            holding.setdefault(model, set()).add(name)
    return {
        name: set[str]().union(*(holding.get(each.ref, ()) for each in branch.model.fields if each.ref))
        for name, branch in branches.items()
    }


def _line(model: Model, models: Models) -> Iterator[str]:
    """Yield the name of *model* and of all that it extends."""
    seen: set[str] = set()
    name = model.name
    while name in models.found and name not in seen:
        yield name
        seen.add(name)
        name = models.found[name].extends


def _branch(definition: Definition, models: Models, problems: Problems) -> Branch | None:
    body = definition.body
    name = body.scalar("model")
    model = models.section.find(models.found, name, problems) if name is not None else None
    if model is None or name is None:
        return None
    if model.abstract:
        message = f"the model {model.name} is abstract; name one that extends it, or make it concrete"
        problems.add(name.position, "branch-model", message)
    elif (
        not model.key
        and not models.section.found[model.name].body.get("key")
        and model.name not in models.partial
    ):
        message = (
            f"the model {model.name} has no key; add 'key:' to it, so that its records can be told apart"
        )
        problems.add(name.position, "branch-model", message)
    return Branch(
        name=definition.name,
        position=definition.position,
        model=model,
        guard=tuple(
            (key.text, _limit(each))
            for key, found in body.mapping("guard")
            for each in (found.items if isinstance(found, ListNode) else (found,))
            if isinstance(each, ScalarNode)
        ),
        duplicates=cast("Duplicates", body.text("duplicates", "error")),
        granularity=cast("Granularity", body.text("granularity", "field")),
        doc=body.text("doc"),
        renamed_from=body.text("renamed_from"),
    )


def _limit(node: ScalarNode) -> Limit:
    return Limit(float(node.text.removesuffix("%")), node.text.endswith("%"))


def _check_handlers(branches: dict[str, Branch], problems: Problems) -> None:
    """Note branches whose handlers would share a name: those of `a` with `b_c` and of `a_b` with `c`."""
    owners: dict[str, Branch] = {}
    for branch in branches.values():
        for handler in _handlers(branch):
            owner = owners.setdefault(folded(handler), branch)
            # Branches whose own names collide are noted where they are merged.
            if folded(owner.name) != folded(branch.name):
                message = (
                    f"{shown(branch.name)} and {shown(owner.name)} at {owner.position} "
                    f"would both have a handler {handler}; rename one of them"
                )
                problems.add(branch.position, "handler-collision", message)
                break


def _handlers(branch: Branch) -> Iterator[str]:
    yield from (f"{kind}_{branch.name}" for kind in ("new", "changed", "old"))
    names = [*(each.name for each in branch.model.fields), *(each.name for each in branch.model.derived)]
    for name in names:
        yield from (f"{kind}_{branch.name}_{name}" for kind in ("changed", "added", "removed"))
