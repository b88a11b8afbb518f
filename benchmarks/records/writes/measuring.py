"""The writers in turn: each run is a process of its own, on a table as it was before any of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import Cost
from benchmarks.records.making import made
from benchmarks.records.measuring import Run, medians, run
from benchmarks.records.workload import HEAVY, expected
from benchmarks.records.writes import DATABASES, SIZE, WRITERS
from benchmarks.records.writes.server import postgresql


@dataclass(frozen=True, slots=True)
class Writes:
    """The medians by writer and database, and why a database is left out."""

    size: int = SIZE
    costs: Mapping[tuple[str, str], Cost] = field(default_factory=dict[tuple[str, str], Cost])
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def actions(self) -> int:
        """How many actions each of them writes."""
        return sum(expected(self.size, HEAVY))


def writes_measured(folder: Path, times: int, patience: float) -> Writes:
    """Measure every writer *times* times on each database (EndedError when one is too slow)."""
    files = made(folder, SIZE, "heavy")
    runs: dict[tuple[str, str], list[Run]] = {}
    with postgresql() as server:
        left_out = {"postgresql": server.missing} if server.missing else {}
        for turn in range(times):
            for database in DATABASES:
                if database in left_out:
                    continue
                for writer in WRITERS:
                    print(
                        f"writes to {database}, {turn + 1} of {times}: {writer}", file=sys.stderr, flush=True
                    )
                    arguments = (writer, database, str(files.folder), *server[:3])
                    runs.setdefault((writer, database), []).append(
                        run("benchmarks.records.writes.run", arguments, patience)
                    )
    costs = {each: medians(measured).stages["write"] for each, measured in runs.items()}
    return Writes(costs=costs, left_out=left_out)
