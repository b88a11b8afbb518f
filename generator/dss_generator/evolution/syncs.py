"""Changes of syncs: there or not, from where to where, and of what."""

from __future__ import annotations

from collections.abc import Iterator

from ..schema.resolved import Schema, Sync
from .change import Change
from .comparing import Comparing


def compare_syncs(comparing: Comparing) -> Iterator[Change]:
    """Yield what changed of syncs; branches that are new, or gone, in the trees are told there."""
    before = {each.name: each for each in comparing.old.schema.syncs}
    after = {each.name: each for each in comparing.new.schema.syncs}
    for name, old in before.items():
        path = ("syncs", name)
        if name not in after:
            effect = f"`dss sync {name}` fails, and so does a job that calls it; {old.right} stays as it is"
            yield comparing.change("sync-removed", path, path, f"sync {name} removed", effect)
        else:
            yield from _continuing(comparing, old, after[name])
    for name, new in after.items():
        if name not in before:
            message = f"sync {name} from {new.left} to {new.right} added"
            effect = f"nothing happens until somebody calls `dss sync {name}`"
            yield comparing.change("sync-added", ("syncs", name), None, message, effect)


def _continuing(comparing: Comparing, old: Sync, new: Sync) -> Iterator[Change]:
    path = ("syncs", new.name)
    if (old.left, old.right) != (new.left, new.right):
        side = (*path, "from" if old.left != new.left else "to")
        message = (
            f"sync {new.name} leads from {new.left} to {new.right}, before from {old.left} to {old.right}"
        )
        effect = f"{new.right} follows {new.left}: what only {new.right} has is old"
        if old.right != new.right:
            effect = f"{old.right} stays as it is, and {effect}"
        yield comparing.change("sync-redirected", side, side, message, effect)
        return
    way = (*path, "branches")
    names = {today: former for former, today in comparing.branches.items()}
    before = {comparing.branches.get(each, each) for each in old.branches}
    for name in sorted({*new.branches} - before):
        if name in names and _both_hold(comparing.old.schema, old, names[name]):
            message = f"sync {new.name} takes in {name}"
            effect = f"{new.right} follows {new.left} in it: what only {new.right} has is old"
            yield comparing.change("sync-branch-added", (*way, name), None, message, effect)
    for name in sorted(before - {*new.branches}):
        if name in names and _both_hold(comparing.new.schema, new, name):
            message = f"sync {new.name} leaves out {name}"
            effect = f"its records in {new.right} stay as they are: none is added, changed or removed"
            yield comparing.change("sync-branch-removed", (*way, name), (*way, names[name]), message, effect)


def _both_hold(schema: Schema, sync: Sync, name: str) -> bool:
    return all(
        any(each.branch.name == name for each in tree.branches)
        for tree in schema.trees
        if tree.name in (sync.left, sync.right)
    )
