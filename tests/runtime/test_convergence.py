"""The invariants of a diff and a sync, over any two trees."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Action, DataStoreTree, Diff, Difference, Model, override
from tests.runtime.people import (
    Obedient,
    World,
    arrange,
    branch,
    canonical,
    content,
    fill,
    left,
    messages,
    patient,
    right,
    school,
    shuffled,
    student,
    worlds,
)
from tests.runtime.things import held, things


@given(worlds())
def test_a_tree_does_not_differ_from_itself(world: World) -> None:
    """`a - a` is empty, and so is the difference from a tree with equal records."""
    tree = left(*world)

    assert [] == list(tree - tree)
    assert [] == list(tree - right(*world))


@given(worlds(), worlds())
def test_a_sync_converges(ours: World, theirs: World) -> None:
    """After `a >> b`, `a - b` is empty and `b` equals `a` in canonical form."""
    a, b = left(*ours), right(*theirs)

    result = a >> b

    assert result.ok
    assert [] == list(a - b)
    assert canonical(a) == canonical(b)


@given(worlds(), worlds())
def test_a_second_sync_does_nothing(ours: World, theirs: World) -> None:
    """A sync of trees that are in step calls no handler and leaves the right tree as it is."""
    a, b = left(*ours), right(*theirs)
    _ = a >> b
    before, calls = content(b), len(_seen(b))

    result = a >> b

    assert () == result.results
    assert before == content(b)
    assert calls == len(_seen(b))


@given(worlds(), worlds())
def test_the_inverse_restores(ours: World, theirs: World) -> None:
    """Syncing `b` as it was before onto `b` takes back what `a >> b` did, in canonical form."""
    a, b, before = left(*ours), right(*theirs), left(*theirs)
    _ = a >> b

    _ = before >> b

    assert canonical(before) == canonical(b)
    assert [] == list(before - b)


@given(worlds(), worlds())
def test_the_diff_is_antisymmetric(ours: World, theirs: World) -> None:
    """What is new from one side is old from the other, and a changed record is changed from both."""
    a, b = left(*ours), right(*theirs)

    def sketch(diff: Diff, kinds: dict[str, str]) -> set[tuple[Any, ...]]:
        return {(each.branch, each.key, each.attribute, kinds.get(each.kind, each.kind)) for each in diff}

    opposite = {"new": "old", "old": "new", "added": "removed", "removed": "added"}
    # Of members with one canonical form either may stand for it, so that items are not compared here.
    assert sketch(a - b, {}) == sketch(b - a, opposite)


@given(worlds(), worlds())
def test_the_source_is_never_changed(ours: World, theirs: World) -> None:
    """A sync leaves the left tree's records, their order, and the records that were given as they were."""
    kept = copy.deepcopy(ours)
    a, b = left(*ours), right(*theirs)
    before = [(each.name, list(each.items())) for each in left(*kept).branches]

    _ = a >> b

    assert kept == ours
    assert before == [(each.name, list(each.items())) for each in a.branches]


@given(worlds(), worlds())
def test_the_two_sides_never_share_a_record(ours: World, theirs: World) -> None:
    """After a sync no record of the right tree is an object of the left one."""
    a, b = left(*ours), right(*theirs)

    _ = a >> b

    objects = [{id(record) for each in tree.branches for record in each.values()} for tree in (a, b)]
    assert set() == objects[0] & objects[1]


@given(st.data(), worlds(), worlds())
def test_the_differences_do_not_depend_on_the_order_of_input(
    data: st.DataObject, ours: World, theirs: World
) -> None:
    """Reading the same records in another order gives the same actions, and the same tree after a sync."""
    a, b = left(*ours), right(*theirs)
    c, d = left(*shuffled(data, ours)), right(*shuffled(data, theirs))

    assert sorted(messages(a - b)) == sorted(messages(c - d))
    _, _ = a >> b, c >> d
    assert canonical(b) == canonical(d)


@given(worlds(), worlds())
def test_a_diff_is_lazy_and_can_be_iterated_again(ours: World, theirs: World) -> None:
    """Two iterations give equal actions in the same order, and one after a sync shows what is left."""
    a, b = left(*ours), right(*theirs)
    diff = a - b

    assert list(diff) == list(diff)
    assert len(diff) == len(list(diff)) == sum(sum(kinds.values()) for kinds in diff.counts().values())
    _ = a >> b
    assert [] == list(diff)
    assert {} == diff.counts()


