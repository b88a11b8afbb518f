"""The courses on offer and the schedule that follows from grade, homeroom and choices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ..rules import school
from ._people import subjects
from ._records import Course, Line, Staff, Student

_core = ("ENG", "MAT", "SCI", "SOC", "PED")
_names = {
    "ENG": "English",
    "MAT": "Mathematics",
    "SCI": "Science & Technology",
    "SOC": "Social Studies",
    "PED": "Physical Education",
    "FRA": "Français",
    "SPA": "Español",
    "NOR": "Norsk (bokmål)",
    "ART": "Arts & Design",
    "MUS": "Music",
    "DRA": "Drama",
    "LAT": "Latin",
    "ROB": "Robotics",
}
_taught_by = {"LAT": "FRA", "ROB": "SCI"}
"""Whose teachers take a subject that has none of its own."""

two_codes = ("ENG06", "ENG06E")
"""English for grade 6 is listed by both schools, by each under a number of its own."""


def course(subject: str, grade: int) -> Course:
    """Return the course of *subject* for *grade*, such as ENG07."""
    idnumber = f"{subject}{grade:02}"
    return Course(
        idnumber=idnumber,
        fullname=f"{_names[subject]} {grade or 'K'}",
        school=school(grade),
        codes=two_codes if idnumber == two_codes[0] else (idnumber,),
    )


def catalogue(students: Iterable[Student]) -> tuple[Course, ...]:
    """Return the regular courses of every grade, and the special ones that *students* have chosen."""
    everyone = tuple(students)
    grades = range(13) if everyone else ()
    wanted = {(subject, grade) for grade in grades for subject in subjects}
    wanted |= {(each.art, each.grade) for each in everyone}
    return tuple(course(subject, grade) for subject, grade in sorted(wanted))


def schedule(students: Iterable[Student], staff: Iterable[Staff]) -> tuple[Line, ...]:
    """Return the lines of *students*: a homeroom goes through its subjects together.

    Which of a subject's teachers takes a section depends on grade and section alone, so that a section keeps
    its teacher from term to term unless that person leaves.
    """
    teachers: defaultdict[tuple[str, str], list[Staff]] = defaultdict(list)
    for person in staff:
        for name in person.teaches:
            teachers[name, person.subject].append(person)
    lines: list[Line] = []
    for student in students:
        for period, subject in enumerate((*_core, student.language, student.art), start=1):
            section = student.room + 1
            able = teachers[school(student.grade), _taught_by.get(subject, subject)]
            teacher = able[(student.grade * 7 + section) % len(able)]
            lines.append(
                Line(
                    course=_code(subject, student),
                    section=section,
                    student=student.idnumber,
                    periods=f"{period}(A-E)",
                    teacher=f"{teacher.lastname}, {teacher.firstname}",
                    teacher_id=teacher.idnumber,
                )
            )
    return tuple(lines)


def _code(subject: str, student: Student) -> str:
    number = f"{subject}{student.grade:02}"
    return two_codes[1] if number == two_codes[0] and student.room % 2 == 0 else number
