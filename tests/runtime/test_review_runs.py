"""What a reviewer broke: an unread source, a target that is busy at first, a comparison that fails."""

from __future__ import annotations

from typing import Any

import pytest

from dss_runtime import (
    DataStoreBranch,
    DataStoreTree,
    DefaultTemplate,
    GuardHeldError,
    Model,
    Phase,
    Policy,
    Status,
    TransientError,
    override,
)
from dss_runtime._guard import DEFAULT_FLOOR
from tests.runtime.people import Obedient
from tests.runtime.things import things


class Derived(DataStoreBranch):
    """Records that follow from those of the other branch."""

    __branchname__ = "derived"
    klass = Model
    derived_from = ("sources",)


class Sources(DataStoreBranch):
    """Records that are read."""

    __branchname__ = "sources"
    klass = Model


class System(DataStoreTree):
    """A system with the default guard."""

    __branches__ = (Sources, Derived)
    __template__ = Obedient


def system(sources: str = "", derived: str = "") -> Any:
    """Return a tree with a record for each letter."""
    tree: Any = System()
    for letter in sources:
        tree.sources.make(letter)
    for letter in derived:
        tree.derived.make(letter)
    return tree


@pytest.mark.parametrize("count", [1, DEFAULT_FLOOR])
def test_a_source_of_which_nothing_was_read_removes_not_even_a_few(count: int) -> None:
    """A source that gave no row holds the run; a tree that was filled, or not, by hand is what it is."""
    right: Any = System()
    for number in range(count):
        right.sources.make(str(number))

    left: Any = System()
    left.sources.rows_read = 0
    with pytest.raises(GuardHeldError, match="old records"):
        left.sync(right)
    assert count == len(right.sources)

    left.sources.rows_read = None
    assert left.sync(right).ok


def test_a_derived_branch_may_become_empty_when_its_source_did_not() -> None:
    """Nothing is derived from what is there: that is data, unlike nothing derived from nothing."""
    right = system("a", "xy")
    assert system("a").sync(right).ok
    assert 0 == len(right.derived)

    left = system()
    left.sources.rows_read = 0
    with pytest.raises(GuardHeldError, match="derived"):
        left.sync(system("", "xy"))


@pytest.mark.parametrize(("failures", "status"), [(2, Status.APPLIED), (3, Status.SKIPPED)])
def test_a_phase_that_cannot_begin_yet_is_tried_again(failures: int, status: Status) -> None:
    """TransientError is retried where a transaction begins too, as often as an action is."""
    begun: list[Phase] = []

    class Busy(DefaultTemplate):
        @override
        def begin(self, phase: Phase) -> None:
            begun.append(phase)
            if len(begun) <= failures:
                raise TransientError("the database is locked")

        def new_things(self, action: object) -> None:
            """Make it."""

    waits: list[float] = []
    result = things({"1": {}}).sync(
        things(template=Busy), policy=Policy(attempts=3, wait=float, sleep=waits.append)
    )

    assert [status] == [outcome.status for _, outcome in result]
    assert (["new"] * 3, 3.0) == (begun, sum(waits))


def test_an_error_of_a_comparison_names_the_record() -> None:
    """A property of the project that raises ends the comparison, and says for which record."""

    class Person(Model):
        @property
        def whole(self) -> str:
            return "/".join(vars(self)["names"])

    class People(DataStoreBranch):
        __branchname__ = "people"
        klass = Person

    class Census(DataStoreTree):
        __branches__ = People

    left: Any = Census()
    right: Any = Census()
    left.people.make("0042", names=["Ann", "Lee"])
    right.people.make("0042")

    with pytest.raises(KeyError) as caught:
        left.diff(right).plan()

    assert ["while comparing people (idnumber='0042')"] == caught.value.__notes__


def test_what_is_inspected_cannot_be_changed() -> None:
    """A datastore is read-only to whoever looks at it, down to the records of a branch, and up to date."""
    tree = system("a")
    inside: Any = tree.datastore.__tree__["System.sources"]

    with pytest.raises(TypeError):
        inside["b"] = inside["a"]

    tree.sources.make("c")
    assert ["a", "c"] == list(inside)
