"""What the generator knows of the school: true values, before any file spoils them.

The field names are those of the schema where both have a field, so that the rules take these records too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..rules import username


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """A student in one term. `room` counts the homerooms of the grade from 0."""

    idnumber: str
    firstname: str
    lastname: str
    grade: int
    room: int
    dob: date
    entry_date: date
    country: str
    guardians: tuple[str, ...]
    language: str
    art: str
    status: int = 0

    @property
    def homeroom(self) -> str:
        """The homeroom's name: 7A … 7Z, 7AA …"""
        letters, rest = "", self.room + 1
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{self.grade}{letters}"

    @property
    def username(self) -> str:
        """The login that the school's rule gives to this name."""
        return username(self.firstname, self.lastname, self.idnumber)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A member of staff in one term, who may get sections of `subject` in the schools of `teaches`."""

    idnumber: str
    firstname: str
    lastname: str
    email: str | None
    title: str
    schools: tuple[str, ...]
    position: str
    subject: str = ""
    teaches: tuple[str, ...] = ()

    @property
    def username(self) -> str:
        """The login that the school's rule gives to this name."""
        return username(self.firstname, self.lastname, self.idnumber)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course, with every number that the schools list it under."""

    idnumber: str
    fullname: str
    school: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One student in one section; `course` is the number that the section's school uses."""

    course: str
    section: int
    student: str
    periods: str
    teacher: str
    teacher_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The school in one term."""

    students: tuple[Student, ...]
    staff: tuple[Staff, ...]
    courses: tuple[Course, ...]
    lines: tuple[Line, ...]
