"""Places in schema files."""

from __future__ import annotations

from dataclasses import dataclass

from .marks import override


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a schema file; line and column count from 1."""

    file: str
    line: int
    column: int

    @override
    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
