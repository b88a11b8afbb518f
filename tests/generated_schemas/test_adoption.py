"""Adoption over generated schemas and data: by the adapter in memory, and by handlers of a project."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import New, Status, Unclaimed
from dss_runtime._unclaimed import form_of
from tests.generated_schemas.variations import disguised
from tests.generated_schemas.worlds import UNGUARDED, World, as_system, info_of
from tests.strategies.runnable import CUSTOM, LEFT, RIGHT


def without_key(record: Any) -> Unclaimed:
    """Return *record* as a system holds it that has not got its key."""
    info = info_of(record)
    names = [each.name for each in info.fields if not each.derived and each.name not in info.key]
    return Unclaimed({name: getattr(record, name) for name in names})


@given(data=st.data())
def test_records_without_a_key_are_adopted_by_one_match_only(world: World, data: st.DataObject) -> None:
    """What matches one to one is adopted, what matches several is left, and the rest converges."""
    ours = data.draw(world.data())
    left = world.tree(LEFT, ours).load()
    for name in (RIGHT, CUSTOM):
        matching = {branch: held.match for branch, held in world.held(name).items() if held.match}
        unclaimed = {
            branch: [without_key(disguised(each)) for each in ours[branch] if data.draw(st.booleans())]
            for branch in matching
        }
        system = as_system({})
        for branch, several in unclaimed.items():
            for each in several:
                system.lose_key(branch, each)
        right = world.tree(name, {})
        right.settings["system"] = system
        right.load()
        expected: dict[str, Counter[Any]] = {}
        for branch, match in matching.items():
            info = info_of(world.model(branch))
            forms = [
                form_of(info, match.by, lambda field, each=each: getattr(each, field))
                for each in ours[branch]
            ]
            expected[branch] = Counter(forms)
        result = left.sync(right, policy=UNGUARDED)
        for action, outcome in result:
            if not isinstance(action, New) or action.branch not in matching:
                continue
            match: Any = matching[action.branch]
            form = form_of(
                info_of(action.left), match.by, lambda field, action=action: getattr(action.left, field)
            )
            theirs = [
                each
                for each in unclaimed[action.branch]
                if form is not None and form == form_of(info_of(action.left), match.by, each.fields.get)
            ]
            alone = len(theirs) == 1 == expected[action.branch][form]
            assert (action.adopts in theirs) is alone
            if theirs and not alone:
                assert Status.REJECTED is outcome.status
            elif alone and outcome.ok:
                assert all(each is not theirs[0] for each in system.unclaimed(action.branch))
        again = world.again(name, right.settings).load()
        undone = {(action.branch, action.key) for action, outcome in result if not outcome.ok}
        assert undone == {(action.branch, action.key) for action in left - again}
