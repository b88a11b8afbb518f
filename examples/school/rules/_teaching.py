"""Enrolments and groups: what the schedule's lines say once their people and courses are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Literal, NamedTuple

from ._names import fold
from ._records import CourseLike, LineLike, StudentLike

Role = Literal["student", "teacher"]


class EnrolmentRow(NamedTuple):
    """One person's part in one course."""

    person: str
    course: str
    role: Role


class GroupRow(NamedTuple):
    """One section of a course, for one grade."""

    idnumber: str
    name: str
    course: str


class GroupMemberRow(NamedTuple):
    """One person in one group."""

    group: str
    person: str


def school(grade: int) -> str:
    """Return the school that teaches *grade*.

    >>> school(5), school(6)
    ('ELEM', 'SEC')
    """
    return "ELEM" if grade <= 5 else "SEC"


def course_numbers(courses: Iterable[CourseLike]) -> dict[str, str]:
    """Return the number under which we keep a course, for every code that the schedule may call it by."""
    return {code: course.idnumber for course in courses for code in (*course.codes, course.idnumber)}


def enrolments(
    students: Collection[str],
    staff: Collection[str],
    courses: Iterable[CourseLike],
    lines: Iterable[LineLike],
) -> list[EnrolmentRow]:
    """Return who learns and who teaches what, from the numbers of the present *students* and *staff*.

    The schedule also has lines of people who left and of courses not offered; those give nothing.
    """
    numbers = course_numbers(courses)
    rows: set[EnrolmentRow] = set()
    for line in lines:
        course = numbers.get(line.course)
        if course is None:
            continue
        if line.student in students:
            rows.add(EnrolmentRow(line.student, course, "student"))
        if line.teacher_id in staff:
            rows.add(EnrolmentRow(line.teacher_id, course, "teacher"))
    return sorted(rows)


def group_id(teacher: str, course: str, grade: int, section: int) -> str:
    """Return a group's number; *teacher* reads "Last, First", as the schedule has it.

    >>> group_id("O'Brien, Zoë", "ENG07", 7, 2)
    'obrien-ENG07-7-2'
    """
    return f"{fold(_last(teacher))}-{course}-{grade}-{section}"


def groups(
    students: Iterable[StudentLike], courses: Iterable[CourseLike], lines: Iterable[LineLike]
) -> list[GroupRow]:
    """Return the groups that the sections of the present *students* make."""
    rows: dict[str, GroupRow] = {}
    for group, _ in _grouped(students, courses, lines):
        # Two spellings of a teacher may fold to one number: the least counts, whichever line comes first.
        rows[group.idnumber] = min(group, rows.get(group.idnumber, group))
    return [rows[idnumber] for idnumber in sorted(rows)]


def group_members(
    students: Iterable[StudentLike],
    staff: Collection[str],
    courses: Iterable[CourseLike],
    lines: Iterable[LineLike],
) -> list[GroupMemberRow]:
    """Return the students of each group, and its teacher when among the numbers of the present *staff*."""
    rows: set[GroupMemberRow] = set()
    for group, line in _grouped(students, courses, lines):
        rows.add(GroupMemberRow(group.idnumber, line.student))
        if line.teacher_id in staff:
            rows.add(GroupMemberRow(group.idnumber, line.teacher_id))
    return sorted(rows)


def _grouped(
    students: Iterable[StudentLike], courses: Iterable[CourseLike], lines: Iterable[LineLike]
) -> Iterator[tuple[GroupRow, LineLike]]:
    grades = {student.idnumber: student.grade for student in students}
    numbers = course_numbers(courses)
    for line in lines:
        course, grade = numbers.get(line.course), grades.get(line.student)
        if course is None or grade is None:
            continue
        name = f"{_last(line.teacher)}, {course}, grade {grade}, section {line.section}"
        yield GroupRow(group_id(line.teacher, course, grade, line.section), name, course), line


def _last(teacher: str) -> str:
    return teacher.partition(",")[0].strip()
