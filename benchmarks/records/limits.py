"""What is demanded of the product: ratios to what is written by hand, and to the nearest library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeAlias

from benchmarks.processes import Cost
from benchmarks.records.measuring import Run
from benchmarks.records.rounds import Results
from benchmarks.records.writes import DATABASES
from benchmarks.records.writes.measuring import Writes

GB = 1_000_000_000
TARGET = 1_000_000
"""With how many records the limits have to be kept: with fewer, the start of a process counts for more."""

Part: TypeAlias = Callable[[Run], Cost]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure of the product, what it is to be, and with how many records it was found.

    It is of processor time, where *clock* is the same by the clock, or of memory.
    """

    what: str
    found: float
    limit: float
    size: int
    unit: str = "x"
    at_least: bool = False
    clock: float | None = None
    target: int = TARGET

    @property
    def ok(self) -> bool | None:
        """Whether it is as demanded; None where too few records were given to tell."""
        if self.size < self.target:
            return None
        return self.found >= self.limit if self.at_least else self.found <= self.limit


def verdicts(results: Results, writes: Writes) -> Iterator[Verdict]:
    """Yield what can be told of what was measured, each of the most records that both sides were given."""
    read, diff, by_hand = _stage("read"), _stage("diff"), _stage("diff by hand")
    whole: Part = attrgetter("whole")
    compared: Part = attrgetter("compared")
    yield from _ratio(
        results,
        "diff of objects : loop by hand over the same objects",
        1.15,
        ("objects", diff),
        ("objects", by_hand),
    )
    yield from _ratio(
        results, "reading CSV into objects : parser by hand", 1.2, ("objects", read), ("loop", read)
    )
    yield from _memory(results)
    yield from _ratio(
        results, "from two CSV files to actions : SQL by hand", 1.3, ("pair", whole), ("duckdb", whole)
    )
    yield from _ratio(results, "DiffSync's load and diff : from two CSV files to actions", 80.0,
                      ("diffsync", compared), ("pair", whole), at_least=True)  # fmt: skip
    for name in DATABASES:
        if (product := writes.costs.get(("product", name))) and (hand := writes.costs.get(("hand", name))):
            what, clock = f"60,000 actions to {name} : statements by hand", product.wall / hand.wall
            yield Verdict(what, product.cpu / hand.cpu, 1.3, writes.size, clock=clock, target=writes.size)


def _stage(name: str) -> Part:
    return lambda run: run.stages[name]


def _largest(results: Results, *names: str) -> int | None:
    """Return the largest size that all of them were measured with."""
    sizes = [size for size in results.sizes if all((name, size) in results.measured for name in names)]
    return max(sizes, default=None)


def _ratio(
    results: Results,
    what: str,
    limit: float,
    of: tuple[str, Part],
    to: tuple[str, Part],
    *,
    at_least: bool = False,
) -> Iterator[Verdict]:
    size = _largest(results, of[0], to[0])
    if size is not None:
        ours, theirs = (part(results.measured[name, size]) for name, part in (of, to))
        clock = ours.wall / theirs.wall
        yield Verdict(what, ours.cpu / theirs.cpu, limit, size, at_least=at_least, clock=clock)


def _memory(results: Results) -> Iterator[Verdict]:
    size = _largest(results, "objects", "loop")
    if size is not None:
        ours, theirs = (results.measured[name, size].peak for name in ("objects", "loop"))
        yield Verdict("peak memory with both sides as objects : by hand", ours / theirs, 1.1, size)
    if ("pair", TARGET) in results.measured:
        peak = results.measured["pair", TARGET].peak
        yield Verdict("peak memory from two CSV files to actions", peak / GB, 1.0, TARGET, unit=" GB")
