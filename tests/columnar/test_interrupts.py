"""Who interrupts a run while DuckDB works interrupts it as at any other time."""

from __future__ import annotations

import threading
from typing import Any, cast

import pytest

from dss_runtime.engines.duckdb._tally import connected, tally

ENDLESS = (
    "pairs AS (SELECT 1 AS ln, 1 AS rn, 0 AS ls, 0 AS rs, false AS lx, false AS rx, "
    "true AS proven, false AS odd FROM range(1000000000000))"
)
"""What takes longer than anybody waits for."""


class Signalled:
    """Stands in for a connection whose query DuckDB ends since a signal's handler has raised.

    When it notices a signal depends on what its threads are at.
    """

    def execute(self, query: str) -> None:
        """Raise what DuckDB 2.0 raises then."""
        raise RuntimeError("Query interrupted")


def test_an_interrupt_of_a_query() -> None:
    """A query that is interrupted ends the run as Ctrl-C does."""
    over = threading.Event()

    def interrupt() -> None:
        while not over.wait(0.01):  # the first may come before the query has begun
            connection.interrupt()

    with connected() as connection:
        thread = threading.Thread(target=interrupt)
        thread.start()
        try:
            with pytest.raises(KeyboardInterrupt):
                tally(connection, ENDLESS)
        finally:
            over.set()
            thread.join()


def test_a_signal_amid_a_query() -> None:
    """What Python makes of a signal goes on, so that a run ends where it is told to."""
    with pytest.raises(KeyboardInterrupt):
        tally(cast("Any", Signalled()), "")
