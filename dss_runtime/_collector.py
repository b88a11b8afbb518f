"""Keeping the cyclic garbage collector away from what it would look at again and again in vain."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

_OFTEN_ENOUGH = 50_000
"""After how many new objects the young ones are looked at meanwhile: some 20 MB at most wait for it."""
MANY = 50_000
"""From so many new objects on, it takes a noticeable time to look at each of them."""
MOST = 8
"""After how many blocks with many objects all are looked at: a nightly run has fewer of them."""


class _Runs:
    """How many runs are under way, in whatever threads, and what the collector's thresholds were before."""

    lock = Lock()
    open = 0
    before: tuple[int, int, int] = (0, 0, 0)


class _Unseen:
    """How many blocks have made many objects that the collector has not looked at yet."""

    blocks = 0


@contextmanager
def left_alone() -> Generator[None]:
    """Let the collector look less often at what is made in the block.

    A run makes many small objects in no circles. What handlers and drivers leave behind in circles is still
    found, however long the run.
    """
    with _Runs.lock:
        if not _Runs.open:
            _Runs.before = first, *others = gc.get_threshold()
            gc.set_threshold(first and max(first, _OFTEN_ENOUGH), *others)  # 0 has switched it off
        _Runs.open += 1
    try:
        yield
    finally:
        with _Runs.lock:
            _Runs.open -= 1
            if not _Runs.open:
                gc.set_threshold(*_Runs.before)


@contextmanager
def collector_suspended() -> Generator[None]:
    """Suspend the collector for the length of a block, unless it is already.

    Where the block has made a great many objects, they all count as old ones afterwards: otherwise the next
    small collection, which is for the youngest, would go through every one of them. Python does not count
    them when it asks whether it is time to look at the old ones, so this does: a tree and its branches know
    each other, and a process that goes on from run to run would never be rid of one. What the program itself
    had frozen counts as old then as well.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if gc.get_count()[0] > MANY:
                gc.freeze()
                gc.unfreeze()
                _Unseen.blocks += 1
            if _Unseen.blocks >= MOST:
                _Unseen.blocks = 0
                gc.collect()
            gc.enable()
