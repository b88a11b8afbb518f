"""What the first sync of a term does to the people of a school with 1,200 students."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from generated.trees import Moodle, PowerSchool
from tests.school.nightly import NIGHTLY, ROWS_OF_USER, Dump, Row, School, enrolments, rows_about, user_of


@dataclass(frozen=True)
class Night:
    """A school, its database before and after, and both trees as they were after the sync."""

    school: School
    before: Dump
    after: Dump
    left: PowerSchool
    right: Moodle


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One night, for every test of this file."""
    school = School.write(tmp_path_factory.mktemp("school"), students=1200)
    left, right = school.power_school(), school.moodle()
    left.load()
    right.load()
    before = school.dump()
    assert left.sync(right, branches=NIGHTLY).ok
    return Night(school, before, school.dump(), left, right)


def _but(row: Row, *names: str) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in names}


def test_it_converges(night: Night) -> None:
    """The whole school is in step afterwards."""
    assert [] == night.school.differences()


def test_leavers_are_suspended(night: Night) -> None:
    """Whoever left, with or without a trace in the file, keeps the account: only `suspended` changes."""
    for idnumber in (*night.school.manifest.changes.left, *night.school.manifest.changes.staff_left):
        before, after = user_of(night.before, idnumber), user_of(night.after, idnumber)
        assert (0, 1) == (before["suspended"], after["suspended"])
        assert _but(before, "suspended") == _but(after, "suspended")


def test_leavers_keep_their_enrolments_suspended(night: Night) -> None:
    """The enrolments of leavers stay, so that their grades do, and none is active."""
    for idnumber in night.school.manifest.changes.left:
        before, after = enrolments(night.before, idnumber), enrolments(night.after, idnumber)
        assert before
        assert {course: {**row, "status": 1} for course, row in before.items()} == after


def test_those_who_left_before_stay_as_they_are(night: Night) -> None:
    """An account that was suspended last year is none of tonight's business."""
    for idnumber in night.school.manifest.changes.left_before:
        assert rows_about(night.before, idnumber) == rows_about(night.after, idnumber)


def test_joiners_get_accounts(night: Night) -> None:
    """Whoever is new gets an active account by the rules, and a place in each of their courses."""
    changes = night.school.manifest.changes
    for idnumber in changes.joined:
        student, user = night.left.students[idnumber], user_of(night.after, idnumber)
        expected = {
            "auth": "ldap", "password": "not cached", "confirmed": 1, "mnethostid": 1,
            "deleted": 0, "suspended": 0, "department": "student",
            "username": student.username, "firstname": student.firstname, "lastname": student.lastname,
            "email": student.email, "institution": str(student.grade), "address": student.homeroom,
        }  # fmt: skip
        assert expected == {name: user[name] for name in expected}
        assert {0} == {row["status"] for row in enrolments(night.after, idnumber).values()}
    for idnumber in changes.staff_joined:
        user = user_of(night.after, idnumber)
        assert ("staff", 0) == (user["department"], user["suspended"])


def test_returners_get_their_own_accounts_back(night: Night) -> None:
    """Whoever returns has the account and the enrolments of old, by id, active again."""
    for idnumber in night.school.manifest.changes.returned:
        before, after = user_of(night.before, idnumber), user_of(night.after, idnumber)
        assert (before["id"], 1, 0) == (after["id"], before["suspended"], after["suspended"])
        assert before["username"] == after["username"]
        was, now = enrolments(night.before, idnumber), enrolments(night.after, idnumber)
        again = [course for course in was if (idnumber, course) in night.left.enrolments]
        assert again
        assert {(1, 0)} == {(was[course]["status"], now[course]["status"]) for course in again}
        assert [was[course]["id"] for course in again] == [now[course]["id"] for course in again]


def test_movers_go_on_in_their_new_courses(night: Night) -> None:
    """Whoever changed a course is active in the new one; the enrolment in the old one is suspended."""
    for idnumber in night.school.manifest.changes.changed_course:
        was, now = enrolments(night.before, idnumber), enrolments(night.after, idnumber)
        active = {course for course, row in now.items() if row["status"] == 0}
        assert {course for person, course in night.left.enrolments if person == idnumber} == active
        assert was.keys() <= now.keys()
        assert active - was.keys()
        assert was.keys() - active


def test_renamed_people_keep_their_logins(night: Night) -> None:
    """A new name changes the name and the address that follows from it, and not the login."""
    for idnumber in night.school.manifest.changes.renamed:
        before, after = user_of(night.before, idnumber), user_of(night.after, idnumber)
        assert night.left.students[idnumber].lastname == after["lastname"] != before["lastname"]
        assert _but(before, "lastname", "email") == _but(after, "lastname", "email")


def test_ordinary_people_are_not_touched(night: Night) -> None:
    """The account of a student to whom nothing happened is the same in every column."""
    for idnumber in night.school.manifest.changes.ordinary:
        assert user_of(night.before, idnumber) == user_of(night.after, idnumber)


def test_every_person_has_one_role_in_a_course(night: Night) -> None:
    """An enrolment gives its role and no other."""
    courses = {row["id"] for row in night.after["mdl_context"].values() if row["contextlevel"] == 50}
    held = [
        (row["contextid"], row["userid"])
        for row in night.after["mdl_role_assignments"].values()
        if row["contextid"] in courses
    ]
    assert len(held) == len(set(held))


def test_what_people_made_by_hand_is_untouched(night: Night) -> None:
    """Accounts, courses, cohorts and groups without a number of ours are the same in every column."""
    before, after = _made_by_hand(night.before), _made_by_hand(night.after)
    assert all(before.values())
    assert before == after


def test_nothing_is_deleted_that_holds_work(night: Night) -> None:
    """No account, course, enrolment, context or way of enrolling is ever deleted."""
    for table in ("mdl_user", "mdl_course", "mdl_user_enrolments", "mdl_context", "mdl_enrol", "mdl_role"):
        assert night.before[table].keys() <= night.after[table].keys()


def _made_by_hand(dump: Dump) -> dict[str, list[Row]]:
    """Return every row that has no number of ours, and every membership of such a row."""
    made = {
        table: {number: row for number, row in dump[table].items() if not row["idnumber"]}
        for table in ("mdl_user", "mdl_course", "mdl_cohort", "mdl_groups")
    }
    courses = made["mdl_course"]
    methods = {number: row for number, row in dump["mdl_enrol"].items() if row["courseid"] in courses}
    places = {(30, number) for number in made["mdl_user"]} | {(50, number) for number in courses}
    contexts = {
        number: row
        for number, row in dump["mdl_context"].items()
        if (row["contextlevel"], row["instanceid"]) in places
    }
    of_column = {
        "userid": made["mdl_user"], "enrolid": methods, "contextid": contexts,
        "cohortid": made["mdl_cohort"], "groupid": made["mdl_groups"],
    }  # fmt: skip
    members = {
        table: [
            row
            for row in dump[table].values()
            if any(row[column] in rows for column, rows in of_column.items() if column in row)
        ]
        for table in ROWS_OF_USER
    }
    rows = {**made, "mdl_enrol": methods, "mdl_context": contexts}
    return {**{table: list(found.values()) for table, found in rows.items()}, **members}