@given(worlds(), worlds())
def test_every_action_says_what_differs(ours: World, theirs: World) -> None:
    """An action's records are those that the trees hold, and its values those of its attribute."""
    a, b = left(*ours), right(*theirs)

    for action in a - b:
        assert action.left is branch(a, action.branch).get(action.key)
        assert action.right is branch(b, action.branch).get(action.key)
        assert (action.attribute is None) == (action.kind in ("new", "old"))
        if action.kind == "changed":
            assert (getattr(action.left, action.attribute), getattr(action.right, action.attribute)) == (
                action.new,
                action.old,
            )
        elif action.kind == "added":
            assert action.item in getattr(action.left, action.attribute)
        elif action.kind == "removed":
            assert action.item in getattr(action.right, action.attribute)


@given(worlds(), worlds())
def test_a_sync_changes_only_what_differs(ours: World, theirs: World) -> None:
    """A record without a difference is the same object after the sync as before."""
    a, b = left(*ours), right(*theirs)
    touched = {(action.branch, action.key) for action in a - b}
    before = {(each.name, key): record for each in b.branches for key, record in each.items()}

    _ = a >> b

    for ident, record in before.items():
        if ident not in touched:
            assert branch(b, ident[0])[ident[1]] is record


KEYS = st.lists(
    st.one_of(
        st.integers(0, 3),
        st.sampled_from(["1", "01", "1.0", "a__b", "a", "b__c", "True"]),
        st.tuples(st.sampled_from(["a", "a__b", 1]), st.sampled_from(["b__c", "c", "1"])),
    ),
    unique=True,
)


@given(KEYS, KEYS)
def test_different_keys_never_merge(ours: list[Any], theirs: list[Any]) -> None:
    """Every key of either side is new, old or compared with itself; text, numbers and tuples stay apart."""
    a, b = (things({key: {} for key in keys}) for keys in (ours, theirs))
    new = [("new", key) for key in ours if key not in theirs]
    old = [("old", key) for key in theirs if key not in ours]

    assert new + old == [(action.kind, action.key) for action in a - b]

    _ = a >> b
    assert sorted(map(repr, ours)) == sorted(map(repr, held(b)))
    assert all(type(record.idnumber) is type(key) for key, record in held(b).items())


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2),
    st.floats(width=16),
    st.sampled_from(["", "1", "a"]),
    st.lists(st.integers(0, 2) | st.sampled_from("ab") | st.just(float("nan")), max_size=3),
    st.frozensets(st.integers(0, 2), max_size=2),
    st.lists(st.lists(st.integers(0, 1), max_size=1), max_size=1),
    st.dictionaries(st.sampled_from("ab"), st.integers(0, 1), max_size=1),
)
FIELDS = st.dictionaries(st.sampled_from(["one", "two", "_private"]), VALUES)


@given(st.dictionaries(st.sampled_from("abc"), FIELDS), st.dictionaries(st.sampled_from("abc"), FIELDS))
def test_hand_written_records_of_any_values_compare_and_converge(
    ours: dict[str, dict[str, Any]], theirs: dict[str, dict[str, Any]]
) -> None:
    """No values make a diff raise; after a sync only what cannot be compared is left, rejected."""
    a, b = things(copy.deepcopy(ours)), things(copy.deepcopy(theirs))
    impossible = [action.message for action in a - b if action.error is not None]

    result = a.sync(b, policy=patient())

    assert impossible == [action.message for action, outcome in result if outcome.status == "rejected"]
    assert impossible == messages(a - b)
    assert [] == list(a - a)


def test_a_diff_counts_by_branch_and_kind() -> None:
    """Counts name each branch with differences and each kind in it."""
    a = left(school("S"), student("1", name="Ann"), student("2", courses=frozenset({"x"})))
    b = right(school("S"), student("2", name="Bob"), student("3"))

    assert {"students": {"new": 1, "changed": 1, "added": 1, "old": 1}} == (a - b).counts()


def test_a_diff_can_be_of_some_branches() -> None:
    """Only the branches that are asked for are compared and synced; the others are named, each once."""
    a, b = left(school("S"), student("1")), right()

    diff = a.diff(b, branches=["schools"])

    assert ["new_schools(idnumber='S')"] == messages(diff)
    assert ("enrolments", "students") == diff.unmatched
    assert "<Diff Left - Right>" == repr(diff)
    result = a.sync(b, branches=["schools"])
    assert ["new_schools(idnumber='S')"] == messages(action for action, _ in result)
    assert ["new_students(idnumber='1')"] == messages(a - b)


