"""Where the rows of one branch are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetSource:
    """The files of one branch, relative to the tree's folder, and the columns that are read from each.

    A path may hold one `*`; the files that it matches are read in the order of their names, or, with
    `newest`, only the one with the highest version in place of the `*`. A column is a name, or a position
    that counts from 0. Each file says itself, by its first bytes, whether it is Parquet or Arrow IPC.
    """

    path: tuple[str, ...]
    columns: tuple[str | int, ...]
    newest: bool = False
