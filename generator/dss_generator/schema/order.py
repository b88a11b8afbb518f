"""A stable order in which everything comes after what it needs."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence, Set


def in_order(names: Sequence[str], needs: Mapping[str, Set[str]]) -> tuple[str, ...]:
    """Return *names*, each after those it needs; of those that could come next the first of *names* does.

    Where all that is left waits for each other, the first of it comes next. Needs that are not among *names*
    count as met.
    """
    place = {name: index for index, name in enumerate(names)}
    waits = {
        name: {need for need in needs.get(name, frozenset()) if need in place and need != name}
        for name in names
    }
    behind: dict[str, list[str]] = {name: [] for name in names}
    for name, met in waits.items():
        for need in met:
            behind[need].append(name)
    ready = [place[name] for name in names if not waits[name]]
    order: dict[str, None] = {}
    first_left = 0
    while len(order) < len(names):
        while names[first_left] in order:
            first_left += 1
        name = names[heapq.heappop(ready)] if ready else names[first_left]
        if name in order:  # it was taken out of a circle before
            continue
        order[name] = None
        for each in behind[name]:
            waits[each].discard(name)
            if not waits[each]:
                heapq.heappush(ready, place[each])
    return tuple(order)


def circle_of(name: str, needs: Mapping[str, Set[str]]) -> tuple[str, ...]:
    """Return a shortest path from *name* through what it needs back to itself; empty when there is none."""
    paths: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    for path in paths:
        for need in sorted(needs.get(path[-1], frozenset())):
            if need == name:
                return (*path, name)
            if need not in seen:
                seen.add(need)
                paths.append((*path, need))
    return ()
