"""The original's ten faults, and those measured in today's nearest libraries: none of them comes back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from dss_runtime import (
    Action,
    DataStoreBranch,
    DataStoreTree,
    DeclarationError,
    DefaultImporter,
    DefaultTemplate,
    DuplicateKeyError,
    Model,
    New,
    Outcome,
    override,
)
from dss_runtime.codegen import Answer, Field, ModelInfo
from dss_runtime.types import DecimalType, FloatType, IntType, SetType, StrType
from tests.runtime.people import (
    UNGUARDED,
    Obedient,
    Row,
    arrange,
    branch,
    enrolment,
    left,
    messages,
    patient,
    right,
    school,
    student,
)
from tests.runtime.things import Things, ThingsBranch, held, things


def test_1_trees_share_no_store() -> None:
    """Two trees of one class have records of their own; filling or clearing one leaves the other alone."""
    one, two = things({"1": {"name": "x"}}), things()

    assert (1, 0) == (len(held(one)), len(held(two)))
    held(two).make("2")
    one.clear()
    assert (0, ["2"]) == (len(held(one)), list(held(two)))
    assert one.datastore is not two.datastore


def test_2_equal_records_are_not_the_same_object() -> None:
    """A record of the right tree stays its own, even where it equals the left one, also after a sync."""
    a, b = things({"1": {"tags": ["x"]}, "2": {"tags": ["x"]}}), things({"1": {"tags": ["x"]}})
    before = held(b)["1"]

    _ = a >> b

    assert before is held(b)["1"]
    assert held(a)["1"] is not held(b)["1"]
    held(b)["2"].tags.append("leaked")
    assert ["x"] == held(a)["2"].tags


def test_2_a_value_that_was_set_is_not_shared() -> None:
    """A list that a sync has set on the right is another list than the left one's."""
    a, b = things({"1": {"tags": [["x"]]}}), things({"1": {"tags": None}})

    _ = a >> b

    held(b)["1"].tags.append("leaked")
    assert [["x"]] == held(a)["1"].tags


def test_3_a_new_record_is_on_the_left() -> None:
    """The action of a new record holds it as `left`; `right` is always nothing."""
    (action,) = left(school("1")) - right()

    assert isinstance(action, New)
    assert (school("1"), None) == (action.left, action.right)


def test_4_handlers_are_of_one_branch_and_attributes_mean_one_thing() -> None:
    """The same attribute of two branches has two handlers; `attribute` is its name or nothing."""
    a = left(school("S", name="n"), student("1", name="n", school="S"))
    b = right(school("S", name="o"), student("1", name="o", school="S"))

    assert ["changed_schools_name", "changed_students_name"] == [action.method for action in a - b]
    assert ["name", "name"] == [action.attribute for action in a - b]
    assert [None] == [action.attribute for action in left(school("1")) - right()]


def test_5_removals_come_children_first_and_always_in_one_order() -> None:
    """Records are removed in the reverse order of the branches they are made in, the same on every run."""
    world = (enrolment("2", "s"), enrolment("1", "s"), student("2"), student("1"), school("S"))

    made = [action.key for action in left(*world) - right()]
    removed = [action.key for action in left() - right(*world)]

    assert ["S", "2", "1", ("2", "s"), ("1", "s")] == made
    assert [("2", "s"), ("1", "s"), "2", "1", "S"] == removed


def test_6_a_failing_handler_ends_nothing_and_none_means_applied() -> None:
    """After an exception the other actions are carried out; returning nothing is not "not implemented"."""

    class Handlers(DefaultTemplate):
        def new_things(self, action: Action) -> None:
            if action.key == "1":
                raise ZeroDivisionError

    b = things(template=Handlers)

    result = things({"1": {}, "2": {}}) >> b

    assert [Outcome.failed("ZeroDivisionError"), Outcome.applied()] == [outcome for _, outcome in result]
    assert ((), ["2"]) == (result.not_implemented, list(held(b)))


@pytest.mark.parametrize(
    ("new", "old", "error"),
    [
        (1, "1", "the types differ: int on the left, str on the right"),
        (True, 1, "the types differ: bool on the left, int on the right"),
        (1, 1.0, "the types differ: int on the left, float on the right"),
        (["x"], "x", "the types differ: list on the left, str on the right"),
        (["x"], None, None),
        (None, ["x"], None),
        (None, "", None),
    ],
)
def test_7_a_mismatch_of_types_is_one_action_that_is_not_written_blindly(
    new: Any, old: Any, error: str | None
) -> None:
    """Values of two types are one action, which is rejected and says why; nothing fits every type."""
    a, b = things({"1": {"value": new}}), things({"1": {"value": old}})

    ((action, outcome),) = (a >> b).results

    assert ("changed", "value", new, old, error) == (
        action.kind, action.attribute, action.new, action.old, action.error,  # type: ignore[union-attr]
    )  # fmt: skip
    assert (Outcome.applied() if error is None else Outcome.rejected(error)) == outcome


