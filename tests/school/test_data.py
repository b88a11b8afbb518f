"""The data generator: the same files for the same seed, and a Moodle that is consistent."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from dss_generator.schema.load import load_schema
from examples.school import rules
from examples.school.data import Manifest, write_school
from examples.school.data._records import Term
from examples.school.data._terms import Terms, terms
from generated.wiring import make_moodle

_sizes = (0, 1, 50, 1200)
_encodings = {
    "students.txt": "utf-8",
    "staff.txt": "cp1252",
    "courses.txt": "utf-8-sig",
    "schedule.txt": "utf-8",
}
_schema = Path(__file__).parents[2] / "schema"


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, Manifest]]:
    """One school of every size: its folder and its manifest."""
    made: dict[int, tuple[Path, Manifest]] = {}
    for size in _sizes:
        folder = tmp_path_factory.mktemp(f"school{size}")
        made[size] = folder, write_school(folder, students=size, seed=7)
    return made


@pytest.fixture(params=_sizes)
def school(
    request: pytest.FixtureRequest, schools: dict[int, tuple[Path, Manifest]]
) -> tuple[Path, Manifest]:
    """The school of each size in turn."""
    size: int = request.param
    return schools[size]


@pytest.fixture
def demo(schools: dict[int, tuple[Path, Manifest]]) -> tuple[Path, Manifest]:
    """The school of the demo's size."""
    return schools[1200]


def _rows(folder: Path, name: str) -> list[list[str]]:
    text = (folder / name).read_bytes().decode(_encodings[name])
    return [line.split("\t") for line in text.split("\r\n")[:-1]]


def _select(folder: Path, query: str) -> list[tuple[str | int | None, ...]]:
    with closing(sqlite3.connect(folder / "moodle.sqlite")) as connection:
        return connection.execute(query).fetchall()


@cache
def _terms(size: int) -> Terms:
    return terms(size, seed=7)


@pytest.mark.parametrize("size", [0, 1, 50])
def test_a_seed_gives_the_same_bytes(size: int, tmp_path: Path) -> None:
    """Two runs with one seed write equal files, the second one over other files of these names."""
    first, second = tmp_path / "first", tmp_path / "second"
    write_school(first, students=size, seed=3)
    write_school(second, students=20, seed=4)
    write_school(second, students=size, seed=3)
    expected = {path.name: path.read_bytes() for path in first.iterdir()}
    assert expected == {path.name: path.read_bytes() for path in second.iterdir()}


def test_another_seed_gives_another_school(tmp_path: Path) -> None:
    """The seed matters."""
    write_school(tmp_path / "one", students=50, seed=1)
    write_school(tmp_path / "two", students=50, seed=2)
    one, two = ((tmp_path / name / "students.txt").read_bytes() for name in ("one", "two"))
    assert one != two


def test_a_negative_number_of_students_is_refused(tmp_path: Path) -> None:
    """Nothing is written for a number of students that cannot be."""
    with pytest.raises(ValueError, match="from 0 up, got -1"):
        write_school(tmp_path / "none", students=-1)
    assert not (tmp_path / "none").exists()


def test_the_file_has_as_many_students_as_were_asked_for(school: tuple[Path, Manifest]) -> None:
    """Every row but those of transferred students counts, and no number occurs twice."""
    folder, manifest = school
    rows = _rows(folder, "students.txt")
    out = tuple(row[0] for row in rows if row[9] in ("1", "2", "3", "4"))
    assert manifest.transferred == out
    assert manifest.students == len(rows) - len(out)
    assert len(rows) == len({row[0] for row in rows})


def test_every_dirty_row_is_where_the_manifest_says(school: tuple[Path, Manifest]) -> None:
    """File, line, key and wrong text of a dirty row are those of the file."""
    folder, manifest = school
    for dirty in manifest.dirty:
        row = _rows(folder, dirty.file)[dirty.line - 1]
        assert dirty.key == row[0]
        assert 1 == row.count(dirty.value)
    assert len({each.key for each in manifest.dirty}) == len(manifest.dirty)


def test_dirty_rows_are_of_people_whom_moodle_has(demo: tuple[Path, Manifest]) -> None:
    """What is refused is a record of last term, so that a sync can be seen to leave it alone."""
    folder, manifest = demo
    known = {number for (number,) in _select(folder, "SELECT idnumber FROM mdl_user WHERE suspended = 0")}
    assert {"grade", "dob", "status", "position"} == {each.field for each in manifest.dirty}
    assert {each.key for each in manifest.dirty} <= known


