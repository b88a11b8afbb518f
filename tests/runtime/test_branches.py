"""Branches and the datastore: making, finding and forgetting records."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import (
    DataStore,
    DataStoreBranch,
    DataStoreTree,
    DeclarationError,
    DuplicateKeyError,
    Model,
    override,
)
from tests.runtime.people import Enrolment, branch, enrolment, left, student
from tests.runtime.things import Things, ThingsBranch, held, things
from tests.runtime.unreadable import unreadable


def test_make_returns_the_record_that_is_there() -> None:
    """A key is made once; making it again returns the first record, unchanged."""
    made = held(tree := things()).make("1", name="first")

    assert made is held(tree).make("1", name="second")
    assert "first" == made.name
    assert made is held(tree).get("1") is held(tree)["1"]
    assert None is held(tree).get("2")


def test_the_key_may_be_worked_out() -> None:
    """A callable gives the key."""
    made = held(things()).make(lambda: "42", name="x")

    assert ("42", "x") == (made.idnumber, made.name)


def test_hooks_are_called_around_making() -> None:
    """A new record is announced before and after it is stored; one that was there when it is returned."""
    events: list[tuple[str, str, bool]] = []

    class Hooked(ThingsBranch):
        @override
        def will_make_new(self, record: Any) -> None:
            events.append(("will make", record.idnumber, record.idnumber in self))

        @override
        def did_make_new(self, record: Any) -> None:
            events.append(("did make", record.idnumber, record.idnumber in self))

        @override
        def will_return_old(self, record: Any) -> None:
            events.append(("will return", record.idnumber, record.idnumber in self))

    class Tree(Things):
        __branches__ = Hooked

    hooked = held(Tree())
    hooked.make("1")
    hooked.make("1")

    assert [("will make", "1", False), ("did make", "1", True), ("will return", "1", True)] == events


def test_a_sync_calls_no_hooks_of_making() -> None:
    """Bringing the right branch up to date is not making."""

    class Hooked(ThingsBranch):
        @override
        def will_make_new(self, record: Any) -> None:
            raise AssertionError

    class Tree(Things):
        __branches__ = Hooked

    b = Tree()
    assert (things({"1": {}}) >> b).ok
    assert ["1"] == list(held(b))


def test_a_branch_without_a_class_stores_what_it_is_given() -> None:
    """Where no klass is declared the record itself is given; anything else is an error that says how."""

    class Bare(DataStoreBranch):
        __branchname__ = "bare"

    class Tree(DataStoreTree):
        __branches__ = Bare

    bare = held(Tree())
    record = object()

    assert record is bare.make(1, object=record)
    assert record is bare.existing(1)
    assert bare.klass is None
    with pytest.raises(TypeError, match=r"branch Tree.bare has no klass: call make\(key, object=record\)"):
        bare.make("2", name="x")
    with pytest.raises(DuplicateKeyError):
        bare.existing(True)


def test_a_branch_is_a_mapping() -> None:
    """Keys, values, items, length and membership are those of the records, in the order of making."""
    thing = held(things({"2": {}, "1": {}}))

    assert (["2", "1"], 2) == (list(thing), len(thing))
    assert [("2", thing["2"]), ("1", thing["1"])] == list(thing.items())
    assert [thing["2"], thing["1"]] == list(thing.values())
    assert "1" in thing
    assert "3" not in thing
    with pytest.raises(KeyError):
        thing["3"]
    assert "<branch Things.things, 2 records>" == repr(thing)


def test_branches_are_equal_only_to_themselves() -> None:
    """Two branches with the same records are two, and each can be put into a set."""
    one, two = held(things()), held(things())

    assert one == one
    assert one != two
    assert 2 == len({one, two})


def test_queries_find_records() -> None:
    """By the beginning of the key, by attributes, and by any function: the first or all, in order."""
    thing = held(things({"ab": {"n": 1, "m": 1}, "b": {"n": 2, "m": 1}, "ac": {"n": 2, "m": 2}}))
    thing.make(3, n=9, m=9)

    assert ["ab", "ac"] == thing.keys_startswith("a")
    assert thing["b"] is thing.find(lambda each: each.n == 2)
    assert None is thing.find(lambda each: each.n == 3)
    assert [thing["b"], thing["ac"]] == thing.find_all(lambda each: each.n == 2)
    assert thing["ac"] is thing.find_by(n=2, m=2)
    assert None is thing.find_by(n=1, m=2)
    assert [thing["ab"], thing["b"]] == thing.find_all_by(m=1)


def test_records_can_be_forgotten() -> None:
    """One by its key, which must be there, or all, with what could not be read."""
    tree = left(student("1"), student("2"))
    students = branch(tree, "students")
    students.retired["3"] = student("3")
    unreadable(tree, "students", "4")

    students.delete("1")
    assert ["2"] == list(students)
    with pytest.raises(KeyError):
        students.delete("1")
    students.clear()
    assert (0, {}, []) == (len(students), students.retired, students.unreadable)
    students.clear()


def test_a_state_can_be_brought_back() -> None:
    """`restore` takes what `snapshot` returned: records, order, retired and unreadable ones."""
    tree = left(student("1"), student("2"))
    students = branch(tree, "students")
    students.retired["3"] = student("3")
    row = unreadable(tree, "students", "4")
    students.rows_read = 3
    state = students.snapshot()
    store = students.store()

    students.clear()
    students.put("9", student("9"))
    students.restore(state)

    assert (["1", "2"], ["3"], [row]) == (list(students), list(students.retired), students.unreadable)
    assert 3 == students.rows_read
    assert ["1", "2"] == list(store["Left.students"])


def test_keys_of_records_are_typed() -> None:
    """A composite key is a tuple of its parts, a single one the value itself."""
    enrolments = branch(left(), "enrolments")

    assert ("1", "s") == enrolments.key_of(enrolment("1", "s"))
    assert "1" == branch(left(), "students").key_of(student("1"))
    assert Enrolment is enrolments.klass


SIMILAR = st.sampled_from(
    [1, True, 1.0, 0, False, 0.0, "1", (1, "a"), (True, "a"), (1.0, "a"), ((1,), 1), ((True,), 1)]
)


@given(SIMILAR, SIMILAR)
def test_keys_that_python_takes_for_equal_never_merge(one: Any, two: Any) -> None:
    """1, 1.0 and True, also inside of tuples, are an error instead of one key."""
    thing = held(things())
    made = thing.make(one)

    if one != two:
        assert made is not thing.make(two)
    elif repr(one) == repr(two):
        assert made is thing.make(two)
    else:
        with pytest.raises(DuplicateKeyError, match="which is of another type"):
            thing.make(two)


def test_a_key_that_its_record_does_not_hold_is_still_told_apart() -> None:
    """Where a record's own idnumber is another one the stored keys are looked at."""
    thing = held(things())
    thing.put(1, Model("one"))

    assert thing[1] is thing.existing(1)
    with pytest.raises(DuplicateKeyError):
        thing.existing(True)


