"""Keeping the cyclic garbage collector away from what it would look at again and again in vain."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

_OFTEN_ENOUGH = 50_000
"""After how many new objects the young ones are looked at meanwhile: some 20 MB at most wait for it."""
MANY = 100_000
"""From so many new objects on, it takes a noticeable time to look at each of them."""


@contextmanager
def left_alone() -> Generator[None]:
    """Let the collector leave alone what there is now, and look less often at what is made in the block.

    A run makes many small objects in no circles beside all the records that are held. What handlers and
    drivers leave behind in circles is still found, however long the run.
    """
    first, *others = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(first and max(first, _OFTEN_ENOUGH), *others)  # 0 has switched it off
    try:
        yield
    finally:
        gc.set_threshold(first, *others)
        gc.unfreeze()


@contextmanager
def also_left_alone() -> Generator[None]:
    """Within `left_alone`, let the collector leave alone what is made in the block, and stays as long."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@contextmanager
def collector_suspended() -> Generator[None]:
    """Suspend the collector for the length of a block, unless it is already.

    Where the block has made a great many objects, they all count as old ones afterwards: otherwise the next
    small collection, which is for the youngest, would go through every one of them.
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
            gc.enable()
