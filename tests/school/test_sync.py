"""The nightly sync of the school example, as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from dss_runtime import HeldError
from examples.school import rules
from tests.school.nightly import School, dangling


@pytest.mark.parametrize(("students", "seed"), [(1, 1), (40, 2), (60, 1), (60, 2), (60, 3), (300, 4)])
def test_a_sync_converges(students: int, seed: int, tmp_path: Path) -> None:
    """Every difference is applied, both sides read afresh are equal, and a second run changes nothing."""
    school = School.write(tmp_path, students=students, seed=seed)
    first = school.sync()
    assert first.ok
    assert () == first.not_implemented
    assert [] == school.differences()
    after = school.dump()
    assert 0 == len(school.sync())
    assert after == school.dump()
    assert [] == list(dangling(after))


def test_a_sync_brings_the_tree_up_to_date(tmp_path: Path) -> None:
    """What the tree says after a sync is what the database says when it is read afresh."""
    school = School.write(tmp_path, students=60)
    left, right = school.power_school(), school.moodle()
    left.load()
    right.load()
    left.sync(right)
    fresh = school.moodle()
    fresh.load()
    for branch, other in zip(fresh.branches, right.branches, strict=True):
        assert set(branch) == set(other)
        assert [] == [key for key in branch if list(branch.compare(branch[key], other[key]))]
        assert set(branch.retired) == set(other.retired)


def test_a_school_without_anybody_is_held(tmp_path: Path) -> None:
    """Export files without a row are no reason to suspend everybody: nothing is written."""
    school = School.write(tmp_path, students=0)
    before = school.database.read_bytes()
    with pytest.raises(HeldError, match="nothing is no data"):
        school.sync()
    assert before == school.database.read_bytes()


def test_a_new_moodle_is_filled(tmp_path: Path) -> None:
    """A Moodle that has never seen the school gets all of it, contexts and ways of enrolling included."""
    School.write(tmp_path / "empty", students=0)
    school = School.write(tmp_path / "full", students=60)
    school.database.write_bytes((tmp_path / "empty" / school.manifest.database).read_bytes())
    result = school.sync(guarded=False)
    assert result.ok
    assert {"new"} == {action.kind for action, _ in result}
    assert [] == school.differences()
    dump = school.dump()
    assert [] == list(dangling(dump))
    methods = [row for row in dump["mdl_enrol"].values() if row["enrol"] == "manual"]
    assert len(methods) == len({row["courseid"] for row in methods})
    assert {0} == {row["status"] for row in dump["mdl_user_enrolments"].values()}


def test_half_a_school_is_held_by_a_guard(tmp_path: Path) -> None:
    """A file that is whole but lacks every other student suspends nobody."""
    school = School.write(tmp_path, students=60)
    file = tmp_path / "students.txt"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[::2]))
    before = school.database.read_bytes()
    with pytest.raises(HeldError, match=r"students: \d+ old records"):
        school.sync()
    assert before == school.database.read_bytes()


Damage: TypeAlias = Callable[[bytes], bytes | None]
"""What becomes of a file's content; None for a file that is not there at all."""

DAMAGES: dict[str, Damage] = {
    "empty": lambda _: b"",
    "missing": lambda _: None,
    "one row": lambda content: content.splitlines(keepends=True)[0],
    "cut off": lambda content: content[: content.rindex(b"\t")],
}
HEADLESS = ("students.txt", "schedule.txt")


@pytest.mark.parametrize("name", ["students.txt", "staff.txt", "courses.txt", "schedule.txt"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_cannot_be_whole_stops_the_run(name: str, damage: str, tmp_path: Path) -> None:
    """Nothing at all is written because of a file that is empty, missing, cut off, or just the first row."""
    school = School.write(tmp_path, students=60)
    file = tmp_path / name
    content = DAMAGES[damage](file.read_bytes())
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    before = school.dump()
    reason = "held by the guard" if damage == "one row" and name in HEADLESS else name
    with pytest.raises(HeldError, match=reason):
        school.sync()
    assert before == school.dump()


def test_usernames_are_by_the_rule(tmp_path: Path) -> None:
    """A name that the export spells with HTML entities and accents gives the login of the plain name."""
    school = School.write(tmp_path, students=60)
    left = school.power_school()
    left.load()
    for person in (*left.students.values(), *left.staff.values()):
        assert rules.username(person.firstname, person.lastname, person.idnumber) == person.username