_orphans = {
    "a course without its category": """SELECT c.id FROM mdl_course c LEFT JOIN mdl_course_categories k
        ON k.id = c.category WHERE k.id IS NULL AND c.format <> 'site'""",
    "a context without its user": """SELECT x.id FROM mdl_context x
        LEFT JOIN mdl_user u ON u.id = x.instanceid WHERE x.contextlevel = 30 AND u.id IS NULL""",
    "a context without its course": """SELECT x.id FROM mdl_context x LEFT JOIN mdl_course c
        ON c.id = x.instanceid WHERE x.contextlevel = 50 AND c.id IS NULL""",
    "a user without a context": """SELECT u.id FROM mdl_user u LEFT JOIN mdl_context x
        ON x.instanceid = u.id AND x.contextlevel = 30 WHERE x.id IS NULL AND u.deleted = 0""",
    "a course without a context": """SELECT c.id FROM mdl_course c LEFT JOIN mdl_context x
        ON x.instanceid = c.id AND x.contextlevel = 50 WHERE x.id IS NULL""",
    "a role assignment that points nowhere": """SELECT a.id FROM mdl_role_assignments a
        LEFT JOIN mdl_role r ON r.id = a.roleid LEFT JOIN mdl_context x ON x.id = a.contextid
        LEFT JOIN mdl_user u ON u.id = a.userid WHERE r.id IS NULL OR x.id IS NULL OR u.id IS NULL""",
    "a role assigned twice": """SELECT roleid FROM mdl_role_assignments
        GROUP BY roleid, contextid, userid HAVING count(*) > 1""",
    "an enrolment method that points nowhere": """SELECT e.id FROM mdl_enrol e LEFT JOIN mdl_course c
        ON c.id = e.courseid LEFT JOIN mdl_role r ON r.id = e.roleid WHERE c.id IS NULL OR r.id IS NULL""",
    "an enrolment that points nowhere": """SELECT e.id FROM mdl_user_enrolments e
        LEFT JOIN mdl_enrol m ON m.id = e.enrolid LEFT JOIN mdl_user u ON u.id = e.userid
        WHERE m.id IS NULL OR u.id IS NULL""",
    "an enrolment without a role": """SELECT e.id FROM mdl_user_enrolments e
        JOIN mdl_enrol m ON m.id = e.enrolid
        JOIN mdl_context x ON x.contextlevel = 50 AND x.instanceid = m.courseid
        LEFT JOIN mdl_role_assignments a ON a.contextid = x.id AND a.userid = e.userid WHERE a.id IS NULL""",
    "a cohort without a context": """SELECT c.id FROM mdl_cohort c LEFT JOIN mdl_context x
        ON x.id = c.contextid WHERE x.id IS NULL""",
    "a cohort member that points nowhere": """SELECT m.id FROM mdl_cohort_members m
        LEFT JOIN mdl_cohort c ON c.id = m.cohortid LEFT JOIN mdl_user u ON u.id = m.userid
        WHERE c.id IS NULL OR u.id IS NULL""",
    "a group without its course": """SELECT g.id FROM mdl_groups g LEFT JOIN mdl_course c
        ON c.id = g.courseid WHERE c.id IS NULL""",
    "a group member that points nowhere": """SELECT m.id FROM mdl_groups_members m
        LEFT JOIN mdl_groups g ON g.id = m.groupid LEFT JOIN mdl_user u ON u.id = m.userid
        WHERE g.id IS NULL OR u.id IS NULL""",
    "a number given twice": """SELECT idnumber FROM mdl_user WHERE idnumber <> ''
        GROUP BY idnumber HAVING count(*) > 1""",
    "a number of ours on an account of no kind": """SELECT id FROM mdl_user
        WHERE idnumber <> '' AND department NOT IN ('student', 'staff', 'parent')""",
    "a username that Moodle refuses": "SELECT id FROM mdl_user WHERE username GLOB '*[^-.@_a-z0-9]*'",
}


@pytest.mark.parametrize("what", _orphans)
def test_the_database_is_consistent(what: str, school: tuple[Path, Manifest]) -> None:
    """No row of the database is what the query looks for."""
    assert [] == _select(school[0], _orphans[what])


