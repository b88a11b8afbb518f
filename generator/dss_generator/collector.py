"""The cyclic garbage collector, out of the way while a great many values are made and none is garbage."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def collector_suspended() -> Generator[None]:
    """Suspend the collector for a block, whose cycles it finds afterwards.

    It looks at all living objects each time their number has grown by a quarter. Syntax trees and fragments
    are many and have no cycles: reference counts free them at once.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
