"""Who interrupts a run while DuckDB works interrupts it as at any other time."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from dss_runtime.engines.duckdb._tally import connected, tally

ENDLESS = (
    "pairs AS (SELECT 1 AS ln, 1 AS rn, 0 AS ls, 0 AS rs, false AS lx, false AS rx, "
    "true AS proven, false AS odd FROM range(1000000000000))"
)
"""What takes longer than anybody waits for."""


def test_an_interrupt_of_a_query() -> None:
    """What Python makes of the signal goes on, so that a run ends where it is told to."""
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    with connected() as connection:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            tally(connection, ENDLESS)
