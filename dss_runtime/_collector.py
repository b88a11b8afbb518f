"""Keeping the cyclic garbage collector away from what it would look at again and again in vain."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

_OFTEN_ENOUGH = 50_000
"""After how many new objects the young ones are looked at meanwhile: some 20 MB at most wait for it."""


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
def collector_suspended() -> Generator[None]:
    """Suspend the collector for the length of a block, unless it is already."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
