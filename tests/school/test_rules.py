"""The school's rules hold for any people, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.school.rules import (
    cohort_members,
    cohorts,
    enrolments,
    family_id,
    fold,
    group_members,
    groups,
    parent_links,
    parents,
    username,
)


@dataclass(frozen=True)
class _Student:
    idnumber: str
    lastname: str = "Berg"
    grade: int = 7
    guardians: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Staff:
    idnumber: str
    schools: frozenset[str] = frozenset({"SEC"})
    position: str = "teacher"


@dataclass(frozen=True)
class _Course:
    idnumber: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    course: str
    section: int
    student: str
    teacher: str
    teacher_id: str


_numbers = st.from_regex(r"[0-9]{3,5}", fullmatch=True)
_students = st.lists(
    st.builds(
        _Student,
        idnumber=_numbers,
        lastname=st.text(min_size=1),
        grade=st.integers(0, 12),
        guardians=st.lists(st.emails(), max_size=3).map(tuple),
    ),
    unique_by=lambda each: each.idnumber,
)
_courses = (_Course("ENG06", ("ENG06", "ENG06E")), _Course("MAT07", ()))
_teachers = ("T1", "T2", "T3")
_lines = st.lists(
    st.builds(
        _Line,
        course=st.sampled_from(("ENG06", "ENG06E", "MAT07", "none")),
        section=st.integers(1, 3),
        student=st.sampled_from(("0011", "0012", "0021", "left")),
        teacher=st.sampled_from(("Møller, Ada", "Moller, Ada", "O'Neill, Bo")),
        teacher_id=st.sampled_from((*_teachers, "left")),
    )
)
_present = (_Student("0011"), _Student("0012", grade=6), _Student("0021"))


@given(st.text())
def test_a_folded_name_holds_only_what_moodle_allows(text: str) -> None:
    """A folded name is of the characters that a username may hold, and folding it again changes nothing."""
    folded = fold(text)
    assert re.fullmatch(r"[-.@_a-z0-9]*", folded)
    assert folded == fold(folded)


@given(
    st.text(max_size=200),
    st.text(max_size=200),
    _numbers,
    st.text(max_size=200),
    st.text(max_size=200),
    _numbers,
)
def test_two_people_never_share_a_username(
    first: str, last: str, number: str, other_first: str, other_last: str, other_number: str
) -> None:
    """Usernames differ where numbers do, whatever the names, and fit Moodle's column."""
    one, other = username(first, last, number), username(other_first, other_last, other_number)
    assert (one == other) <= (number == other_number)
    assert len(one) <= 100


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("Zoë", "O'Brien", "zoe.obrien.0042"),
        ("Łukasz", "Ørsted", "lukasz.orsted.0042"),
        ("Marie-Claire", "van der Berg", "marie-claire.vanderberg.0042"),
        ("李", "王", "0042"),
    ],
)
def test_usernames_have_no_accents(first: str, last: str, expected: str) -> None:
    """Accents and apostrophes go; a name without Latin letters leaves the number."""
    assert expected == username(first, last, "0042")


@given(_students, st.randoms(use_true_random=False))
def test_derived_rows_do_not_depend_on_the_order_of_students(
    students: list[_Student], random: Random
) -> None:
    """The same students in another order give the same parents, links and cohorts."""
    shuffled = list(students)
    random.shuffle(shuffled)
    assert parents(students) == parents(shuffled)
    assert parent_links(students) == parent_links(shuffled)
    assert cohort_members(students, ()) == cohort_members(shuffled, ())


@given(_students)
def test_every_link_joins_a_parent_and_a_child_of_one_family(students: list[_Student]) -> None:
    """A link names an account that exists, of the child's family, and every parent has a child."""
    accounts = {each.idnumber for each in parents(students)}
    links = parent_links(students)
    assert accounts == {each.parent for each in links}
    assert all(
        each.parent in (family_id(each.student) + "P", family_id(each.student) + "PP") for each in links
    )
    assert len(links) == len(set(links))


@given(_lines)
def test_enrolments_and_groups_name_only_who_is_there(lines: list[_Line]) -> None:
    """No derived row names a person or course that is absent, and no key occurs twice."""
    people = {each.idnumber for each in _present}
    enrolled = enrolments(people, _teachers, _courses, lines)
    assert {each.person for each in enrolled} <= people | set(_teachers)
    assert {each.course for each in enrolled} <= {"ENG06", "MAT07"}
    assert len(enrolled) == len({(each.person, each.course) for each in enrolled})
    made = {each.idnumber for each in groups(_present, _courses, lines)}
    members = group_members(_present, _teachers, _courses, lines)
    assert made == {each.group for each in members}
    assert len(members) == len(set(members))


@given(_lines)
def test_only_enrolled_people_are_in_groups(lines: list[_Line]) -> None:
    """Moodle takes into a group only who is enrolled in its course, so the rules put no one else there."""
    people = {each.idnumber for each in _present}
    enrolled = {(each.person, each.course) for each in enrolments(people, _teachers, _courses, lines)}
    courses = {each.idnumber: each.course for each in groups(_present, _courses, lines)}
    for member in group_members(_present, _teachers, _courses, lines):
        assert (member.person, courses[member.group]) in enrolled


@given(_lines)
def test_groups_do_not_depend_on_the_order_of_lines(lines: list[_Line]) -> None:
    """The same schedule upside down gives the same groups."""
    assert groups(_present, _courses, lines) == groups(_present, _courses, lines[::-1])


def test_a_family_has_two_guardians_at_most() -> None:
    """The first two addresses of the child with the lowest number who has any make P and PP."""
    children = (
        _Student("00422", guardians=("other@x.example",)),
        _Student("00421", lastname="Ng", guardians=("a@x.example", "b@x.example", "c@x.example")),
        _Student("00420"),
    )
    expected = [
        ("0042P", "0042p", "Family", "Berg", "a@x.example"),
        ("0042PP", "0042pp", "Family", "Berg", "b@x.example"),
    ]
    assert expected == [tuple(each) for each in parents(children)]


def test_cohorts_carry_readable_names() -> None:
    """Cohorts are those that have members, by grade, by school and all."""
    members = cohort_members(
        (_Student("00421", grade=0, guardians=("a@x.example",)),),
        (_Staff("0001", frozenset({"ELEM", "SEC"})), _Staff("0002", position="lunch")),
    )
    expected = {
        "parents0": "Parents, grade 0",
        "parentsALL": "All parents",
        "students0": "Students, grade 0",
        "studentsALL": "All students",
        "teachersALL": "All teachers",
        "teachersELEM": "Teachers, ELEM",
        "teachersSEC": "Teachers, SEC",
    }
    assert expected == {each.idnumber: each.name for each in cohorts(members)}
    assert "0002" not in {each.person for each in members}
