"""Forgetting runs, so that a journal stays within its bounds."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from dss_runtime.journal._values import Bounds

OPEN = (
    "settled IS NULL AND EXISTS (SELECT 1 FROM works WHERE run = id "
    "AND works.state IN ('intended', 'written', 'unknown'))"
)
"""Whether nobody has looked yet at what became of a run's works."""

_PRUNABLE = (
    f"state != 'running' AND NOT ({OPEN}) "
    "AND id NOT IN (SELECT max(runs.id) FROM runs, json_each(runs.branches) "
    "WHERE state IN ('applied', 'incomplete') GROUP BY target, \"left\", command = 'undo', value) "
    "AND id NOT IN (SELECT max(id) FROM runs WHERE state = 'applied' AND command IN ('sync', 'apply') "
    "AND coalesce(json_extract(summary, '$.verification.converged'), 1) "
    "GROUP BY coalesce(json_extract(summary, '$.sync'), ''), \"left\", \"right\")"
)

_PAUSE = 100
"""More days without a run than these, and than runs are kept for, look like a clock that was wrong."""


def forget(connection: sqlite3.Connection, bounds: Bounds) -> int:
    """Forget runs beyond *bounds*, the oldest first; return how many.

    What is going on or is not settled stays, and so does the last run that came to its end on each target:
    the next one is compared with it, however long ago it was. So does the last success of each sync.
    Before runs are forgotten for their size, what comparisons have proven of rows is.
    Age is measured from the latest run, not from
    the clock, and not across a pause: a clock that is years ahead for a night must not wipe the history.
    """
    oldest, since = _aged(connection, bounds.keep_days)
    found = connection.execute(
        f"DELETE FROM runs WHERE {_PRUNABLE} "
        "AND (started < ? AND id >= ? OR id NOT IN (SELECT id FROM runs ORDER BY id DESC LIMIT ?))",
        (oldest, since, bounds.keep_runs),
    ).rowcount
    if _size(connection) > bounds.max_size:
        connection.execute("DELETE FROM proven")  # it can be proven again
    while (
        _size(connection) > bounds.max_size
        and connection.execute(
            f"DELETE FROM runs WHERE id = (SELECT min(id) FROM runs WHERE {_PRUNABLE})"
        ).rowcount
    ):
        found += 1
    return found


def _aged(connection: sqlite3.Connection, keep_days: int) -> tuple[str, int]:
    """Return before which moment a run is too old, and from which run on that can be told."""
    latest = connection.execute("SELECT started FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    if latest is None:
        return "", 0
    last = datetime.fromisoformat(latest[0])
    oldest = last - timedelta(days=min(keep_days, last.toordinal() - 1))
    (since,) = connection.execute(
        "SELECT max(id) FROM (SELECT id, julianday(started) - "
        "julianday(lag(started) OVER (ORDER BY id)) AS pause FROM runs) WHERE pause > ?",
        (max(keep_days, _PAUSE),),
    ).fetchone()
    return oldest.isoformat(timespec="milliseconds"), since or 0


def _size(connection: sqlite3.Connection) -> int:
    """Return how many bytes of the file hold something."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
