"""Syncs: which tree follows which."""

from __future__ import annotations

from ..problems import Problems, did_you_mean, shown
from .definitions import Definition, Section
from .nodes import ScalarNode
from .resolved import Sync, Tree


def resolve_syncs(
    section: Section, trees: Section, found: dict[str, Tree], problems: Problems
) -> tuple[Sync, ...]:
    """Return the syncs of *section*, in the order of the files."""
    return tuple(sync for each in section if (sync := _sync(each, trees, found, problems)))


def _sync(
    definition: Definition, section: Section, trees: dict[str, Tree], problems: Problems
) -> Sync | None:
    body = definition.body
    left_name, right_name = body.scalar("from"), body.scalar("to")
    left = section.find(trees, left_name, problems) if left_name else None
    right = section.find(trees, right_name, problems) if right_name else None
    if left is None or right is None or left_name is None or right_name is None:
        return None
    if left is right:
        problems.add(right_name.position, "sync-target", f"{right.name} cannot follow itself; name two trees")
    if not right.system.can_write:
        message = (
            f"{right.name} is a {right.adapter} tree, which is only read; sync into one that can be written"
        )
        problems.add(right_name.position, "sync-target", message)
    _check_held(body.scalars("branches"), right_name, section, (left, right), problems)
    given = {each.text for each in body.scalars("branches")}
    branches = tuple(
        each.branch.name
        for each in right.branches
        if body.get("branches") is None or each.branch.name in given
    )
    return Sync(definition.name, definition.position, left.name, right.name, branches)


def _check_held(
    given: tuple[ScalarNode, ...],
    right_name: ScalarNode,
    section: Section,
    trees: tuple[Tree, Tree],
    problems: Problems,
) -> None:
    """Note the branches that not both trees hold, and those that are given twice."""
    seen: set[str] = set()
    for name in given:
        if name.text in seen:
            problems.add(name.position, "sync-branch", f"the branch {shown(name.text)} is here twice")
        seen.add(name.text)
        for tree in trees:
            held = {key.text for key, _ in section.found[tree.name].body.mapping("branches")}
            if name.text not in held:
                message = f"{tree.name} holds no branch {shown(name.text)}{did_you_mean(name.text, held)}"
                problems.add(name.position, "sync-branch", message)
    if not given:
        entries = section.found[trees[0].name].body.mapping("branches")
        missing = [
            each.branch.name
            for each in trees[1].branches
            if entries.key(each.branch.name) is None and each.branch.name not in entries.broken
        ]
        if missing:
            message = (
                f"{trees[0].name} does not hold {', '.join(missing)} of {trees[1].name}; "
                "list the branches to sync under 'branches'"
            )
            problems.add(right_name.position, "sync-branch", message)
