"""What it takes to give somebody a place in Moodle: ids for our numbers, contexts, enrolments and roles."""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import IntEnum
from typing import Literal, TypeAlias

import sqlalchemy as sa

from dss_runtime import PermanentError

from . import moodle_tables as t

Value: TypeAlias = str | int


class ContextLevel(IntEnum):
    """The kinds of places where a role can count, from lib/classes/context."""

    SYSTEM = 10
    USER = 30
    CATEGORY = 40
    COURSE = 50


class EnrolmentStatus(IntEnum):
    """Whether an enrolment counts: ENROL_USER_ACTIVE and ENROL_USER_SUSPENDED of lib/enrollib.php."""

    ACTIVE = 0
    SUSPENDED = 1


COURSE_ROLES = {"student": "student", "teacher": "editingteacher"}
"""Moodle's name for each role that an enrolment gives."""


class MoodleDatabase:
    """Moodle's rows, in the transaction of *connection*.

    Ids are looked up once and remembered. So an instance must not outlive the transaction, nor a savepoint
    that was rolled back.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._ids: dict[tuple[Value, ...], int] = {}

    # -- ids ------------------------------------------------------------------------------------------

    def user(self, idnumber: str) -> int:
        """Return the id of somebody's account (PermanentError when there is none, as for all of these)."""
        return self._id(t.user, idnumber=idnumber, deleted=0)

    def course(self, idnumber: str) -> int:
        """Return the id of a course."""
        return self._id(t.course, idnumber=idnumber)

    def cohort(self, idnumber: str) -> int:
        """Return the id of a cohort."""
        return self._id(t.cohort, idnumber=idnumber)

    def group(self, idnumber: str) -> int:
        """Return the id of a group."""
        return self._id(t.group, idnumber=idnumber)

    def role(self, shortname: str) -> int:
        """Return the id of a role."""
        return self._id(t.role, shortname=shortname)

    # -- what is made when it is first needed ---------------------------------------------------------

    def user_context(self, user: int) -> int:
        """Return the id of the context of an account, where its parents have their role."""
        return self._context(ContextLevel.USER, user, ContextLevel.SYSTEM, 0)

    def course_context(self, course: int) -> int:
        """Return the id of the context of a course, where its students and teachers have theirs."""
        found = self._find(t.context, contextlevel=ContextLevel.COURSE, instanceid=course)
        if found is not None:
            return found
        query = sa.select(t.course.c.category).where(t.course.c.id == course)
        category: int = self._connection.scalars(query).one()
        return self._context(ContextLevel.COURSE, course, ContextLevel.CATEGORY, category)

    def manual_enrolment(self, course: int) -> int:
        """Return the id of a course's method for enrolments that are made from outside."""
        found = self._find(t.enrolment_method, courseid=course, enrol="manual")
        if found is not None:
            return found
        return self.insert(
            t.enrolment_method, enrol="manual", status=0, courseid=course, roleid=self.role("student")
        )

    # -- enrolments and roles -------------------------------------------------------------------------

    def enrol(self, user: int, course: int) -> None:
        """Give somebody an active enrolment in a course: the suspended one again, or a new one."""
        method = self.manual_enrolment(course)
        if not self.update(t.enrolment, {"status": EnrolmentStatus.ACTIVE}, enrolid=method, userid=user):
            self.insert(
                t.enrolment,
                status=EnrolmentStatus.ACTIVE,
                enrolid=method,
                userid=user,
                timestart=int(time.time()),
            )

    def suspend(self, user: int, course: int) -> None:
        """End somebody's enrolment in a course: grades and role stay for a return."""
        method = self.manual_enrolment(course)
        self.update(t.enrolment, {"status": EnrolmentStatus.SUSPENDED}, enrolid=method, userid=user)

    def give_course_role(self, user: int, course: int, role: Literal["student", "teacher"]) -> None:
        """Make *role* the one role of an enrolled person in a course."""
        context = self.course_context(course)
        for name, shortname in COURSE_ROLES.items():
            if name == role:
                self.assign(shortname, context, user)
            else:
                self.unassign(shortname, context, user)

    def assign(self, role: str, context: int, user: int) -> None:
        """Give somebody a role in a context, unless they have it."""
        assignment = {"roleid": self.role(role), "contextid": context, "userid": user}
        held = sa.select(t.role_assignment.c.id).where(*_matches(t.role_assignment, assignment))
        if self._connection.scalars(held).first() is None:
            self.insert(t.role_assignment, **assignment)

    def unassign(self, role: str, context: int, user: int) -> None:
        """Take a role in a context from somebody, if they have it."""
        self.delete(t.role_assignment, roleid=self.role(role), contextid=context, userid=user)

    # -- rows -----------------------------------------------------------------------------------------

    def insert(self, table: sa.Table, **values: Value) -> int:
        """Make a row and return its id."""
        key = self._connection.execute(sa.insert(table).values(values)).inserted_primary_key
        if key is None:
            raise PermanentError(f"the database does not tell the id of a new row of {table.name}")
        made: int = key[0]
        return made

    def update(self, table: sa.Table, values: Mapping[str, Value], **where: Value) -> int:
        """Change the rows that hold what *where* says, and return how many there are."""
        return self._connection.execute(
            sa.update(table).where(*_matches(table, where)).values(values)
        ).rowcount

    def delete(self, table: sa.Table, **where: Value) -> None:
        """Remove the rows that hold what *where* says, if any."""
        self._connection.execute(sa.delete(table).where(*_matches(table, where)))

    # -- looking up -----------------------------------------------------------------------------------

    def _id(self, table: sa.Table, **where: Value) -> int:
        found = self._find(table, **where)
        if found is None:
            what = ", ".join(f"{name} {value!r}" for name, value in where.items())
            raise PermanentError(f"{table.name} has no row with {what}")
        return found

    def _find(self, table: sa.Table, **where: Value) -> int | None:
        """Return the id of the row that holds what *where* says; None when there is none yet."""
        known = (table.name, *where.values())
        if known not in self._ids:
            query = sa.select(table.c.id).where(*_matches(table, where)).order_by(table.c.id)
            found: int | None = self._connection.scalars(query).first()
            if found is None:
                return None
            self._ids[known] = found
        return self._ids[known]

    def _context(self, level: ContextLevel, instance: int, parent: ContextLevel, above: int) -> int:
        """Return the id of a context; a new one goes below the context *parent* of *above*."""
        found = self._find(t.context, contextlevel=level, instanceid=instance)
        if found is not None:
            return found
        root = self._id(t.context, contextlevel=parent, instanceid=above)
        within = self._connection.scalars(sa.select(t.context.c.path).where(t.context.c.id == root)).one()
        made = self.insert(t.context, contextlevel=level, instanceid=instance)
        path = f"{within}/{made}"
        self.update(t.context, {"path": path, "depth": path.count("/")}, id=made)
        return made


def _matches(table: sa.Table, values: Mapping[str, Value]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in values.items()]
