"""Records that refer to each other in a circle are made, and removed, in two passes of one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import (
    Action,
    DataStoreBranch,
    DataStoreTree,
    DefaultTemplate,
    Outcome,
    Status,
    Work,
    override,
)
from dss_runtime.codegen import Answer, Field, ModelInfo
from tests.runtime.faults import FAULTS, failing, writing
from tests.runtime.people import (
    TEXT,
    UNGUARDED,
    Row,
    branch,
    canonical,
    left,
    patient,
    right,
    school,
    student,
)

NO = next(fault for fault in FAULTS if fault.name == "failed")


class Strict(DefaultTemplate):
    """A system that refuses a ref that leads nowhere, and the removal of what is referred to."""

    held: dict[Any, Any]

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self.held = {key: record.mentor for key, record in branch(tree, "students").items()}
        self.seen: list[str] = []

    @override
    def perform(self, action: Action, /) -> Answer:
        self.seen.append(action.message)
        if action.branch == "students":
            if action.kind == "old":
                del self.held[action.key]
            elif action.kind == "new":
                assert action.key not in self.held
                assert action.left.mentor != action.key
                self.held[action.key] = action.left.mentor
            elif action.kind == "changed" and action.attribute == "mentor":
                self.held[action.key] = action.new
            assert {None, *self.held} >= set(self.held.values())
        return None


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Row, ...]:
    """Draw students each of whom may have any of them as a mentor, in any order."""
    keys = draw(st.lists(st.sampled_from("abcdef"), max_size=6, unique=True))
    mentors = st.none() | st.sampled_from(keys) if keys else st.none()
    return (school("S"), *(student(key, mentor=draw(mentors)) for key in keys))


@given(graphs(), graphs())
def test_any_graph_of_optional_refs_converges(ours: Sequence[Row], theirs: Sequence[Row]) -> None:
    """Refs hold after every step, every action is applied, and nothing is left to do."""
    a, b = left(*ours), right(*theirs, template=Strict)
    planned = list(a - b)

    result = a.sync(b)

    assert [(action, Outcome.applied()) for action in planned] == list(result)
    assert canonical(a) == canonical(b)
    assert isinstance(b.template, Strict)
    assert {key: record.mentor for key, record in branch(a, "students").items()} == b.template.held
    assert [] == list(a - b)


@given(graphs(), graphs(), st.integers(1, 4))
def test_an_adapter_gets_them_in_batches_too(ours: Sequence[Row], theirs: Sequence[Row], size: int) -> None:
    """What nobody overrides is written in the same passes; no record of a batch waits for another of it."""
    held: dict[Any, Any] = {key: record.mentor for key, record in branch(right(*theirs), "students").items()}

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        before = set(held)
        for work in works:
            if work.phase == "old":
                del held[work.key]
                assert work.key not in held.values()
            else:
                assert getattr(work.left, "mentor", None) in {None, *before}
                held[work.key] = getattr(work.left, "mentor", None)
        return [Outcome.applied()] * len(works)

    template = writing(wrote, "new_students", "changed_students_mentor", "old_students")
    a, b = left(*ours), right(*theirs, template=template)

    assert a.sync(b, policy=patient(batch_size=size)).ok
    assert {key: record.mentor for key, record in branch(a, "students").items()} == held


def test_a_circle_is_closed_after_all_of_it_is_made_and_opened_before_any_is_removed() -> None:
    """The second pass is a change like any other; on the way back it comes first."""
    world = [student("1", mentor="2"), student("2", mentor="1")]
    full, empty = left(school("S"), *world), left(school("S"))
    b = right(school("S"), template=Strict)

    assert full.sync(b).ok
    assert empty.sync(b).ok

    assert isinstance(b.template, Strict)
    assert [
        "new_students(idnumber='2')",
        "new_students(idnumber='1')",
        "changed_students_mentor(idnumber='2', old=None, new='1')",
        "changed_students_mentor(idnumber='2', old='1', new=None)",
        "old_students(idnumber='1')",
        "old_students(idnumber='2')",
    ] == b.template.seen


def test_a_ref_that_cannot_be_set_fails_its_record_and_is_what_is_left_to_do() -> None:
    """The record is there without it: the next run sees a change, not a new record."""
    world = [student("1", mentor="2"), student("2", mentor="1")]
    fault = {"changed_students_mentor(idnumber='2', old=None, new='1')": NO}
    a, b = left(school("S"), *world), right(school("S"), template=failing(fault))

    result = a.sync(b)

    assert {"2": Outcome.failed("created without mentor: no"), "1": Outcome.applied()} == {
        action.key: outcome for action, outcome in result
    }
    assert list(fault) == [action.message for action in a - b]


def test_a_ref_to_a_record_that_was_not_made_is_left_out() -> None:
    """The one that was made stays without it, and says what it waits for."""
    world = [student("1", mentor="2"), student("2", mentor="1")]
    a = left(school("S"), *world)
    b = right(school("S"), template=failing({"new_students(idnumber='1')": NO}))

    result = a.sync(b)

    why = "created without mentor: new_students(idnumber='1') did not happen, and mentor refers to its record"
    assert {"2": Outcome.blocked(why), "1": Outcome.failed("no")} == {
        action.key: outcome for action, outcome in result
    }


def test_a_ref_that_cannot_be_cleared_keeps_both_records() -> None:
    """What still refers to a record keeps it from being removed."""
    world = [student("1", mentor="2"), student("2", mentor="1")]
    fault = {"changed_students_mentor(idnumber='1', old='2', new=None)": NO}
    b = right(school("S"), *world, template=failing(fault))

    result = left(school("S")).sync(b)

    assert {"1": Status.FAILED, "2": Status.BLOCKED} == {
        action.key: outcome.status for action, outcome in result
    }
    assert Outcome.failed("mentor could not be cleared: no") in [outcome for _, outcome in result]
    assert {"1", "2"} == set(branch(b, "students"))


def test_a_run_that_ends_between_the_passes_says_what_is_missing() -> None:
    """A stop after the first pass leaves a record that is there, and not as it should be."""
    asked: list[str] = []

    class Stopped(Strict):
        @override
        def perform(self, action: Action, /) -> Answer:
            if action.key == "1":
                asked.append("stopped by SIGINT")
            return super().perform(action)

    a = left(school("S"), student("1", mentor="2"), student("2", mentor="1"))
    b = right(school("S"), template=Stopped)

    result = a.sync(b, policy=patient(stop=lambda: asked[0] if asked else ""))

    assert {
        "1": Outcome.applied(), "2": Outcome.skipped("created without mentor: stopped by SIGINT")
    } == {action.key: outcome for action, outcome in result}  # fmt: skip


class Team(Row):
    """A team, led by one of its members."""

    __slots__ = ("idnumber", "lead")
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Team",
        ("Team",),
        ("idnumber",),
        (Field("idnumber", TEXT), Field("lead", TEXT, optional=True, ref="Member")),
    )


class Member(Row):
    """A member of a team, who has a deputy."""

    __slots__ = ("deputy", "idnumber", "team")
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Member",
        ("Member",),
        ("idnumber",),
        (
            Field("idnumber", TEXT),
            Field("team", TEXT, ref="Team"),
            Field("deputy", TEXT, ref="Member"),
        ),
    )


class MembersBranch(DataStoreBranch):
    """Declared first, though a member needs a team."""

    __branchname__ = "members"
    klass = Member
    guard = UNGUARDED


class TeamsBranch(DataStoreBranch):
    """Teams."""

    __branchname__ = "teams"
    klass = Team
    guard = UNGUARDED


class Seen(DefaultTemplate):
    """Carries out everything."""

    seen: ClassVar[list[str]] = []

    @override
    def perform(self, action: Action, /) -> Answer:
        self.seen.append(action.method)
        return None


class Club(DataStoreTree):
    """Teams and members."""

    __branches__ = (MembersBranch, TeamsBranch)
    __template__ = Seen


def club(*records: Row) -> Club:
    """Return a tree of teams and members."""
    tree = Club()
    for record in records:
        name = "teams" if isinstance(record, Team) else "members"
        branch(tree, name).put(branch(tree, name).key_of(record), record)
    return tree


def test_between_branches_the_required_ref_gives_the_order() -> None:
    """The optional ref of a circle is the one that waits, wherever the branches were declared."""
    Seen.seen.clear()
    a, b = club(Member(idnumber="m", team="t", deputy="m"), Team(idnumber="t", lead="m")), club()

    assert a.sync(b).ok
    assert club().sync(b).ok

    assert [
        "new_teams", "new_members", "changed_teams_lead", "changed_teams_lead", "old_members", "old_teams"
    ] == Seen.seen  # fmt: skip


@pytest.mark.parametrize("deputies", [{"m": "n", "n": "m"}, {"m": "n", "n": "o", "o": "n"}])
def test_a_circle_of_required_refs_is_rejected(deputies: dict[str, str]) -> None:
    """Nothing can be created first: the record says so, and those that need it wait. Others come."""
    a = club(
        Team(idnumber="t"),
        Member(idnumber="x", team="t", deputy="x"),
        *(Member(idnumber=key, team="t", deputy=deputy) for key, deputy in deputies.items()),
    )

    found = {action.key: outcome for action, outcome in a.sync(club())}

    assert {Status.REJECTED, Status.BLOCKED} == {found[key].status for key in deputies}
    assert all(
        outcome.reason.startswith("deputy is required and leads, through required refs alone, back to")
        for outcome in found.values()
        if outcome.status is Status.REJECTED
    )
    assert found["t"].ok
    assert found["x"].ok


def test_a_parent_that_moves_is_a_change() -> None:
    """A ref that is no part of the key leads elsewhere: the record is neither removed nor made anew."""
    a = left(school("S"), school("T"), student("1", school="T"))
    b = right(school("S"), school("T"), student("1", school="S"))

    assert ["changed_students_school(idnumber='1', old='S', new='T')"] == [each.message for each in a - b]
    assert a.sync(b).ok
    assert [] == list(a - b)
