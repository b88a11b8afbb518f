"""The cyclic garbage collector, which has nothing to find in a bulk load."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


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
