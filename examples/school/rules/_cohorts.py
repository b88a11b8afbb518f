"""Cohorts: the people whom the school addresses together, whatever courses they are in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from ._families import parent_links
from ._records import StaffLike, StudentLike


class CohortRow(NamedTuple):
    """A cohort by its number and name."""

    idnumber: str
    name: str


class CohortMemberRow(NamedTuple):
    """One person in one cohort."""

    cohort: str
    person: str


def cohort_members(students: Collection[StudentLike], staff: Iterable[StaffLike]) -> list[CohortMemberRow]:
    """Return who is in which cohort: students and parents by grade and all, teachers by school and all."""
    rows: set[CohortMemberRow] = set()
    grades = {student.idnumber: student.grade for student in students}
    for student, grade in grades.items():
        rows |= {CohortMemberRow("studentsALL", student), CohortMemberRow(f"students{grade}", student)}
    for parent, student in parent_links(students):
        rows |= {CohortMemberRow("parentsALL", parent), CohortMemberRow(f"parents{grades[student]}", parent)}
    for person in staff:
        if person.position == "teacher":
            names = ("ALL", *person.schools)
            rows |= {CohortMemberRow(f"teachers{name}", person.idnumber) for name in names}
    return sorted(rows)


def cohorts(members: Iterable[CohortMemberRow]) -> list[CohortRow]:
    """Return the cohorts that have *members*, with readable names."""
    return [CohortRow(idnumber, _name(idnumber)) for idnumber in sorted({each.cohort for each in members})]


def _name(idnumber: str) -> str:
    for who in ("students", "parents", "teachers"):
        if idnumber.startswith(who):
            which = idnumber.removeprefix(who)
            if which == "ALL":
                return f"All {who}"
            return f"{who.capitalize()}, grade {which}" if which.isdigit() else f"{who.capitalize()}, {which}"
    raise ValueError(f"cohort {idnumber!r}: expected a number that starts with students, parents or teachers")
