"""What a failed action takes with it: nothing is made without its parent, nothing removed below its child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Outcome, SyncResult
from dss_runtime._template import Work
from tests.runtime.faults import FAULTS, failing, faults_of, writing
from tests.runtime.people import (
    World,
    branch,
    canonical,
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

NO = next(fault for fault in FAULTS if fault.name == "failed")
TARGET = {"School": "schools", "Student": "students", "Person": "students"}


def outcomes(result: SyncResult) -> dict[str, tuple[str, str]]:
    """Return the status and the reason of each action, by its message."""
    return {action.message: (str(outcome.status), outcome.reason) for action, outcome in result}


def dangling(tree: Any) -> set[tuple[str, Any, str]]:
    """Return the refs of *tree* that lead nowhere."""
    held = content(tree)
    return {
        (name, key, field.name)
        for name, records in held.items()
        for field in branch(tree, name).info.refs
        for key, record in records.items()
        if getattr(record, field.name) not in (None, *held[TARGET[field.ref]])
    }


@given(st.data(), worlds(), worlds())
def test_no_failure_leaves_a_ref_that_leads_nowhere(data: st.DataObject, ours: World, theirs: World) -> None:
    """Whatever fails, every ref of the right tree still leads to a record."""
    a, b = left(*ours), right(*theirs)
    b = right(*theirs, template=failing(data.draw(faults_of(list(a - b)))))

    _ = a.sync(b, policy=patient())

    assert set() == dangling(b)


@given(worlds(), worlds())
def test_without_a_failure_nothing_is_blocked(ours: World, theirs: World) -> None:
    """Only something that did not happen blocks."""
    a, b = left(*ours), right(*theirs)

    assert [] == [outcome for _, outcome in a >> b if not outcome.ok]
    assert canonical(a) == canonical(b)


def test_children_of_a_record_that_was_not_made_are_blocked() -> None:
    """A failed parent blocks its children and theirs, each saying what it waits for; others go on."""
    a = left(
        school("S"), school("T"),
        student("1", school="S"), student("2", school="T"), student("3", school="T", mentor="1"),
        enrolment("1", "s"), enrolment("2", "s"),
    )  # fmt: skip
    b = right(template=failing({"new_schools(idnumber='S')": NO}))

    result = outcomes(a.sync(b))

    assert {
        "new_schools(idnumber='S')": ("failed", "no"),
        "new_schools(idnumber='T')": ("applied", ""),
        "new_students(idnumber='1')": (
            "blocked", "new_schools(idnumber='S') did not happen, and school refers to its record",
        ),
        "new_students(idnumber='2')": ("applied", ""),
        "new_students(idnumber='3')": (
            "blocked", "new_students(idnumber='1') did not happen, and mentor refers to its record",
        ),
        "new_enrolments(student='1', section='s')": (
            "blocked", "new_students(idnumber='1') did not happen, and student refers to its record",
        ),
        "new_enrolments(student='2', section='s')": ("applied", ""),
    } == result  # fmt: skip


def test_a_change_to_a_parent_that_was_not_made_is_blocked() -> None:
    """A ref is not pointed to a record that is missing; other attributes of the record are changed."""
    a = left(school("S"), school("T"), student("1", school="T", name="n"))
    b = right(
        school("S"), student("1", school="S", name="o"), template=failing({"new_schools(idnumber='T')": NO})
    )

    result = outcomes(a.sync(b))

    assert ("applied", "") == result["changed_students_name(idnumber='1', old='o', new='n')"]
    assert (
        "blocked", "new_schools(idnumber='T') did not happen, and school refers to its record",
    ) == result["changed_students_school(idnumber='1', old='S', new='T')"]  # fmt: skip


def test_parents_of_a_record_that_stayed_are_blocked() -> None:
    """A failed removal keeps what the record refers to, and what that refers to."""
    b = right(
        school("S"), student("1"), student("2", mentor="1"), enrolment("2", "s"),
        template=failing({"old_enrolments(student='2', section='s')": NO}),
    )  # fmt: skip

    result = outcomes(left() >> b)

    stays = "did not happen, and its record refers to this one"
    assert {
        "old_enrolments(student='2', section='s')": ("failed", "no"),
        "old_students(idnumber='2')": ("blocked", f"old_enrolments(student='2', section='s') {stays}"),
        "old_students(idnumber='1')": ("blocked", f"old_students(idnumber='2') {stays}"),
        "old_schools(idnumber='S')": ("blocked", f"old_students(idnumber='1') {stays}"),
    } == result


def test_a_record_that_could_not_leave_its_parent_keeps_it() -> None:
    """Where a ref could not be pointed elsewhere, the record that it points to is not removed."""
    change = "changed_students_school(idnumber='1', old='S', new='T')"
    a = left(school("T"), student("1", school="T"))
    b = right(school("S"), school("T"), student("1", school="S"), template=failing({change: NO}))

    result = outcomes(a.sync(b))

    assert (
        "blocked", f"{change} did not happen, and its record refers to this one",
    ) == result["old_schools(idnumber='S')"]  # fmt: skip


def test_a_change_that_failed_elsewhere_keeps_nobody() -> None:
    """A failed change of another attribute does not hold the parent that the record has left."""
    a = left(school("T"), student("1", school="T", name="n"))
    name = "changed_students_name(idnumber='1', old='o', new='n')"
    b = right(school("S"), school("T"), student("1", school="S", name="o"), template=failing({name: NO}))

    assert ("applied", "") == outcomes(a.sync(b))["old_schools(idnumber='S')"]


def test_a_held_back_record_blocks_like_a_failed_one() -> None:
    """What depends on a record that an unreadable row holds back is blocked, not tried."""
    a = left(school("S"), student("1", school="S"))
    b = right()
    unreadable(b, "schools", "S")

    result = a >> b

    assert ["new_schools(idnumber='S')"] == [each.message for each in result.held_back]
    assert {
        "new_students(idnumber='1')": (
            "blocked", "new_schools(idnumber='S') did not happen, and school refers to its record",
        )
    } == outcomes(result)  # fmt: skip


def test_records_that_wait_for_each_other_do_not_share_a_batch() -> None:
    """In a branch that refers to itself each record is written before the next one is looked at."""
    batches: list[list[Any]] = []

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        batches.append([work.key for work in works])
        return [Outcome.failed("no") if work.key == "3" else Outcome.applied() for work in works]

    a = left(school("S"), student("1", mentor="3"), student("2"), student("3"))
    b = right(template=writing(wrote, "new_schools", "new_students"))

    result = outcomes(a.sync(b))

    assert [["S"], ["3"], ["2"]] == batches
    assert "blocked" == result["new_students(idnumber='1')"][0]


def test_a_batch_of_changes_is_not_split() -> None:
    """Changes never wait for each other, so that they are written together."""
    batches: list[list[Any]] = []

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        batches.append([work.key for work in works])
        return [Outcome.applied() for _ in works]

    a = left(school("S"), student("1", name="n"), student("2", name="n", mentor="1"))
    b = right(
        school("S"), student("1"), student("2", mentor="1"), template=writing(wrote, "changed_students_name")
    )

    assert a.sync(b).ok
    assert [["1", "2"]] == batches