def test_7_attributes_of_one_side_only_are_seen() -> None:
    """What either side lacks is an action with an error, whichever side it is."""
    a, b = things({"1": {"ours": 1}}), things({"1": {"theirs": 2}})

    assert [
        ("ours", "the right record has no attribute 'ours'"),
        ("theirs", "the left record has no attribute 'theirs'"),
    ] == [(action.attribute, action.error) for action in a - b]
    assert {"rejected"} == {outcome.status for _, outcome in a >> b}


class Rows(DefaultImporter):
    """Reads rows that the tree was given as settings."""

    @override
    def reader(self, branch: Any) -> Any:
        return self.tree.settings[branch.name]


def test_8_a_duplicate_is_an_error() -> None:
    """Two rows with one key end the import with an error that names branch and key; nothing of it is kept."""
    tree = Things(importer=Rows, settings={"things": [{"idnumber": "1"}, {"idnumber": "1"}]})

    with pytest.raises(DuplicateKeyError, match="holds the key '1' twice"):
        tree.load()
    assert [] == list(held(tree))


def test_8_positional_duplicates_are_an_error_too() -> None:
    """Rows without names are no way around it."""
    tree = Things(importer=Rows, settings={"things": [("1",), ("1",)]})

    with pytest.raises(DuplicateKeyError):
        tree.load()


def test_8_a_branch_that_nothing_reads_is_an_error() -> None:
    """An importer that does not say how a branch is read stops the import loudly."""
    tree = Things(importer=DefaultImporter)

    with pytest.raises(DeclarationError, match="the branch things"):
        tree.load()


def test_9_clearing_what_was_never_filled_is_fine() -> None:
    """An empty tree can be cleared, again and again."""
    tree = things()

    _ = -tree, -tree

    assert [] == list(held(tree))


def test_9_importing_again_keeps_no_old_keys() -> None:
    """A second load replaces all that the first one read."""
    rows: list[dict[str, str]] = [{"idnumber": "1"}]
    tree = Things(importer=Rows, settings={"things": rows})
    _ = +tree
    rows[:] = [{"idnumber": "2"}]

    _ = +tree

    assert ["2"] == list(held(tree))


@pytest.mark.parametrize(
    "name", ["store", "storeroom", "branch", "branches_of_trees", "stores", "branchoffice"]
)
def test_10_no_name_vanishes(name: str) -> None:
    """A branch may be called anything that the tree does not use itself, and is there under that name."""
    cls = type("Named", (ThingsBranch,), {"__branchname__": name})
    tree = type("Tree", (DataStoreTree,), {"__branches__": cls})()

    assert [name] == [each.name for each in tree.branches]
    assert tree.branches[0] is getattr(tree, name)


# -- today's nearest libraries ------------------------------------------------------------------------


def test_composite_keys_do_not_collide() -> None:
    """Parts are never joined: what would read alike is two keys; a number is not its text."""
    world = (enrolment("a__b", "c"), enrolment("a", "b__c"), enrolment("a", "b", role="c"))
    a = left(*world)

    assert 3 == len(branch(a, "enrolments"))
    assert [] == list(a - right(*world))
    numbers = things({1: {}, "1": {}})
    assert [1, "1"] == list(held(numbers))


class Measured(Row):
    """A record with numbers."""

    __slots__ = ("count", "idnumber", "price", "ratio", "tags", "text")
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Measured",
        ("Measured",),
        ("idnumber",),
        (
            Field("idnumber", StrType()),
            Field("count", IntType()),
            Field("ratio", FloatType(), optional=True),
            Field("price", DecimalType(scale=2), optional=True),
            Field("text", StrType(max_length=5, null_equals_empty=True), optional=True),
            Field("tags", SetType(of=StrType())),
        ),
    )


class MeasuresBranch(DataStoreBranch):
    """Measures."""

    __branchname__ = "measures"
    klass = Measured
    guard = UNGUARDED


class Measures(DataStoreTree):
    """A system of measures."""

    __branches__ = MeasuresBranch
    __template__ = Obedient


def measures(**fields: Any) -> Measures:
    """Return a tree with one measure."""
    tree = Measures()
    branch_of = tree.branches[0]
    branch_of.put("1", Measured(**{"idnumber": "1", "count": 0, **fields}))
    return tree


