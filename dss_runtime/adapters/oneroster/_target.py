"""How the records of one branch are written to a file of a set."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime._target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterTarget(Target):
    """The file of a branch, by its name without `.csv`. `insert` are constants for columns of a new row."""

    standard: str
    file: str
    insert: tuple[tuple[str, object], ...] = ()
