"""What a run keeps of each work, and which works are tried together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from dss_runtime._passes import Passes
from dss_runtime._template import Work
from dss_runtime._trying import Call


@dataclass(slots=True)
class Unit:
    """A work as it is planned, with the positions of its actions, and what is tried of it now."""

    work: Work
    numbers: Sequence[int]
    passes: Passes
    now: Work

    @property
    def is_there(self) -> bool:
        """Whether it is a new record that was created already, and only lacks what is tried now."""
        return self.work.phase == "new" and self.now is not self.passes.works[0]

    @property
    def ends(self) -> bool:
        """Whether nothing is left to be done once what is tried now has succeeded."""
        return self.now is self.passes.works[-1]


class Group:
    """Units of one branch that are tried together, with their keys and what they refer to in that branch."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.units: list[Unit] = []
        self.keys: set[Hashable] = set()
        self.refs: set[Hashable] = set()

    def add(self, unit: Unit, refs: Iterable[Hashable]) -> None:
        """Add a unit."""
        self.units.append(unit)
        self.keys.add(unit.work.key)
        self.refs.update(refs)

    def hinders(self, work: Work, refs: frozenset[Hashable]) -> bool:
        """Whether what becomes of the group decides whether *work*, which refers to *refs*, can be tried."""
        if work.phase == "old":
            return work.key in self.refs
        return not refs.isdisjoint(self.keys)
