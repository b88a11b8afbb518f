"""What a tree's adapter means for generated code."""

from __future__ import annotations

from ..schema.resolved import Schema, Tree, TreeBranch


def import_of(tree: Tree, name: str) -> str:
    """Return the statement that imports *name* of the adapter's module under a private alias."""
    return f"from {tree.system.module} import {name} as _{name}"


def template_class(tree: Tree) -> str:
    """Return the class of the runtime from which the tree's template inherits."""
    return tree.system.template or "DefaultTemplate"


def adapter_writes(tree: Tree, held: TreeBranch) -> bool:
    """Return whether the adapter writes *held* by itself, so that its handlers are optional."""
    return tree.system.writes(held)


def has_template(schema: Schema, tree: Tree) -> bool:
    """Return whether *tree* can be the right side: its adapter writes, and no sync makes it only a source."""
    if not tree.system.can_write:
        return False
    rights = {sync.right for sync in schema.syncs}
    lefts = {sync.left for sync in schema.syncs}
    return tree.name in rights or tree.name not in lefts


def merges(tree: Tree, held: TreeBranch) -> bool:
    """Return whether the project merges two records of *held* with one key.

    Only where a system is read alone: which of two accounts in a system that is written to is the right one
    is for a person to say, so there both are quarantined.
    """
    only_read = not tree.system.template
    return held.branch.duplicates == "merge" and only_read
