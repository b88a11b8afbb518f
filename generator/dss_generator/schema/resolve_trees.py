"""Trees: which branches each system holds, and how."""

from __future__ import annotations

from ..adapters import Adapter
from ..extensions import Table
from ..problems import Problems, did_you_mean, shown
from .definitions import Definition, Definitions, Section
from .nodes import MapNode
from .order import circle_of, in_order
from .resolve_generated import share_names
from .resolve_match import check_moved_keys
from .resolve_models import Models
from .resolve_tree_branch import resolve_tree_branch
from .resolved import Branch, Tree, TreeBranch


def resolve_trees(
    definitions: Definitions,
    found: dict[str, Branch],
    models: Models,
    adapters: Table[Adapter],
    problems: Problems,
) -> dict[str, Tree]:
    """Return the trees; their branches in the order of refs, after those they derive from."""
    return {
        each.name: _tree(
            each, definitions.branches, found, models, adapters[each.body.text("adapter")], problems
        )
        for each in definitions.trees
    }


def _tree(
    definition: Definition,
    section: Section,
    branches: dict[str, Branch],
    models: Models,
    adapter: Adapter,
    problems: Problems,
) -> Tree:
    entries = definition.body.mapping("branches")
    held: dict[str, TreeBranch] = {}
    for key, node in entries:
        branch = section.find(branches, key, problems)
        if branch is not None and isinstance(node, MapNode):
            partial = branch.model.name in models.partial
            held[key.text] = resolve_tree_branch(key, node, branch, partial, adapter, problems)
    held = share_names(entries, held, problems)
    check_moved_keys(entries, held, models.found, problems)
    needs = {name: set(each.derived_from or ()) for name, each in held.items()}
    _check_derived(entries, needs, problems)
    _check_references(entries, held, problems)
    order = in_order(tuple(name for name in branches if name in held), needs)
    return Tree(
        name=definition.name,
        position=definition.position,
        adapter=adapter.name,
        branches=tuple(held[name] for name in order),
        system=adapter,
        doc=definition.body.text("doc"),
    )


def _check_derived(entries: MapNode, needs: dict[str, set[str]], problems: Problems) -> None:
    names = {key.text for key, _ in entries} | entries.broken
    for key, node in entries:
        for source in node.scalars("derived_from") if isinstance(node, MapNode) else ():
            if source.text not in names:
                message = f"this tree holds no branch {shown(source.text)}{did_you_mean(source.text, names)}"
                problems.add(source.position, "derived-from", message)
        circle = circle_of(key.text, needs)
        if circle and key.text == min(circle):
            message = f"branches that are derived from each other in a circle: {' ← '.join(circle)}"
            problems.add(key.position, "derived-from", message)


def _check_references(entries: MapNode, held: dict[str, TreeBranch], problems: Problems) -> None:
    """Note where columns hold ids of records of a branch that is not there, or has no single key."""
    names = {key.text for key, _ in entries} | entries.broken
    for _, node in entries:
        references = node.mapping("references") if isinstance(node, MapNode) else MapNode(entries.position)
        for column, _ in references:
            for each in references.scalars(column.text):
                if each.text not in names:
                    message = f"this tree holds no branch {shown(each.text)}{did_you_mean(each.text, names)}"
                    problems.add(each.position, "references", message)
                elif each.text in held and len(held[each.text].branch.model.key) > 1:
                    message = f"records of {shown(each.text)} have keys of several fields; no cell holds one"
                    problems.add(each.position, "references", message)