def test_the_database_holds_to_its_own_constraints(school: tuple[Path, Manifest]) -> None:
    """SQLite finds neither a broken page nor a row that breaks UNIQUE, NOT NULL or CHECK."""
    assert [("ok",)] == _select(school[0], "PRAGMA integrity_check")


def test_accounts_of_others_have_neither_number_nor_kind(school: tuple[Path, Manifest]) -> None:
    """Just the accounts that the manifest calls untouched are outside of all branches."""
    folder, manifest = school
    outside = _select(
        folder, "SELECT username FROM mdl_user WHERE deleted = 0 AND department = '' ORDER BY id"
    )
    assert [(name,) for name in manifest.untouched] == outside


def test_the_exports_hold_what_real_ones_do(demo: tuple[Path, Manifest]) -> None:
    """Accents, markup, leading zeros, families, two schools, two codes and leavers are all there."""
    folder, _ = demo
    students, staff = _rows(folder, "students.txt"), _rows(folder, "staff.txt")
    names = "".join(row[4] for row in students)
    assert {"é", "ø", "Ł", '"', "&#39;"} <= {each for each in ("é", "ø", "Ł", '"', "&#39;") if each in names}
    assert all(re.fullmatch(r"0\d{4}", row[0]) for row in students[:100])
    families = Counter(row[0][:-1] for row in students)
    assert {1, 2, 3} <= set(families.values())
    assert {0, 1, 2} == {len(row[6].split(";")) if row[6] else 0 for row in students}
    assert {"-1", "0", "2", "9"} == {row[9] for row in students}
    assert ["[05]TeacherNumber", "[05]First_Name"] == staff[0][:2]
    assert [2, 2] == [count for count in Counter(row[0] for row in staff).values() if count > 1]
    assert {"1", "2"} == {row[6] for row in staff[1:]}
    assert "" in {row[4] for row in staff}
    courses = _rows(folder, "courses.txt")
    assert [["1", "English 6", "ENG06E", "ENG06"], ["2", "English 6", "ENG06", "ENG06"]] == sorted(
        row for row in courses if row[3] == "ENG06"
    )
    assert {"&amp;", "ç", "ñ"} <= {
        each for each in ("&amp;", "ç", "ñ") if any(each in row[1] for row in courses)
    }
    assert {"ENG06", "ENG06E"} <= {row[0] for row in _rows(folder, "schedule.txt")}


def test_the_files_begin_and_end_as_declared(demo: tuple[Path, Manifest]) -> None:
    """The staff file is no UTF-8, the courses file has a byte order mark, every line ends in CR LF."""
    folder, manifest = demo
    content = {name: (folder / name).read_bytes() for name in manifest.files}
    with pytest.raises(UnicodeDecodeError):
        content["staff.txt"].decode("utf-8")
    assert content["courses.txt"].startswith(b"\xef\xbb\xbf")
    for each in content.values():
        assert each.endswith(b"\r\n")
        assert each.count(b"\n") == each.count(b"\r\n") == each.count(b"\r")


def test_something_of_each_kind_happened_between_the_terms(demo: tuple[Path, Manifest]) -> None:
    """No list of changes is empty, and no student is in two of those that are about one student."""
    changes = demo[1].changes
    students = (
        changes.joined, changes.left, changes.left_before, changes.returned, changes.changed_room,
        changes.changed_grade, changes.renamed, changes.changed_course, changes.ordinary,
    )  # fmt: skip
    others = (
        changes.families_changed, changes.staff_joined, changes.staff_left, changes.staff_renamed,
        changes.staff_second_school, changes.staff_two_schools, changes.courses_renamed, changes.courses_new,
        changes.courses_retired,
    )  # fmt: skip
    assert all(students)
    assert all(others)
    everyone = [number for numbers in students for number in numbers]
    assert len(everyone) == len(set(everyone))


def test_who_left_before_is_suspended_and_who_left_now_is_not(school: tuple[Path, Manifest]) -> None:
    """Only those who had left by last term are suspended in it; whoever returned is in the file again."""
    folder, manifest = school
    suspended = {
        number
        for (number,) in _select(
            folder, "SELECT idnumber FROM mdl_user WHERE suspended = 1 AND department = 'student'"
        )
    }
    changes = manifest.changes
    assert {*changes.left_before, *changes.returned} == suspended
    listed = {row[0] for row in _rows(folder, "students.txt")}
    assert set(changes.returned) <= listed
    assert listed.isdisjoint(changes.left_before)
    assert {*manifest.transferred} == listed & {*changes.left}


