"""Which contestant is run at which size, how often, and what has become of each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path

from benchmarks.records.contestants import CONTESTANTS, Contestant
from benchmarks.records.making import made
from benchmarks.records.measuring import EndedError, Run, medians, run


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for; a run that takes longer than *patience* seconds is ended."""

    sizes: Sequence[int]
    runs: int
    patience: float
    only: Sequence[str] = ()

    @property
    def contestants(self) -> list[Contestant]:
        """Who is measured."""
        return [each for name, each in CONTESTANTS.items() if not self.only or name in self.only]


@dataclass(slots=True)
class Results:
    """The medians by contestant and size, and why the others have none."""

    measured: dict[tuple[str, int], Run] = field(default_factory=dict[tuple[str, int], Run])
    left_out: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])

    @property
    def sizes(self) -> list[int]:
        """The sizes that were measured, the smallest first."""
        return sorted({size for _, size in self.measured})

    def growth(self, name: str, size: int) -> float | None:
        """Return the power of the size with which the processor time has grown from the next smaller one."""
        smaller = [each for each in self.sizes if each < size and (name, each) in self.measured]
        if not smaller or (name, size) not in self.measured:
            return None
        before, now = self.measured[name, smaller[-1]].compared.cpu, self.measured[name, size].compared.cpu
        return log(now / before) / log(size / smaller[-1])


def measured(folder: Path, wishes: Wishes) -> Results:
    """Measure what was asked for, the smallest size first; who is too slow for one is not given a larger."""
    results = Results()
    slow: dict[str, str] = {}
    for size in sorted(wishes.sizes):
        files = made(folder, size)
        arguments = (str(files.folder), str(size))
        runs: dict[str, list[Run]] = {}
        running: list[str] = []
        for each in wishes.contestants:
            if each.takes(size) and each.name not in slow:
                running.append(each.name)
            else:
                results.left_out[each.name, size] = slow.get(
                    each.name, "only engines are given so many records"
                )
        for turn in range(wishes.runs):
            for name in tuple(running):
                _say(f"{size:,} records, {turn + 1} of {wishes.runs}: {name}")
                try:
                    runs.setdefault(name, []).append(
                        run("benchmarks.records.run", (name, *arguments), wishes.patience)
                    )
                except EndedError as error:
                    running.remove(name)
                    slow[name] = f"{error}, with {size:,} records"
                    results.left_out[name, size] = str(error)
        results.measured.update({(name, size): medians(runs[name]) for name in running})
    return results


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
