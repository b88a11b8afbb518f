"""What is demanded of the product: ratios to what is written by hand, and to the nearest library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from benchmarks.processes import Cost
from benchmarks.records.measuring import Run
from benchmarks.records.rounds import Results
from benchmarks.records.writes import DATABASES
from benchmarks.records.writes.measuring import Writes

GB = 1_000_000_000
TARGET = 1_000_000
"""With how many records the limits have to be kept: with fewer, the start of a process counts for more."""
WRITING = 1.3
"""The limit of what writing takes, to the same statements by hand."""

Part: TypeAlias = Callable[[Run], Cost]
Figure: TypeAlias = tuple[str, Part]
"""The name of a contestant, and what of its run is looked at."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure of the product, what it is to be, and with how many records it was found.

    It is of processor time, where *clock* is the same by the clock, or of memory. The clock decides where
    it is about how long one waits: an engine works on all cores.
    """

    what: str
    found: float
    limit: float
    size: int
    unit: str = "x"
    at_least: bool = False
    clock: float | None = None
    by_clock: bool = False
    target: int = TARGET

    @property
    def ok(self) -> bool | None:
        """Whether it is as demanded; None where too few records were given to tell."""
        if self.size < self.target:
            return None
        found = self.clock if self.by_clock and self.clock is not None else self.found
        return found >= self.limit if self.at_least else found <= self.limit


class Ratio(NamedTuple):
    """Two figures of which one is to be so many times the other, at most or at least."""

    what: str
    of: Figure
    to: Figure
    limit: float
    at_least: bool = False
    by_clock: bool = False

    def verdict(self, results: Results) -> Iterator[Verdict]:
        """Yield what is told by the most records, up to TARGET, that both were given, if there are any."""
        size = _largest(results, self.of[0], self.to[0])
        if size is not None:
            one, other = (part(results.measured[name, size]) for name, part in (self.of, self.to))
            cpu, wall = one.cpu / other.cpu, one.wall / other.wall
            yield Verdict(
                self.what, cpu, self.limit, size, at_least=self.at_least, clock=wall, by_clock=self.by_clock
            )


def _stage(name: str) -> Part:
    return lambda run: run.stages[name]


WHOLE: Part = attrgetter("whole")
COMPARED: Part = attrgetter("compared")
RATIOS = (
    Ratio(
        "diff of objects : loop by hand over the same objects",
        ("objects", _stage("diff")),
        ("objects", _stage("diff by hand")),
        1.15,
    ),
    Ratio(
        "reading CSV into objects : parser by hand",
        ("objects", _stage("read")),
        ("loop", _stage("read")),
        1.2,
    ),
    Ratio("from two CSV files to actions : SQL by hand", ("pair", WHOLE), ("duckdb", WHOLE), 1.3),
    Ratio(
        "DiffSync's load and diff : from two CSV files to actions",
        ("diffsync", COMPARED),
        ("pair", WHOLE),
        80.0,
        at_least=True,
        by_clock=True,
    ),
)


def verdicts(results: Results, writes: Writes) -> Iterator[Verdict]:
    """Yield what can be told of what was measured."""
    for each in RATIOS:
        yield from each.verdict(results)
    yield from _memory(results)
    for name in DATABASES:
        product, hand = (writes.costs.get((writer, name)) for writer in ("product", "hand"))
        if product is not None and hand is not None:
            what, clock = f"60,000 actions to {name} : statements by hand", product.wall / hand.wall
            yield Verdict(what, product.cpu / hand.cpu, WRITING, writes.size, clock=clock, target=writes.size)


def _largest(results: Results, *names: str) -> int | None:
    """Return the largest size, up to TARGET, that all of them were measured with."""
    sizes = (size for size in results.sizes if all((name, size) in results.measured for name in names))
    return max((size for size in sizes if size <= TARGET), default=None)


def _memory(results: Results) -> Iterator[Verdict]:
    size = _largest(results, "objects", "loop")
    if size is not None:
        ours, theirs = (results.measured[name, size].peak for name in ("objects", "loop"))
        yield Verdict("peak memory with both sides as objects : by hand", ours / theirs, 1.1, size)
    if ("pair", TARGET) in results.measured:
        peak = results.measured["pair", TARGET].peak
        yield Verdict("peak memory from two CSV files to actions", peak / GB, 1.0, TARGET, unit=" GB")
