"""Which file of a set one branch is read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSource:
    """A file of a set, by its name without `.csv`, and the columns that are read from it."""

    standard: str
    file: str
    columns: tuple[str, ...]
