"""The guard: how much one run may touch, looked at before anything is written."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Guard, GuardHeldError, HeldError, Limit, Policy, Trip
from dss_runtime._guard import DEFAULT_FLOOR, DEFAULT_GUARD
from dss_runtime._held import case_of, guard_trips
from dss_runtime._rules import judge
from dss_runtime._sync_rules import LastGood, SyncRules
from tests.runtime.faults import Journal, failing
from tests.runtime.people import (
    Row,
    World,
    arrange,
    branch,
    content,
    enrolment,
    left,
    patient,
    right,
    school,
    student,
    worlds,
)
from tests.runtime.unreadable import unreadable

KINDS = ("new", "changed", "old", "unreadable")


@given(st.integers(0, 300), st.integers(0, 1000), st.integers(0, 100), st.integers(0, 60))
def test_a_limit_is_a_count_or_a_share_and_never_below_its_floor(
    count: int, total: int, amount: int, floor: int
) -> None:
    """Just more than the larger of limit and floor is too many."""
    for limit, allowed in (
        (Limit(amount, floor=floor), max(amount, floor)),
        (Limit(amount, percent=True, floor=floor), max(amount * total / 100, floor)),
    ):
        assert ([] if count <= allowed else [limit]) == Guard({"old": limit}).exceeded("old", count, total)


def test_a_kind_without_a_limit_is_not_guarded() -> None:
    """Only kinds that have a limit are counted."""
    assert [[]] * 4 == [Guard({}).exceeded(kind, 10**9, 1) for kind in KINDS]


def test_the_default_guard_is_silent_for_small_branches() -> None:
    """Up to its floor a branch may change as a whole; beyond, its shares count."""

    def trips(kind: str, count: int, total: int) -> bool:
        return bool(DEFAULT_GUARD.exceeded(kind, count, total))

    assert not any(trips(kind, DEFAULT_FLOOR, DEFAULT_FLOOR) for kind in KINDS)
    assert [False, True, False, True, False, True, False, True] == [
        trips("old", 200, 1000), trips("old", 201, 1000),
        trips("changed", 750, 1000), trips("changed", 751, 1000),
        trips("unreadable", 100, 1000), trips("unreadable", 101, 1000),
        trips("new", 500, 1000), trips("new", 501, 1000),
    ]  # fmt: skip


def guarded(guard: dict[str, Limit], *world: Row, journal: Journal | None = None) -> Any:
    """Return a right tree whose students are guarded."""
    tree = right(*world, template=failing({}, journal or Journal()))
    arrange(branch(tree, "students"), guard=Guard(guard))
    return tree


S = school("S")


@pytest.mark.parametrize(
    ("kind", "held_world"),
    [
        ("old", [student(key) for key in "12345"]),
        ("changed", [student(key, name="old", courses=frozenset("xy")) for key in "123"]),
        ("new", []),
    ],
)
def test_one_too_many_holds_the_run(kind: str, held_world: list[Row]) -> None:
    """A run over its limit raises before anything is written; at its limit it goes on."""
    ours = [] if kind == "old" else [student(key) for key in "123"]
    count = len(held_world) or len(ours)

    held = guarded({kind: Limit(count - 1)}, S, *held_world, journal=(journal := Journal()))
    before = content(held)
    with pytest.raises(GuardHeldError) as caught:
        left(S, *ours).sync(held)

    (trip,) = caught.value.trips
    assert ("students", kind, count, len(held_world)) == (trip.branch, trip.kind, trip.count, trip.total)
    assert 3 == len(trip.examples)
    assert before == content(held)
    assert ([], []) == (journal.tried, journal.phases)

    allowed = guarded({kind: Limit(count)}, S, *held_world)
    assert (left(S, *ours) >> allowed).ok


def test_a_record_counts_once_whatever_differs_in_it() -> None:
    """The guard counts changed records, not attributes or members."""
    a = left(S, student("1", name="n", courses=frozenset("xyz"), email="e"))

    assert (a >> guarded({"changed": Limit(1)}, S, student("1", name="o"))).ok


def test_a_share_is_of_what_the_right_branch_holds() -> None:
    """Per cent are counted of the target's records, before the run."""
    world = [student(str(number)) for number in range(10)]

    with pytest.raises(GuardHeldError, match=r"students: 2 old records of 10, the limit is 19 %"):
        left(S, *world[2:]).sync(guarded({"old": Limit(19, percent=True)}, S, *world))
    assert (left(S, *world[2:]) >> guarded({"old": Limit(20, percent=True)}, S, *world)).ok


