"""The order that refs give: parents before children, and otherwise the order that was there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dss_runtime._branch import Branch

N = TypeVar("N", bound=Hashable)


def parents_first(nodes: Sequence[N], parents: Callable[[N], Iterable[N]]) -> list[N]:
    """Return *nodes* so that each comes after its parents, otherwise in the given order.

    Nodes on a cycle keep their given order among themselves: nothing can be said to come first there.
    The walk keeps its own stack, so that a chain of any length is fine.
    """
    known = dict.fromkeys(nodes)
    done: dict[N, None] = {}
    for start in nodes:
        path: dict[N, None] = {}
        stack = [start]
        while stack:
            node = stack[-1]
            if node in done:
                stack.pop()
                continue
            path[node] = None
            waiting = [
                each for each in parents(node) if each in known and each not in done and each not in path
            ]
            if waiting:
                stack.extend(reversed(waiting))
            else:
                stack.pop()
                done[node] = None
    return list(done)


def ordered_branches(branches: Mapping[str, Branch[Any, Any]]) -> list[str]:
    """Return the names of *branches*, those referred to first, then by `order`, then as declared.

    Where refs go round in a circle, the required ones count: an optional one can be set afterwards.
    """
    names = sorted(branches, key=lambda name: branches[name].order)

    def parents(name: str, *, required: bool = False) -> list[str]:
        refs = {field.ref for field in branches[name].info.refs if not (required and field.optional)}
        return [other for other in names if other != name and refs.intersection(branches[other].info.kinds)]

    return parents_first(parents_first(names, parents), partial(parents, required=True))


def records_parents_first(branch: Branch[Any, Any], records: Mapping[Hashable, Any]) -> list[Hashable]:
    """Return the keys of *records* of one branch, those that others of it refer to first.

    Where refs go round in a circle, the required ones count: an optional one can be set afterwards.
    """
    own = [field for field in branch.info.refs if field.ref in branch.info.kinds]
    needed = [field for field in own if not field.optional]
    keys = list(records)
    for fields in (own, needed):
        if fields:
            keys = parents_first(keys, partial(_parents, records, [field.name for field in fields]))
    return keys


def _parents(records: Mapping[Hashable, Any], names: Sequence[str], key: Hashable) -> list[Hashable]:
    found: list[Hashable] = [getattr(records[key], name) for name in names]
    return [each for each in found if each != key]
