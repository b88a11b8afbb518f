"""Changes of trees: there or not, of which kind, and which branches they hold."""

from __future__ import annotations

from collections.abc import Iterator

from ..artefacts.runtime import has_template
from ..schema.resolved import Schema, Tree
from .branches import taken_in
from .change import Change
from .comparing import Comparing
from .likely import likely_renames


def compare_trees(comparing: Comparing) -> Iterator[Change]:
    """Yield which trees, and which branches of theirs, are new, gone, or of another kind."""
    yield from _there_or_not(comparing)
    for old, new in comparing.tree_pairs:
        if old.adapter != new.adapter:
            message = f"{new.name} is a {new.adapter} tree, before a {old.adapter} tree"
            effect = (
                f"it is read from, and written to, another kind of system: what that holds is {new.name}, "
                "and what the other one held is no longer looked at"
            )
            path = ("trees", new.name, "adapter")
            yield comparing.change("adapter-changed", path, path, message, effect)
        yield from _branches(comparing, old, new)


def _there_or_not(comparing: Comparing) -> Iterator[Change]:
    old, new = comparing.old.schema, comparing.new.schema
    before, after = ({each.name: each for each in schema.trees} for schema in (old, new))
    gone = {name: _shape(comparing, each) for name, each in before.items() if name not in after}
    fresh = {name: _shape(None, each) for name, each in after.items() if name not in before}
    hints: dict[str, str] = {}
    for former, today in likely_renames(gone, fresh).items():
        told = f"if {today} is {former} under another name, rename its settings and its file of handlers too"
        hints[former] = hints[today] = told
    for name in gone:
        path = ("trees", name)
        stays = "its records stay as they are" if has_template(old, before[name]) else "it is no longer read"
        message = f"tree {name} removed"
        yield comparing.change(
            "tree-removed", path, path, message, f"{stays}; its generated classes are gone",
            hint=hints.get(name, ""),
        )  # fmt: skip
    for name in fresh:
        effect = "it needs its settings, and nothing happens until a sync leads from or to it"
        message = f"tree {name} added"
        path = ("trees", name)
        yield comparing.change("tree-added", path, None, message, effect, hint=hints.get(name, ""))


def _shape(comparing: Comparing | None, tree: Tree) -> tuple[object, ...]:
    names = {} if comparing is None else comparing.branches
    return tree.adapter, frozenset(names.get(each.branch.name, each.branch.name) for each in tree.branches)


def _branches(comparing: Comparing, old: Tree, new: Tree) -> Iterator[Change]:
    """Yield the branches that are in both versions, and that the tree holds in one of them only."""
    former = {today: name for name, today in comparing.branches.items()}
    before = {comparing.branches.get(each.branch.name): each.branch.name for each in old.branches}
    after = {each.branch.name for each in new.branches}
    for name in sorted(after & former.keys() - before.keys()):
        written = has_template(comparing.new.schema, new)
        effect = taken_in((new.name,)) if written else f"it is read from {new.name}"
        path = ("trees", new.name, "branches", name)
        message = f"{new.name} holds {name}"
        yield comparing.change("tree-branch-added", path, None, message, effect)
    for name in sorted(each for each in before if each is not None and each not in after):
        path, old_path = (("trees", new.name, "branches", each) for each in (name, before[name]))
        message = f"{new.name} no longer holds {name}"
        yield comparing.change(
            "tree-branch-removed", path, old_path, message, _left(comparing.old.schema, old, name)
        )


def _left(schema: Schema, tree: Tree, name: str) -> str:
    if has_template(schema, tree):
        return f"its records of {name} stay as they are: none is added, changed or removed"
    return f"{name} is no longer read from it, so no system follows it in that"
