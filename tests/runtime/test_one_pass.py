"""A plan is found in one pass over each side, and is what the walk over one kind after the other finds."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given

from dss_runtime import Difference, Model, override
from dss_runtime._collector import MANY, collector_suspended
from tests.runtime.people import World, left, right, worlds
from tests.runtime.things import held, things


@given(worlds(), worlds())
def test_a_plan_is_what_an_iteration_yields(ours: World, theirs: World) -> None:
    """`plan()` and iterating over a diff give equal actions in the same order."""
    diff = left(*ours) - right(*theirs)

    actions, held_back = diff.plan()

    assert actions == list(iter(diff))
    assert held_back == diff.held_back()


class Sour(Model):
    """A record that cannot be compared when it is sour."""

    sour: bool

    @override
    def __sub__(self, other: Model, /) -> list[Difference | str]:
        if self.sour:
            raise ArithmeticError("sour")
        return ["taste"]


def test_an_error_of_a_comparison_ends_a_plan_as_it_ends_an_iteration() -> None:
    """Both tell it only after the new records, with a note of which record it was."""
    ours, theirs = things({"1": {}, "4": {}}), things({"1": {}, "2": {}, "3": {}})
    for key in ("2", "3"):
        held(ours).put(key, Sour(key, sour=key == "3", taste=1))
    diff = ours - theirs
    walk = iter(diff)

    assert [next(walk).method, next(walk).method] == ["new_things", "changed_things_taste"]
    with pytest.raises(ArithmeticError) as lazily:
        next(walk)
    with pytest.raises(ArithmeticError) as at_once:
        diff.plan()
    assert lazily.value.__notes__ == at_once.value.__notes__ == ["while comparing things (idnumber='3')"]


def test_what_a_bulk_load_has_made_is_not_looked_at_by_the_next_small_collection() -> None:
    """The youngest generation is empty afterwards, whatever was made, and the collector is on."""
    with collector_suspended():
        made = [[at] for at in range(MANY + 1)]

    assert gc.isenabled()
    assert len(made) > gc.get_count()[0]