@pytest.mark.parametrize("side", ["new", "changed"])
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"count": "7"}, "count: is of the type str, where int was expected"),
        ({"text": 7}, "text: is of the type int, where str was expected"),
        ({"text": "far too long"}, "text: longer than 5 characters"),
    ],
)
def test_values_are_checked_on_change_as_on_creation(side: str, fields: dict[str, Any], reason: str) -> None:
    """A value of the wrong type, or that the target cannot hold, is rejected before it is written."""
    a, b = measures(**fields), Measures() if side == "new" else measures()
    before = dict(b.branches[0])

    ((action, outcome),) = (a >> b).results

    assert (Outcome.rejected(reason), reason) == (outcome, action.error)
    assert before == dict(b.branches[0])


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"ratio": float("nan")}, {"ratio": float("nan")}),
        ({"price": Decimal("1.10")}, {"price": Decimal("1.1")}),
        ({"text": None}, {"text": ""}),
        ({"tags": frozenset(("x", "y"))}, {"tags": frozenset(("y", "x"))}),
    ],
)
def test_what_the_target_cannot_tell_apart_is_no_difference(one: dict[str, Any], two: dict[str, Any]) -> None:
    """NaN, trailing zeros, nothing against empty text and the order of a set never make a difference."""
    assert [] == list(measures(**one) - measures(**two))
    assert [] == list(measures(**two) - measures(**one))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (float("nan"), float("nan")),
        ([float("nan")], [float("nan")]),
        (["a", "b"], ["b", "a"]),
        ({1, 2}, [2, 1]),
    ],
)
def test_hand_written_records_do_not_differ_for_ever_either(one: Any, two: Any) -> None:
    """NaN equals NaN, also in a list; the order of members is none."""
    assert [] == list(things({"1": {"value": one}}) - things({"1": {"value": two}}))


@pytest.mark.parametrize(("one", "two"), [(True, 1), (1, 1.0), ([True], [1]), ([1], [1.0]), ("1", 1)])
def test_values_of_two_types_are_not_equal(one: Any, two: Any) -> None:
    """True is not 1 and 1 is not 1.0, alone and in lists."""
    assert [] != list(things({"1": {"value": one}}) - things({"1": {"value": two}}))


def test_a_nan_in_a_list_can_be_removed() -> None:
    """A member that differs from itself is found when it has to go."""
    a, b = things({"1": {"value": [1.0]}}), things({"1": {"value": [1.0, float("nan")]}})

    assert (a >> b).ok
    assert [1.0] == held(b)["1"].value


def test_a_field_of_one_side_only_is_treated_alike_on_creation_and_change() -> None:
    """What the target does not hold is neither compared nor a reason to reject a new record."""
    a, b = measures(text="far too long"), Measures()
    arrange(b.branches[0], omitted=frozenset({"text"}))

    assert (a >> b).ok
    assert [] == list(a - b)


def test_a_parent_s_failure_is_its_own() -> None:
    """A failed removal is reported under its own record; whoever waits for it says so."""

    class Refusing(Obedient):
        @override
        def perform(self, action: Action, /) -> Answer:
            if action.branch == "students" and action.key == "1":
                raise PermissionError("read only")
            return None

    b = right(school("S"), student("1"), enrolment("1", "s"), template=Refusing)

    result = left().sync(b, policy=patient())

    assert [
        ("old_enrolments(student='1', section='s')", "applied"),
        ("old_students(idnumber='1')", "failed"),
        ("old_schools(idnumber='S')", "blocked"),
    ] == [(action.message, outcome.status) for action, outcome in result]
    assert [True, False, False] == [outcome.ok for _, outcome in result]


def test_no_child_is_skipped_without_a_trace() -> None:
    """Each child of a record that was not made has an outcome of its own that names the parent."""

    class Refusing(Obedient):
        @override
        def perform(self, action: Action, /) -> Answer:
            return Outcome.failed("no") if action.branch == "schools" else None

    a = left(school("S"), student("1"), student("2"), enrolment("1", "s"))

    result = a.sync(right(template=Refusing))

    assert ["failed", "blocked", "blocked", "blocked"] == [outcome.status for _, outcome in result]
    assert all("new_s" in outcome.reason for _, outcome in list(result)[1:])


def test_what_is_loaded_is_what_was_written() -> None:
    """After a sync nothing differs, so that no difference returns every night."""
    a = measures(count=3, ratio=0.5, price=Decimal("1.10"), text="", tags=frozenset("xy"))
    b = measures(count=2, ratio=1.0, price=Decimal("2"), text="old", tags=frozenset("z"))

    assert (a >> b).ok
    assert [] == messages(a - b)


def test_a_frozen_dataclass_is_a_record_too() -> None:
    """A hand-written model that nobody may assign to is brought up to date all the same."""

    @dataclass(frozen=True)
    class Frozen:
        """A record that is a value."""

        idnumber: str
        name: str

    a, b = things(), things()
    held(a).put("1", Frozen("1", "new"))
    held(b).put("1", before := Frozen("1", "old"))

    assert (a >> b).ok
    assert (Frozen("1", "new"), Frozen("1", "old")) == (held(b)["1"], before)


def test_a_model_written_by_hand_has_a_face() -> None:
    """It shows its class and its idnumber."""
    assert "<Model: '1'>" == repr(Model("1", secret="x"))
