"""This term as PowerSchool's AutoSend writes it, with what offices type and exports do to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ._manifest import DirtyRow
from ._records import Course, Line, Staff, Student
from ._terms import Terms

_schools = {"ELEM": "1", "SEC": "2"}
_positions = ("unassigned", "teacher", "staff", "lunch", "substitute")
_staff_header = (
    "[05]TeacherNumber", "[05]First_Name", "[05]Last_Name", "[05]SchoolID", "[05]Email_Addr", "[05]Title",
    "[05]Status", "[05]StaffStatus",
)  # fmt: skip
_course_header = ("SchoolID", "Course_Name", "Course_Number", "Alt_Course_Number")


@dataclass(frozen=True, slots=True)
class Exports:
    """The files' bytes by name, and the rows of them that must be refused."""

    files: dict[str, bytes]
    dirty: tuple[DirtyRow, ...]


def transferred(terms: Terms) -> tuple[str, ...]:
    """Return the leavers who are still in the file; the others are gone from it without a trace."""
    return terms.changes.left[::2]


def exports(terms: Terms) -> Exports:
    """Return the four files of this term."""
    gone = {*transferred(terms)}
    still_listed = (each for each in terms.left if each.idnumber in gone)
    students = sorted((*terms.now.students, *still_listed), key=lambda each: each.idnumber)
    student_rows = [_student(each, 2 if each.idnumber in gone else each.status) for each in students]
    staff_rows = [row for each in terms.now.staff for row in _staff(each, status="1")]
    staff_rows += [row for each in terms.staff_left for row in _staff(each, status="2")]
    dirty = (
        *_spoil_students(student_rows, terms.changes.ordinary),
        *_spoil_staff(staff_rows, changing=bool(terms.changes.left)),
    )
    # The schedule is not tidied when someone leaves.
    lines = (*terms.now.lines, *(each for each in terms.last.lines if each.student in gone))
    return Exports(
        {
            "students.txt": _text(student_rows).encode("utf-8"),
            "staff.txt": _text([_staff_header, *staff_rows]).encode("cp1252"),
            "courses.txt": _text([_course_header, *_courses(terms.now.courses)]).encode("utf-8-sig"),
            "schedule.txt": _text(_line(each) for each in lines).encode("utf-8"),
        },
        dirty,
    )


def _student(student: Student, status: int) -> list[str]:
    return [
        student.idnumber,
        str(20_000 + int(student.idnumber)),  # PowerSchool's own id, which no one else uses
        str(student.grade),
        student.homeroom,
        _entities(f"{student.lastname}, {student.firstname}"),
        _us_date(student.dob),
        ";".join(student.guardians),
        _us_date(student.entry_date),
        student.country,
        str(status),
    ]


def _staff(person: Staff, *, status: str) -> Iterable[list[str]]:
    for school in person.schools:
        yield [
            person.idnumber,
            _entities(person.firstname),
            _entities(person.lastname),
            _schools[school],
            person.email or "",
            person.title,
            status,
            str(_positions.index(person.position)),
        ]


def _courses(courses: Iterable[Course]) -> Iterable[tuple[str, ...]]:
    for course in courses:
        for code in course.codes:
            school = course.school if code == course.idnumber else "ELEM"
            yield _schools[school], _entities(course.fullname), code, course.idnumber


def _line(line: Line) -> tuple[str, ...]:
    section, teacher = str(line.section), _entities(line.teacher)
    return line.course, line.periods, section, teacher, line.teacher_id, "", line.student


def _spoil_students(rows: list[list[str]], ordinary: tuple[str, ...]) -> Iterable[DirtyRow]:
    """Spoil one row for each fault, of students who are otherwise unchanged."""
    faults = (
        (2, "grade", "XI", "a grade that is no number"),
        (5, "dob", "02/30/2014", "a day that February does not have"),
        (9, "status", "9", "an Enroll_Status that PowerSchool does not define"),
    )
    if len(ordinary) < 9:
        return
    step = len(ordinary) // len(faults)
    for key, (column, field, value, why) in zip(ordinary[::step], faults, strict=False):
        line, row = next((line, row) for line, row in enumerate(rows, start=1) if row[0] == key)
        row[column] = value
        yield DirtyRow(
            file="students.txt", line=line, branch="students", key=key, field=field, value=value, why=why
        )


def _spoil_staff(rows: list[list[str]], *, changing: bool) -> Iterable[DirtyRow]:
    if not changing:
        return
    title = _staff_header.index("[05]Title")
    line, row = next((line, row) for line, row in enumerate(rows, start=2) if row[title] == "Secretary")
    row[-1] = "7"
    yield DirtyRow(
        file="staff.txt", line=line, branch="staff", key=row[0], field="position", value="7",
        why="a StaffStatus that PowerSchool does not define",
    )  # fmt: skip


def _entities(text: str) -> str:
    """Return *text* as PowerSchool's web forms store it."""
    return text.replace("&", "&amp;").replace("'", "&#39;")


def _us_date(day: date) -> str:
    return day.strftime("%m/%d/%Y")


def _text(rows: Iterable[Iterable[str]]) -> str:
    """Return tab-delimited lines with the line ends of the Windows server that sends them."""
    return "".join("\t".join(row) + "\r\n" for row in rows)
