"""The rows of one side of a comparison: hashed at first, and parsed where that is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from dss_runtime._reading import SourceRows


class Rows(ABC):
    """The rows of one side, numbered from 0 in their order."""

    def __init__(self, rows: SourceRows) -> None:
        self.modified: datetime | None = getattr(rows, "modified", None)
        self.size: int | None = getattr(rows, "size", None)

    @abstractmethod
    def fingerprints(self) -> bytes | str:
        """Return the fingerprints of all rows, or why they cannot be told from each other."""

    @abstractmethod
    def picked(self, wanted: bytearray) -> SourceRows:
        """Return the rows whose byte in *wanted* is not 0."""

    @abstractmethod
    def all(self) -> SourceRows:
        """Return every row."""

    @abstractmethod
    def check(self) -> None:
        """Raise ChangedMeanwhileError where the rows are no longer what they were."""