def test_looking_for_keys_that_are_no_text_does_not_search() -> None:
    """Meeting a key again compares it with its own record's, not with all that are stored."""
    compared = 0

    class Number:
        """A key that counts how often it is compared."""

        def __init__(self, value: int) -> None:
            self.value = value

        @override
        def __hash__(self) -> int:
            return hash(self.value)

        @override
        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return isinstance(other, Number) and self.value == other.value

    thing = held(things({Number(value): {} for value in range(100)}))
    compared = 0

    assert all(thing.existing(Number(value)) is not None for value in range(100))
    assert compared <= 3 * 100


def test_a_datastore_can_be_inspected_and_not_changed() -> None:
    """It maps "<tree>.<branch>" to the records, read-only, and so does a branch's store."""
    tree = things({"1": {}})

    assert {"Things.things": {"1": held(tree)["1"]}} == {
        name: dict(records) for name, records in tree.datastore.__tree__.items()
    }
    assert dict(held(tree)) == dict(held(tree).store()["Things.things"])
    with pytest.raises(TypeError):
        tree.datastore.__tree__["x"] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        held(tree).store()["Things.things"]["2"] = None  # type: ignore[index]
    assert "<DataStore Things.things: 1>" == repr(tree.datastore)


def test_trees_share_a_datastore_without_sharing_branches() -> None:
    """Two trees with names of their own keep their records apart in one datastore."""
    store = DataStore()
    one, two = Things(name="one", datastore=store), Things(name="two", datastore=store)

    held(one).make("1")

    assert ["one.things", "two.things"] == list(store.__tree__)
    assert (1, 0) == (len(held(one)), len(held(two)))
    assert [] == list(held(two))
    assert ["new_things(idnumber='1')"] == [action.message for action in one - two]
    held(two).clear()
    assert 1 == len(held(one))


def test_two_trees_of_one_name_cannot_share_a_datastore() -> None:
    """The second one is told to take another name, and the first one keeps its records."""
    store = DataStore()
    one = Things(datastore=store)
    held(one).make("1")

    with pytest.raises(
        DeclarationError, match=r"holds a branch 'Things.things' already: give the tree another name"
    ):
        Things(datastore=store)
    assert 1 == len(held(one))
