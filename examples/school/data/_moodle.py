"""Moodle's rows as they were last term, and what other people made in Moodle by hand."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from ..rules import (
    ParentRow,
    cohort_members,
    cohorts,
    enrolments,
    group_members,
    groups,
    parent_links,
    parents,
)
from ._records import Staff, Student
from ._tables import definitions
from ._terms import Terms

_summer = 1_786_320_000
"""When everything was made, in Unix time: the files must not depend on the day they are written."""
_system, _user, _category, _course = 10, 30, 40, 50
_roles = ("manager", "coursecreator", "editingteacher", "teacher", "student", "guest", "user", "parent")
_role_ids = {name: number for number, name in enumerate(_roles, start=1)}

untouched = ("guest", "admin", "wsbot")
"""The usernames of the accounts that are none of ours."""


def write_moodle(path: Path, terms: Terms) -> None:
    """Write the SQLite database of last term to *path*, in place of any file there."""
    rows = _Rows()
    moodle = _Moodle(rows)
    moodle.site()
    moodle.people(terms)
    moodle.courses(terms)
    moodle.memberships(terms)
    moodle.made_by_hand(terms)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(definitions())
        with connection:
            rows.insert(connection)


_Row = tuple[str | int | None, ...]


class _Rows:
    """Rows to insert, by table and columns; ids count up from 1 in each table."""

    def __init__(self) -> None:
        self._rows: defaultdict[tuple[str, tuple[str, ...]], list[_Row]] = defaultdict(list)
        self._ids: defaultdict[str, int] = defaultdict(int)

    def add(self, table: str, **values: str | int | None) -> int:
        self._ids[table] += 1
        self._rows[table, tuple(values)].append((self._ids[table], *values.values()))
        return self._ids[table]

    def insert(self, connection: sqlite3.Connection) -> None:
        for (table, columns), rows in self._rows.items():
            places = ", ".join("?" * (len(columns) + 1))
            connection.executemany(f"INSERT INTO {table} (id, {', '.join(columns)}) VALUES ({places})", rows)


class _Moodle:
    """Makes the rows table by table and remembers which id each number got."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows
        self._users: dict[str, int] = {}
        self._courses: dict[str, int] = {}
        self._methods: dict[str, int] = {}
        self._groups: dict[str, int] = {}
        self._contexts: dict[tuple[int, int], int] = {}

    def site(self) -> None:
        """Make what a new Moodle has: roles, the front page, its own accounts."""
        for number, name in enumerate(_roles, start=1):
            self._rows.add("mdl_role", name="", shortname=name, sortorder=number)
        self._context(_system, 0, "")
        self._rows.add("mdl_course_categories", name="Courses", parent=0, depth=1, path="/1")
        self._context(_category, 1, "/1")
        self._rows.add(
            "mdl_course", category=0, fullname="The School's Moodle", shortname="school", format="site"
        )
        self._context(_course, 1, "/1")
        for name in untouched:
            self._add_user(
                auth="webservice" if name == "wsbot" else "manual", username=name, password="", idnumber="",
                firstname=name.capitalize(), lastname="User", email=f"{name}@school.example", institution="",
                department="", address="", country="", suspended=0,
            )  # fmt: skip

    def people(self, terms: Terms) -> None:
        """Make the accounts of last term and the suspended ones of those who had left before."""
        for students, suspended in ((terms.last.students, 0), (terms.former.students, 1)):
            for student in students:
                self._student(student, suspended)
        for person in terms.last.staff:
            self._staff(person)
        active = parents(terms.last.students)
        known = {each.idnumber for each in active}
        for parent in active:
            self._parent(parent, 0)
        for parent in parents(terms.former.students):
            if parent.idnumber not in known:
                self._parent(parent, 1)
        # What Moodle leaves of an account that somebody deleted: no number, and a username made unique.
        self._rows.add(
            "mdl_user", auth="manual", confirmed=1, deleted=1, mnethostid=1, department="student",
            firstname="Gone", lastname="User", username=f"gone@mail.example.{_summer}", email="0" * 32,
            timecreated=_summer, timemodified=_summer,
        )  # fmt: skip

    def courses(self, terms: Terms) -> None:
        """Make the courses of last term, and one that was hidden when it ended years ago."""
        offered = [(each.idnumber, each.fullname, 1) for each in terms.last.courses]
        for idnumber, fullname, visible in (*offered, ("HIS08", "History 8", 0)):
            course = self._rows.add(
                "mdl_course", category=1, sortorder=10_000 + len(self._courses), fullname=fullname,
                shortname=idnumber, idnumber=idnumber, startdate=_summer, visible=visible,
            )  # fmt: skip
            self._courses[idnumber] = course
            self._context(_course, course, "/1/2")
            self._methods[idnumber] = self._method("manual", course)

    def memberships(self, terms: Terms) -> None:
        """Make links, cohorts, enrolments and groups, by the same rules that the importer follows."""
        last = terms.last
        staff = {each.idnumber for each in last.staff}
        for link in parent_links(last.students):
            child = self._contexts[_user, self._users[link.student]]
            self._assign("parent", child, self._users[link.parent])
        members = cohort_members(last.students, last.staff)
        numbers = {
            each.idnumber: self._rows.add("mdl_cohort", contextid=1, name=each.name, idnumber=each.idnumber)
            for each in cohorts(members)
        }
        for member in members:
            cohort, user = numbers[member.cohort], self._users[member.person]
            self._rows.add("mdl_cohort_members", cohortid=cohort, userid=user)
        present = {each.idnumber for each in last.students}
        for row in enrolments(present, staff, last.courses, last.lines):
            self._enrol(row.person, row.course, row.role, status=0)
        # Suspending an account leaves its enrolments in place, suspended: whoever returns still has them.
        former = {each.idnumber for each in terms.former.students}
        for row in enrolments(former, (), last.courses, terms.former.lines):
            self._enrol(row.person, row.course, row.role, status=1)
        for group in groups(last.students, last.courses, last.lines):
            course = self._courses[group.course]
            self._groups[group.idnumber] = self._rows.add(
                "mdl_groups", courseid=course, idnumber=group.idnumber, name=group.name
            )
        for each in group_members(last.students, staff, last.courses, last.lines):
            number, user = self._groups[each.group], self._users[each.person]
            self._rows.add("mdl_groups_members", groupid=number, userid=user)

    def made_by_hand(self, terms: Terms) -> None:
        """Make what teachers made for themselves: a course, a cohort and a group without a number of ours."""
        admin = self._users["admin"]
        members = [self._users[each.idnumber] for each in terms.last.students[:3]]
        sandbox = self._rows.add("mdl_course", category=1, fullname="Sandbox", shortname="sandbox")
        context = self._context(_course, sandbox, "/1/2")
        method = self._method("self", sandbox)
        self._rows.add("mdl_user_enrolments", enrolid=method, userid=admin, timestart=_summer)
        self._assign("editingteacher", context, admin)
        club = self._rows.add("mdl_cohort", contextid=1, name="Chess club", idnumber=None)
        table = self._rows.add("mdl_groups", courseid=sandbox, name="Table 1")
        for user in members:
            self._rows.add("mdl_cohort_members", cohortid=club, userid=user)
            self._rows.add("mdl_groups_members", groupid=table, userid=user)

    def _student(self, student: Student, suspended: int) -> None:
        self._add_user(
            auth="ldap", username=student.username, password="not cached", idnumber=student.idnumber,
            firstname=student.firstname, lastname=student.lastname,
            email=f"{student.username}@students.school.example",
            institution=str(student.grade), department="student", address=student.homeroom,
            country=student.country, suspended=suspended,
        )  # fmt: skip

    def _staff(self, person: Staff) -> None:
        self._add_user(
            auth="ldap", username=person.username, password="not cached", idnumber=person.idnumber,
            firstname=person.firstname, lastname=person.lastname, email=person.email or "",
            institution=",".join(person.schools), department="staff", address=person.title,
            country="", suspended=0,
        )  # fmt: skip

    def _parent(self, parent: ParentRow, suspended: int) -> None:
        self._add_user(
            auth="manual", username=parent.username, password="", idnumber=parent.idnumber,
            firstname=parent.firstname, lastname=parent.lastname, email=parent.email,
            institution="", department="parent", address="", country="", suspended=suspended,
        )  # fmt: skip

    def _add_user(self, *, username: str, idnumber: str, **values: str | int) -> None:
        user = self._rows.add(
            "mdl_user", **values, username=username, idnumber=idnumber, confirmed=1, mnethostid=1,
            timecreated=_summer, timemodified=_summer,
        )  # fmt: skip
        self._users[idnumber or username] = user
        self._context(_user, user, "/1")

    def _context(self, level: int, instance: int, parent: str) -> int:
        number = len(self._contexts) + 1
        path = f"{parent}/{number}"
        depth = path.count("/")
        self._rows.add("mdl_context", contextlevel=level, instanceid=instance, path=path, depth=depth)
        self._contexts[level, instance] = number
        return number

    def _method(self, name: str, course: int) -> int:
        return self._rows.add("mdl_enrol", enrol=name, status=0, courseid=course, roleid=_role_ids["student"])

    def _enrol(self, person: str, course: str, role: str, *, status: int) -> None:
        user, method = self._users[person], self._methods[course]
        self._rows.add("mdl_user_enrolments", status=status, enrolid=method, userid=user, timestart=_summer)
        context = self._contexts[_course, self._courses[course]]
        self._assign("student" if role == "student" else "editingteacher", context, user)

    def _assign(self, role: str, context: int, user: int) -> None:
        self._rows.add("mdl_role_assignments", roleid=_role_ids[role], contextid=context, userid=user)
