"""What comparisons have proven of rows, kept from one run to the next: hashes with a key, and no values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dss_runtime.journal._journal import Journal


@dataclass(frozen=True, slots=True)
class Proven:
    """What is known of a branch, as long as its `mark` is the same; `age` runs ago all of it was read."""

    mark: str
    age: int
    pairs: bytes


def recall(journal: Journal, target: str, source: str, branch: str) -> Proven | None:
    """Return what runs from *source* to *target* have proven of *branch*; None where they have nothing."""
    if not journal.look_up("SELECT 1 FROM sqlite_master WHERE name = 'proven'"):
        return None  # A journal of an earlier version, which is only read.
    found = journal.look_up(
        "SELECT mark, age, pairs FROM proven WHERE target = ? AND source = ? AND branch = ?",
        target,
        source,
        branch,
    )
    return Proven(*found[0]) if found else None


def keep(journal: Journal, run: int, target: str, source: str, found: Mapping[str, Proven]) -> None:
    """Keep what a run has proven of each branch, in place of what was kept of it."""
    with journal.transaction() as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO proven VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((target, source, name, each.mark, each.age, each.pairs, run) for name, each in found.items()),
        )