def test_a_preview_prints_every_difference_and_changes_nothing(capsys: Any) -> None:
    """`a > b` prints a line per action in order, and returns the diff."""
    a, b = left(school("S"), student("1")), right(student("2"))

    diff = a > b

    expected = ["new_schools(idnumber='S')", "new_students(idnumber='1')", "old_students(idnumber='2')"]
    assert expected == capsys.readouterr().out.splitlines()
    assert expected == messages(diff)
    assert ["2"] == list(branch(b, "students"))


def test_the_order_of_the_right_tree_is_kept() -> None:
    """Records that are changed stay where they are; new ones come last, in the left's order."""
    a = left(school("S"), student("3"), student("2", name="B"), student("1"), student("4"))
    b = right(school("S"), student("1", name="Bob"), student("2"), student("0"))

    _ = a >> b

    assert ["1", "2", "3", "4"] == list(branch(b, "students"))


def test_what_one_side_omits_is_not_compared() -> None:
    """A field that either tree does not hold is no difference, whichever side it is."""
    for side in ("left", "right"):
        a, b = left(school("S", name="Hill")), right(school("S", name="Dale"))
        partial = branch(a if side == "left" else b, "schools")
        arrange(partial, omitted=frozenset({"name"}))
        assert [] == list(a - b)


def test_what_is_kept_is_never_old() -> None:
    """A branch that keeps old records yields none, and they stay after a sync."""
    a, b = left(), right(school("S"))
    arrange(branch(b, "schools"), keeps_old=True)

    assert [] == list(a - b)
    _ = a >> b
    assert ["S"] == list(branch(b, "schools"))


def test_a_retired_record_is_revived() -> None:
    """Where old records are disabled, they wait in `retired`; their return is new and takes them out."""
    a, b = left(), right(school("S", name="Dale"))
    schools = branch(b, "schools")
    arrange(schools, retires_old=True)

    _ = a >> b
    assert ([], ["S"]) == (list(schools), list(schools.retired))

    fill(a, [school("S", name="Hill")])
    result = a >> b
    assert ["new_schools(idnumber='S')"] == messages(action for action, _ in result)
    assert ([school("S", name="Hill")], {}) == (list(schools.values()), schools.retired)


def test_adding_to_nothing_makes_a_collection_of_the_left_s_kind() -> None:
    """A set that is None on the right becomes a set when a member is added, and differs no more."""
    a, b = (
        left(school("S"), student("1", courses=frozenset({"x"}))),
        right(school("S"), student("1", courses=None)),
    )

    _ = a >> b

    assert student("1", courses=frozenset({"x"})) == branch(b, "students")["1"]
    assert [] == list(a - b)


def test_removing_a_member_takes_all_that_equal_it() -> None:
    """Members that are the same in canonical form are removed by one action, so that nothing is left."""
    a = left(school("S"), student("1", courses=frozenset({"y"})))
    b = right(school("S"), student("1", courses=frozenset({"x", "X", "y"})))

    result = a >> b

    assert ["removed_students_courses(idnumber='1', item='X')"] == messages(action for action, _ in result)
    assert frozenset({"y"}) == branch(b, "students")["1"].courses
    assert [] == list(a - b)


def test_two_differing_spellings_of_a_member_are_one() -> None:
    """Members are compared in canonical form: another spelling is no difference."""
    a = left(school("S"), student("1", courses=frozenset({"x", "Y"})))
    b = right(school("S"), student("1", courses=frozenset({"X", "y"})))

    assert [] == list(a - b)


def test_a_record_that_compares_itself_is_asked() -> None:
    """A model's own `-` decides: it yields names of attributes, or differences."""

    class Own(Model):
        @override
        def __sub__(self, other: Any, /) -> list[Difference | str]:
            return ["name", Difference("shoe", self.shoe, other.shoe)]

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(name)

    a, b = things(), things()
    held(a).put("1", Own("1", name="new", shoe=1, hat=1))
    held(b).put("1", Own("1", name="old", shoe=2, hat=2))

    assert [
        "changed_things_name(idnumber='1', old='old', new='new')",
        "changed_things_shoe(idnumber='1', old=2, new=1)",
    ] == messages(a - b)


def _seen(tree: DataStoreTree) -> list[Action]:
    assert isinstance(tree.template, Obedient)
    return tree.template.seen


def test_the_order_of_calls_is_the_order_of_the_plan() -> None:
    """Handlers are called in the order of the diff."""
    a = left(school("S"), student("1"), student("2"))
    b = right(school("T"), student("2", name="Bob"), student("3"))
    planned = messages(a - b)

    _ = a >> b

    assert planned == messages(_seen(b))
