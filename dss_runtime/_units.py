"""The works of a run, what it keeps of a few of them, and which are tried together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from dss_runtime._passes import Passes
from dss_runtime._template import Work
from dss_runtime._trying import Call


@dataclass(slots=True)
class Unit:
    """A work that is not simply tried as it is planned, and what is tried of it now."""

    work: Work
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
    """Works of one branch that are tried together.

    It knows the keys of those that are added, and what their records refer to in that branch; *works* do
    not depend on each other.
    """

    def __init__(self, call: Call, works: Sequence[Work] = ()) -> None:
        self.call = call
        self.works = list(works)
        self.keys: set[Hashable] = set()
        self._refs: set[Hashable] = set()

    def add(self, work: Work, refs: Iterable[Hashable]) -> None:
        """Add a work."""
        self.works.append(work)
        self.keys.add(work.key)
        self._refs.update(refs)

    def hinders(self, work: Work, refs: frozenset[Hashable]) -> bool:
        """Whether what becomes of the group decides whether *work*, which refers to *refs*, can be tried."""
        if work.phase == "old":
            return work.key in self._refs
        return not refs.isdisjoint(self.keys)
