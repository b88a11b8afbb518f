"""Rows that could not become records."""

from __future__ import annotations

from dataclasses import dataclass, field

from dss_runtime._errors import Place
from dss_runtime._typing import override


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that could not become a record. `key` is a tuple of the key alone, empty when unreadable too."""

    branch: str
    place: Place
    reason: str
    key: tuple[object, ...] = field(default=(), repr=False)

    @override
    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"
