"""Adoption over generated schemas and data: by the adapter in memory, and by handlers of a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dss_runtime import DataStoreTree, New, Outcome, Status, Unclaimed
from dss_runtime._unclaimed import Form, form_of
from dss_runtime.adapters.memory import MemorySystem
from tests.generated_schemas.variations import disguised
from tests.generated_schemas.worlds import UNGUARDED, Data, World, info_of
from tests.strategies.runnable import CUSTOM, LEFT, RIGHT

few = settings(max_examples=max(2, settings().max_examples // 5))


def without_key(record: Any) -> Unclaimed:
    """Return *record* as a system holds it that has not got its key."""
    info = info_of(record)
    names = [each.name for each in info.fields if not each.derived and each.name not in info.key]
    return Unclaimed({name: getattr(record, name) for name in names})


def known_by(record: Any, by: tuple[str, ...]) -> Form | None:
    """Return who a record is by the fields *by*."""

    def value(name: str) -> object:
        return getattr(record, name)

    return form_of(info_of(record), by, value)


class Keyless:
    """A tree that holds some records of *ours*, where it adopts, without their keys, and no others."""

    def __init__(self, world: World, name: str, ours: Data, data: st.DataObject) -> None:
        self.by = {branch: held.match.by for branch, held in world.held(name).items() if held.match}
        self.ours = ours
        self.unclaimed = {
            branch: [without_key(disguised(each)) for each in ours[branch] if data.draw(st.booleans())]
            for branch in self.by
        }
        self.system = MemorySystem({}, self.unclaimed)
        self.settings = {"system": self.system}
        self.tree: DataStoreTree = world.again(name, self.settings).load()

    def check(self, action: New[Any, Any], outcome: Outcome) -> None:
        """Insist that a new record adopts what alone it matches, and is rejected where it matches several."""
        by = self.by[action.branch]
        form = known_by(action.left, by)
        theirs = self._matching(action, form)
        alone = len(theirs) == 1 and 1 == sum(form == known_by(each, by) for each in self.ours[action.branch])
        assert (action.adopts in theirs) is alone
        left = self.system.unclaimed(action.branch)
        if alone and outcome.ok:
            assert all(each is not theirs[0] for each in left)
        elif theirs:
            assert outcome.status in (Status.REJECTED, Status.BLOCKED)
            assert all(each in left for each in theirs)

    def _matching(self, action: New[Any, Any], form: Form | None) -> Sequence[Unclaimed]:
        info, by = info_of(action.left), self.by[action.branch]
        several = self.unclaimed[action.branch]
        return [each for each in several if form is not None and form == form_of(info, by, each.fields.get)]


@few
@given(data=st.data())
def test_records_without_a_key_are_adopted_by_one_match_only(world: World, data: st.DataObject) -> None:
    """What matches one to one is adopted, what matches several is left, and the rest converges."""
    ours = data.draw(world.data())
    left = world.tree(LEFT, ours).load()
    for name in (RIGHT, CUSTOM):
        keyless = Keyless(world, name, ours, data)
        result = left.sync(keyless.tree, policy=UNGUARDED)
        for action, outcome in result:
            if isinstance(action, New) and action.branch in keyless.by:
                keyless.check(action, outcome)
        again = world.again(name, keyless.settings).load()
        undone = {(action.branch, action.key) for action, outcome in result if not outcome.ok}
        assert undone == {(action.branch, action.key) for action in left - again}