@pytest.mark.parametrize("side", ["left", "right"])
def test_unreadable_rows_of_either_side_are_guarded(side: str) -> None:
    """Too many rows that could not be read hold a run, even one without differences."""
    a, b = left(S), right(S)
    tree = a if side == "left" else b
    arrange(branch(tree, "students"), guard=Guard({"unreadable": Limit(1)}))
    unreadable(tree, "students", "1")
    assert () == (a >> b).results
    unreadable(tree, "students", "2", line=9)

    with pytest.raises(GuardHeldError) as caught:
        _ = a >> b

    name = "Left" if side == "left" else "Right"
    assert f"{name}.students: 2 unreadable rows of 2, the limit is 1" in str(caught.value)
    assert ("students.txt:7: grade: expected a number", "students.txt:9: grade: expected a number") == (
        caught.value.trips[0].examples
    )


def test_every_limit_that_is_exceeded_is_named() -> None:
    """A held run says all that is wrong with it, and that nothing was written."""
    b = guarded(
        {"new": Limit(0), "old": Limit(0), "changed": Limit(0, floor=0)}, S, student("2"), student("3")
    )

    with pytest.raises(GuardHeldError) as caught:
        left(S, student("1"), student("2", name="n")).sync(b)

    assert (
        "held by the guard, nothing was written: students: 1 new records of 2, the limit is 0; "
        "students: 1 changed records of 2, the limit is 0; students: 1 old records of 2, the limit is 0"
    ) == str(caught.value)
    assert isinstance(caught.value, HeldError)


def test_a_person_may_go_on_without_the_guard() -> None:
    """A policy that is not guarded carries out what a guard would have held."""
    b = guarded({"old": Limit(0)}, S, student("1"))

    assert left(S).sync(b, policy=Policy(guarded=False)).ok


def test_what_is_held_back_does_not_count() -> None:
    """Differences that unreadable rows hold back are not carried out, and so not counted."""
    a, b = left(S), guarded({"old": Limit(0)}, S, student("1"))
    unreadable(a, "students", "1")

    assert ["old_students(idnumber='1')"] == [each.message for each in (a >> b).held_back]


def test_what_is_rejected_or_blocked_counts() -> None:
    """A guard looks at the plan, not at what would become of it."""
    a, b = left(S, student("1", name="x" * 30)), guarded({"new": Limit(0)}, S)

    with pytest.raises(GuardHeldError):
        _ = a >> b


def test_a_limit_reads_well() -> None:
    """Limits say their amount, per cent and floor."""
    assert ["3", "7.5 %", "20 % (at least 50)"] == [
        str(Limit(3)), str(Limit(7.5, percent=True)), str(Limit(20, percent=True, floor=50)),
    ]  # fmt: skip


def test_a_held_run_pickles() -> None:
    """The error keeps its trips on its way to another process."""
    error = GuardHeldError([Trip("students", "old", 5, 10, Limit(1), ("old_students(idnumber='1')",))])

    copied = pickle.loads(pickle.dumps(error))

    assert (error.trips, str(error)) == (copied.trips, str(copied))


def test_only_the_planned_branches_are_guarded() -> None:
    """A run of some branches is not held by what another one would do."""
    b = guarded({"old": Limit(0)}, S, student("1"))

    assert left(S, enrolment("1", "s")).sync(b, branches=["enrolments"]).ok


def test_a_source_without_a_row_has_no_floor() -> None:
    """Where the source gave no row at all even one removal is too many, unless the limit allows it."""
    limits = {"old": Limit(20, percent=True, floor=50)}
    for rows in (None, 1):
        a = left(S)
        arrange(branch(a, "students"), rows_read=rows)
        assert (a >> guarded(limits, S, student("1"))).ok

    a = left(S)
    arrange(branch(a, "students"), rows_read=0)
    with pytest.raises(GuardHeldError, match="students: 1 old records of 1, the limit is 20 %"):
        a.sync(guarded(limits, S, student("1")))
    assert (a >> guarded({"old": Limit(100, percent=True)}, S, student("1"))).ok


def test_a_branch_derived_from_a_source_without_a_row_has_no_floor_either() -> None:
    """What follows from nothing is not removed, however small the branch is; its own limit counts."""
    a = left()
    arrange(branch(a, "schools"), rows_read=0)
    arrange(branch(a, "students"), derived_from=("schools",))
    arrange(branch(a, "enrolments"), derived_from=("students", "nowhere"))
    b = right(enrolment("1", "s"))
    arrange(branch(b, "enrolments"), guard=Guard({"old": Limit(0, floor=50)}))

    with pytest.raises(
        GuardHeldError, match=r"enrolments: 1 old records of 1, the limit is 0, and the source gave"
    ):
        _ = a >> b


