"""The cyclic garbage collector, which has nothing to find in a bulk load."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

MANY = 100_000
"""From so many new objects on, it takes a noticeable time to look at each of them."""


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
