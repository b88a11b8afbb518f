"""How hand-written records compare, member by member and attribute by attribute."""

from __future__ import annotations

import copy
from collections.abc import Collection
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Difference, Model, override
from dss_runtime._model import copies, public_differences
from dss_runtime.codegen import ModelInfo, Record, member_differences
from tests.runtime.people import Student, messages
from tests.runtime.things import held, things

MEMBERS = st.lists(st.sampled_from([0, 1, True, 1.0, "a", "A", None, (1,)]), max_size=6)
KINDS = st.sampled_from([list, tuple, set, frozenset])


@given(MEMBERS, MEMBERS, KINDS, KINDS)
def test_members_are_compared_by_type_and_value(
    ours: list[Any], theirs: list[Any], one: type[Any], two: type[Any]
) -> None:
    """What only the left has is added, then what only the right has is removed; nothing else, each once."""
    left, right = one(ours), two(theirs)
    found = list(member_differences("tags", left, right))

    def kinds(members: Collection[Any]) -> set[tuple[str, Any]]:
        return {(type(member).__name__, member) for member in members}

    added = [(type(each.new).__name__, each.new) for each in found if each.operation == "added"]
    removed = [(type(each.old).__name__, each.old) for each in found if each.operation == "removed"]
    assert kinds(left) - kinds(right) == set(added)
    assert kinds(right) - kinds(left) == set(removed)
    assert len(found) == len(set(added)) + len(set(removed))
    assert ["added"] * len(added) + ["removed"] * len(removed) == [each.operation for each in found]


@given(st.lists(st.sampled_from("abcABC"), max_size=5), st.data())
def test_the_order_of_a_set_s_members_is_fixed(members: list[str], data: st.DataObject) -> None:
    """Members of sets come sorted, those of lists as they are, and the first of equal ones stands for all."""
    shuffled = data.draw(st.permutations(members))

    in_set = [each.new for each in member_differences("tags", set(shuffled), set[str]())]
    in_list = [each.new for each in member_differences("tags", shuffled, [], str.casefold)]

    assert sorted(set(members)) == in_set
    first = {each.casefold(): each for each in reversed(shuffled)}
    assert sorted(first.values(), key=shuffled.index) == in_list


def test_members_that_cannot_be_sorted_come_by_type_and_text() -> None:
    """A set of several types has a fixed order all the same."""
    found = member_differences("tags", {"b", 2, "a", 1}, frozenset[Any]())

    assert [1, 2, "a", "b"] == [each.new for each in found]


class Colour(Enum):
    """A kind of value."""

    RED = 1
    BLUE = 2


class Person(Model):
    """A record with all that may be an attribute."""

    colour = Colour.RED
    _hidden = 1

    @property
    def name(self) -> str:
        """A derived property."""
        return f"{self.first} {self.last}"

    first = "Ann"
    last = "Lee"

    def greet(self) -> str:
        """No attribute to compare."""
        return "hello"


def test_public_attributes_are_compared_and_nothing_else() -> None:
    """Class-level defaults, enums and properties count; methods and private names do not."""
    one, two = Person("1", _hidden=2, _private=3), Person("1", colour=Colour.BLUE, last="Li")

    assert [
        Difference("colour", Colour.RED, Colour.BLUE),
        Difference("last", "Lee", "Li"),
        Difference("name", "Ann Lee", "Ann Li"),
    ] == list(public_differences(one, two))


def test_a_derived_property_follows_from_what_it_is_made_of() -> None:
    """Its difference is applied without setting it, and nothing differs afterwards."""
    a, b = things(), things()
    held(a).put("1", Person("1", first="Bob"))
    held(b).put("1", Person("1"))

    result = a >> b

    assert [
        "changed_things_first(idnumber='1', old='Ann', new='Bob')",
        "changed_things_name(idnumber='1', old='Ann Lee', new='Bob Lee')",
    ] == messages(action for action, _ in result)
    assert (True, [], "Bob Lee") == (result.ok, list(a - b), held(b)["1"].name)


def test_a_record_that_compares_itself_wrongly_is_told() -> None:
    """A `-` may yield differences and names; anything else is an error that says so."""

    class Odd(Model):
        @override
        def __sub__(self, other: Any, /) -> Any:
            yield 3

    a, b = things(), things()
    held(a).put("1", Odd("1"))
    held(b).put("1", Odd("1"))

    with pytest.raises(TypeError, match=r"Odd.__sub__ has yielded int, not a Difference or a name"):
        list(a - b)


def test_a_name_that_one_side_lacks_is_nothing_there() -> None:
    """A `-` may name an attribute that only one record has."""

    class Named(Model):
        @override
        def __sub__(self, other: Any, /) -> Any:
            return ["shoe"]

    a, b = things(), things()
    held(a).put("1", Named("1", shoe=3))
    held(b).put("1", Named("1"))

    assert ["changed_things_shoe(idnumber='1', old=None, new=3)"] == messages(a - b)


def test_a_field_is_found_by_name() -> None:
    """A model's description gives its fields by name, and no others."""
    info: ModelInfo = Student.__dss__

    assert "Student" == info.name
    assert "mentor" == info["mentor"].name
    assert ("school", "mentor") == tuple(field.name for field in info.refs)
    assert frozenset({"email"}) == info.sensitive
    with pytest.raises(KeyError):
        info["nothing"]


class Slotted(Record):
    """A record in the shape of generated ones, with a slot that nothing need be put into."""

    __slots__ = ("idnumber", "name")

    def __init__(self, idnumber: str, name: str) -> None:
        self.idnumber = idnumber
        self.name = name


class Single(Record):
    """A record of one field."""

    __slots__ = ("idnumber",)


class Extended(Slotted):
    """A record to which a project has added what it likes, without slots."""


class Counted(Slotted):
    """A record to which a project has added a slot."""

    __slots__ = ("count",)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Slotted, {"idnumber": "1", "name": "A"}),
        (Slotted, {"name": "A"}),
        (Single, {"idnumber": "1"}),
        (Single, {}),
        (Extended, {"idnumber": "1", "name": "A", "more": ["x"]}),
        (Counted, {"idnumber": "1", "name": "A", "count": 3}),
    ],
)
def test_a_copy_of_a_record_holds_the_very_same_values(kind: type[Record], values: dict[str, Any]) -> None:
    """All slots, those of bases too, as far as something is in them, and whatever else there is."""
    record = kind.__new__(kind)
    for name, value in values.items():
        setattr(record, name, value)
    for other in (copy.copy(record), *copies([record, Single()])[:1]):
        assert kind is type(other)
        assert record is not other
        assert values == {name: getattr(other, name) for name in values}
        assert all(getattr(other, name) is value for name, value in values.items())
        assert not hasattr(other, "count") or "count" in values
