"""What was read into a branch, kept to go back to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from dss_runtime._rest import Rest
from dss_runtime._unclaimed import Unclaimed
from dss_runtime._unreadable import Unreadable

M = TypeVar("M")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class BranchState(Generic[K, M]):
    """Everything that was read into a branch, at one moment."""

    records: dict[K, M]
    retired: dict[K, M]
    expired: dict[K, datetime]
    unclaimed: list[Unclaimed]
    unreadable: list[Unreadable]
    rows_read: int | None
    bytes_read: int | None
    modified: datetime | None
    taken: dict[str, Collection[str]]
    rest: Rest[K, M] | None
