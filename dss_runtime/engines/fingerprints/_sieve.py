"""The sieve: rows that are as they were when their records were the same are left out."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime._sifting import Part
from dss_runtime.engines.fingerprints._comparing import Comparing
from dss_runtime.engines.fingerprints._facts import Facts, Memory
from dss_runtime.engines.fingerprints._mark import mark_of
from dss_runtime.engines.fingerprints._side import Side


@dataclass(frozen=True, slots=True)
class FingerprintSieve:
    """Leaves out what *memory* knows, and lets it know what this run proves."""

    memory: Memory

    @property
    def name(self) -> str:
        """What reports call it."""
        return "fingerprints"

    def pair(self, left: Part, right: Part) -> Pair | str:
        """Return what reads a branch of two trees, or why nothing is known of it where nothing is learned."""
        if left.recipe is None or right.recipe is None:
            return left.reason or right.reason
        for field in right.branch.info.fields:
            if field.derived:  # nobody can tell when that code changes
                return f"{field.name} is derived by code"
        mark = mark_of(left, right)
        if mark is None:
            return f"nobody can tell when a type of {right.branch.fullname} changes"
        facts = self.memory.recall(left.branch.name, mark)
        if isinstance(facts, str) and not self.memory.learns:
            return facts
        return Pair(self.memory, mark, facts)


class Pair:
    """A branch of two trees."""

    def __init__(self, memory: Memory, mark: str, facts: Facts | str) -> None:
        self.left = Side(memory.secret)
        self.right = Side(memory.secret)
        self._memory = memory
        self._mark = mark
        self._facts = facts

    def finish(self) -> str:
        """Read what may differ; return why that was all of it, "" where it was not."""
        left, right = self.left.taken, self.right.taken
        if left is not None and right is not None:
            return Comparing(left, right, self._memory, self._mark).finish(self._facts)
        self.left.give()
        self.right.give()
        return "nothing was read"  # by an importer that gives no rows
