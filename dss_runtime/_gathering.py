"""The works of a phase: its actions by record, and by whether the adapter or a handler takes them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Literal, TypeAlias

from dss_runtime._actions import Action, Kind, Phase
from dss_runtime._branch import Branch
from dss_runtime._passes import Planner
from dss_runtime._template import DefaultTemplate, Work
from dss_runtime._units import Unit

Way: TypeAlias = Literal["adapter", "record", "alone"]
"""How a difference is carried out: by the adapter, or by a handler, which gets those of a record, or one."""


class Gathering:
    """Gathers actions into works; most of these need nothing beside them until they are settled.

    Of the others it knows, by their numbers, `units`, and with them all that are `singular`: those that a
    handler takes, or that are impossible.
    """

    def __init__(
        self, actions: Sequence[Action], branches: Mapping[str, Branch[Any, Any]], template: DefaultTemplate
    ) -> None:
        self._actions = actions
        self._branches = branches
        self._template = template
        self._ways: dict[tuple[str, str, str | None], Way] = {}
        self._several: dict[int, list[int]] = {}
        """The positions of the actions of works that have several, by the works' numbers."""
        self.units: dict[int, Unit] = {}
        self.singular: set[int] = set()
        new: list[int] = []
        changed: list[int] = []
        old: list[int] = []
        kinds: Mapping[Kind, list[int]] = {
            "new": new, "changed": changed, "added": changed, "removed": changed, "old": old,
        }  # fmt: skip
        for at, action in enumerate(actions):
            kinds[action.kind].append(at)
        self.phases: Mapping[Phase, Sequence[int]] = {"new": new, "changed": changed, "old": old}
        """The positions of the actions of each phase."""

    def works(self, phase: Phase) -> list[Work]:
        """Return the works of a phase, in the order of their first actions."""
        firsts = self._of_records() if phase == "changed" else self._of_actions(phase)
        actions, several = self._actions, self._several
        works: list[Work] = []
        for at in firsts:
            first = actions[at]
            theirs = tuple([actions[each] for each in several[at + 1]]) if at + 1 in several else (first,)
            works.append(Work(phase, first.branch, first.key, theirs, at + 1))
        for work, passes in Planner(self._branches, works, self._is_whole).special():
            self.units[work.number] = Unit(work, passes, passes.works[0])
            self.singular.add(work.number)
        return works

    def _of_actions(self, phase: Phase) -> Sequence[int]:
        """Return the positions of the actions of whole records, each of which makes a work."""
        for at in self.phases[phase]:
            action = self._actions[at]
            if action.error is not None or self.way(action) != "adapter":
                self.singular.add(at + 1)
        return self.phases[phase]

    def _of_records(self) -> Sequence[int]:
        """Return the positions of the first actions of works on records that both sides have."""
        firsts: list[int] = []
        known: dict[str, dict[Hashable, int]] = {name: {} for name in self._branches}
        for at in self.phases["changed"]:
            action = self._actions[at]
            way = self.way(action)
            if way == "alone" or action.error is not None:
                first = at
            else:
                first = known[action.branch].setdefault(action.key, at)
            if first != at:
                self._several.setdefault(first + 1, [first]).append(at)
                continue
            firsts.append(at)
            if way != "adapter" or action.error is not None:
                self.singular.add(at + 1)
        return firsts

    def way(self, action: Action) -> Way:
        """Return how the kind of an action is carried out."""
        kind = action.branch, action.kind, action.attribute
        known = self._ways.get(kind)
        if known is None:
            by_record = action.attribute is not None and self._branches[action.branch].by_record
            method = f"changed_{action.branch}" if by_record else action.method
            handled: Way = "record" if by_record else "alone"
            known = "adapter" if self._template.leaves_to_adapter(method) else handled
            self._ways[kind] = known
        return known

    def _is_whole(self, action: Action) -> bool:
        """Whether the action is done together with the others of its record; an impossible one never is."""
        return action.attribute is None or (action.error is None and self.way(action) != "alone")

    def positions(self, work: Work) -> Sequence[int]:
        """Return the positions of the actions that *work* was planned for."""
        return self._several.get(work.number) or (work.number - 1,)

    def all_positions(self, works: Sequence[Work]) -> Iterable[int]:
        """Return the positions of the actions that any of *works* was planned for."""
        if self._several:
            return chain.from_iterable(map(self.positions, works))
        return [work.number - 1 for work in works]

    def planned(self, works: Sequence[Work]) -> Sequence[Work]:
        """Return of what is tried the whole of each, as a rule the work itself."""
        if not self.units:
            return works
        found = [(work, self.units.get(work.number)) for work in works]
        return [work if unit is None else unit.work for work, unit in found]

    def simple(self, works: Sequence[Work]) -> bool:
        """Whether none of *works* is singular."""
        return not self.singular or self.singular.isdisjoint([work.number for work in works])
