"""Figures as a Markdown table, each held against its limit where it has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.processes import Cost


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, in one line; `limit` in seconds on the clock, None where there is none."""

    what: str
    cost: Cost
    limit: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the figure is within its limit."""
        return self.limit is None or self.cost.wall < self.limit


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| what | wall | processor | limit | |"
    yield "|---|--:|--:|--:|---|"
    for row in rows:
        limit = "" if row.limit is None else _shown(row.limit)
        verdict = "" if row.limit is None else "ok" if row.ok else "over"
        yield f"| {row.what} | {_shown(row.cost.wall)} | {_shown(row.cost.cpu)} | {limit} | {verdict} |"


def _shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.2 else f"{seconds * 1000:.0f} ms"