@given(st.data(), worlds(), worlds())
def test_a_held_run_touches_nothing_at_all(data: st.DataObject, ours: World, theirs: World) -> None:
    """Whatever the worlds and limits: a run that trips calls no handler and begins no phase; others run."""
    names = st.sampled_from([str(kind) for kind in KINDS])
    limits: st.SearchStrategy[Any] = st.dictionaries(names, st.builds(Limit, st.integers(0, 3)))
    journal = Journal()
    a, b = left(*ours), right(*theirs, template=failing({}, journal))
    for each in b.branches:
        arrange(each, guard=Guard(data.draw(limits)))
    trips, before, planned = guard_trips(a.branches, b.branches, [*(a - b)]), content(b), len(a - b)

    if trips:
        with pytest.raises(GuardHeldError) as caught:
            a.sync(b, policy=patient())
        assert trips == list(caught.value.trips)
        assert ([], [], before) == (journal.tried, journal.phases, content(b))
    else:
        assert planned == len(a.sync(b, policy=patient()))


def disabling(*world: Row, limit: int) -> Any:
    """Return a right tree that disables students by their role, and guards old ones."""
    tree = guarded({"old": Limit(limit)}, S, *world)
    arrange(branch(tree, "students"), retires_old=True, disabled_by=(("name", "gone"), ("email", "none")))
    return tree


def test_a_change_that_disables_counts_as_old() -> None:
    """A record that gets every value that disables one is an old one to the guard, and a changed one too."""
    live = [student(key, name="n", email="none") for key in "12"]
    ours = left(S, student("1", name="gone", email="none"), student("2", name="gone", email="mine"))
    a_retired = (left(S), disabling(S, *live, limit=1))

    with pytest.raises(GuardHeldError, match="students: 1 old records of 2, the limit is 0"):
        ours.sync(disabling(S, *live, limit=0))
    assert (ours >> disabling(S, *live, limit=1)).ok
    with pytest.raises(GuardHeldError, match="students: 2 old records of 2, the limit is 1"):
        a_retired[0].sync(a_retired[1])


def test_a_record_that_is_disabled_already_is_not_disabled_again() -> None:
    """What has all those values on both sides counts as what differs, and no more."""
    a = left(S, student("1", name="gone", email="none", courses=frozenset("x")))

    assert (a >> disabling(S, student("1", name="gone", email="none"), limit=0)).ok


def test_a_first_load_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Filling an empty branch needs no permission, but nobody fails to see it."""
    ours = [student(str(number)) for number in range(60)]
    b = right(S)
    arrange(branch(b, "students"), guard=DEFAULT_GUARD)

    assert (left(S, *ours) >> b).ok
    (told,) = [each.getMessage() for each in caplog.records]
    assert (
        "students: 60 new records of 0, the limit is 50 % (at least 50); passed: a first load: the target "
        "held 0 before it, and up to 50 count as none"
    ) == told


def test_sources_count_where_the_compared_branches_come_from_them() -> None:
    """A branch that takes no part is no reason to hold; what a compared one is derived from is."""
    a, b = left(S, student("1")), right(S, student("1"))
    arrange(branch(a, "students"), rows_read=1, bytes_read=10, modified=None, derived_from=("schools",))
    last = LastGood(rows={"schools": 100, "students": 100, "enrolments": 100}, sizes={"students": 100})

    def names(*compared: str) -> set[str]:
        case = case_of(a.branches, b.branches, [], last=last, compared=compared)
        return {trip.name for trip in judge(case).trips}

    assert {"rows:Left.students", "size:Left.students", "rows:Left.schools"} == names("students")
    assert {"rows:Left.schools"} == names("schools")
    assert {"rows:Left.enrolments"} == names("enrolments")


def test_the_rules_of_a_sync_replace_those_of_a_branch_kind_by_kind() -> None:
    """A limit of the sync counts for its kind; the branch's own count for the others."""
    b = guarded({"old": Limit(0), "new": Limit(0)}, S, student("1"))
    a = left(S, student("2"))
    rules = SyncRules(guards={"students": {"old": (Limit(1),)}})

    case = case_of(a.branches, b.branches, [*(a - b)], rules=rules)

    assert ["new:students"] == [trip.name for trip in judge(case).trips]
