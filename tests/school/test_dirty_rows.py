"""Rows that cannot be read: whoever they are about stays as they are in Moodle, and everybody hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.school.data import Manifest
from tests.school.nightly import School, rows_about

_ENCODINGS = {"students.txt": "utf-8", "staff.txt": "cp1252"}
_REPAIRS = {"grade": (2, "7"), "dob": (5, "02/28/2014"), "status": (9, "0"), "position": (7, "2")}
"""The column of a field with a value that can be read."""


@pytest.fixture
def school(tmp_path: Path) -> School:
    """A school that is large enough for every kind of dirty row."""
    return School.write(tmp_path, students=60)


def _edit(school: School, name: str, key: str, column: int, value: str, *, row: int = 0) -> None:
    """Put *value* into a column of somebody's row; *row* counts the rows of that person."""
    file, encoding = school.folder / name, _ENCODINGS[name]
    lines = [line.split("\t") for line in file.read_bytes().decode(encoding).split("\r\n")]
    [cells for cells in lines if cells[0] == key][row][column] = value
    file.write_bytes("\r\n".join(map("\t".join, lines)).encode(encoding))


def _guardians(manifest: Manifest, school: School) -> list[str]:
    """Return the guardians of the students whose rows are dirty."""
    moodle = school.moodle()
    moodle.load()
    dirty = {each.key for each in manifest.dirty}
    return [parent for parent, student in moodle.parent_links if student in dirty]


def test_whoever_a_dirty_row_is_about_is_left_alone(school: School) -> None:
    """Account, links, cohorts, enrolments and groups are the same rows before and after, in every column."""
    people = [each.key for each in school.manifest.dirty]
    assert 4 == len(people)
    before = school.dump()
    assert school.sync().ok
    after = school.dump()
    for idnumber in people:
        assert rows_about(before, idnumber) == rows_about(after, idnumber)


def test_the_guardians_of_a_dirty_row_are_left_alone(school: School) -> None:
    """A child's unreadable row takes no link, cohort or account from the child's guardians."""
    people = _guardians(school.manifest, school)
    assert people
    before = school.dump()
    assert school.sync().ok
    after = school.dump()
    for idnumber in people:
        assert rows_about(before, idnumber) == rows_about(after, idnumber)


def test_every_dirty_row_is_reported(school: School) -> None:
    """Each is reported with its file, line, field and reason, and no other row is."""
    left = school.power_school()
    left.load()
    found = [row for branch in left.branches for row in branch.unreadable]
    expected = [(str(school.folder / each.file), each.line, (each.key,)) for each in school.manifest.dirty]
    assert expected == [(row.place.file, row.place.line, row.key) for row in found]
    for each, row in zip(school.manifest.dirty, found, strict=True):
        assert row.reason.startswith(each.field)
        assert (each.value in row.reason) == (each.field != "dob")  # sensitive


def test_a_repaired_row_is_synced_again(school: School) -> None:
    """Once the office has corrected them, the same people take part again."""
    assert school.sync().ok
    for each in school.manifest.dirty:
        column, good = _REPAIRS[each.field]
        _edit(school, each.file, each.key, column, good)
    assert school.sync().ok
    assert [] == school.differences()
    left = school.power_school()
    left.load()
    assert [] == [row for branch in left.branches for row in branch.unreadable]


def test_half_of_a_teacher_takes_nothing_away(school: School) -> None:
    """Where one of a person's two rows cannot be read, the other one alone changes nothing."""
    assert school.sync().ok
    teacher = school.manifest.changes.staff_two_schools[0]
    column, _ = _REPAIRS["position"]
    _edit(school, "staff.txt", teacher, column, "7", row=1)
    before = school.dump()
    assert 0 == len(school.sync())
    assert before == school.dump()


def test_a_row_without_a_number_protects_everybody(school: School) -> None:
    """Nobody knows whose row it is: nobody is suspended, and nobody loses a place."""
    leaver = school.manifest.changes.left[1]
    ordinary = school.manifest.changes.ordinary[-1]
    _edit(school, "students.txt", ordinary, 0, "")
    before = school.dump()
    assert school.sync().ok
    after = school.dump()
    assert rows_about(before, leaver) == rows_about(after, leaver)
    assert rows_about(before, ordinary) == rows_about(after, ordinary)