def test_who_did_not_change_is_the_same_in_both(demo: tuple[Path, Manifest]) -> None:
    """Students to whom nothing happened differ between file and database in no field but by being dirty."""
    folder, manifest = demo
    moodle = {
        row[0]: row[1:]
        for row in _select(
            folder,
            "SELECT idnumber, firstname, lastname, institution, address, country, username FROM mdl_user",
        )
    }
    dirty = {each.key for each in manifest.dirty}
    for row in _rows(folder, "students.txt"):
        if row[0] in manifest.changes.ordinary and row[0] not in dirty:
            last, first = unescape(row[4]).split(", ")
            expected = (first, last, row[2], row[3], row[8], rules.username(first, last, row[0]))
            assert expected == moodle[row[0]]


def _derived(term: Term) -> dict[str, set[tuple[str, ...]]]:
    """Return what the rules make of *term*, by branch."""
    students, staff = {each.idnumber for each in term.students}, {each.idnumber for each in term.staff}
    members = rules.cohort_members(term.students, term.staff)
    return {
        "students": {(number,) for number in students},
        "staff": {(number,) for number in staff},
        "courses": {(each.idnumber,) for each in term.courses},
        "parents": {(each.idnumber,) for each in rules.parents(term.students)},
        "parent_links": {*rules.parent_links(term.students)},
        "cohorts": {(each.idnumber,) for each in rules.cohorts(members)},
        "cohort_members": {*members},
        "enrolments": {*rules.enrolments(students, staff, term.courses, term.lines)},
        "groups": {*rules.groups(term.students, term.courses, term.lines)},
        "group_members": {*rules.group_members(term.students, staff, term.courses, term.lines)},
    }


def test_the_queries_of_the_schema_read_what_the_rules_made(school: tuple[Path, Manifest]) -> None:
    """Each query finds last term's rows, all of them, and nothing that people made by hand."""
    folder, manifest = school
    expected = _derived(_terms(manifest.students).last)
    (moodle,) = (tree for tree in load_schema(_schema).trees if tree.name == "Moodle")
    queries = {
        each.branch.name: str(each.option("query")) for each in moodle.branches if each.option("query")
    }
    assert {"parent_links", "enrolments"} == set(queries)
    for name, query in queries.items():
        found = _select(folder, query)
        assert expected[name] == set(found), name
        assert len(found) == len(set(found)), name


def test_what_ids_stand_for_is_what_the_rules_made(school: tuple[Path, Manifest]) -> None:
    """Memberships, which the database holds by ids, are read as last term's numbers, and no others."""
    folder, manifest = school
    expected = _derived(_terms(manifest.students).last)
    moodle = make_moodle({"url": f"sqlite:///{folder / manifest.database}"})
    moodle.load()
    assert [] == [row for branch in moodle.branches for row in branch.unreadable]
    groups = {(each.idnumber, each.name, each.course) for each in moodle.groups.values()}
    assert expected["groups"] == groups
    assert expected["group_members"] == set(moodle.group_members)
    assert expected["cohort_members"] == set(moodle.cohort_members)


@pytest.mark.parametrize("size", [50, 300, 1200])
@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_a_term_stays_within_the_guards(size: int, seed: int) -> None:
    """What changes from term to term is below every limit of new and old records in the schema."""
    both = terms(size, seed)
    now, last = _derived(both.now), _derived(both.last)
    for branch in load_schema(_schema).branches:
        if branch.name not in now:
            continue
        total = len(last[branch.name])
        # A key that stays is no new record, whatever its other fields became.
        width = len(branch.model.key)
        new_keys, old_keys = ({row[:width] for row in rows[branch.name]} for rows in (now, last))
        counts = {"new": len(new_keys - old_keys), "old": len(old_keys - new_keys)}
        for kind, limit in branch.guard:
            if kind in counts:
                allowed = limit.amount * total / 100 if limit.percent else limit.amount
                assert counts[kind] <= allowed, (branch.name, kind, counts[kind], total)
