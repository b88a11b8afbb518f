"""What is special about PowerSchool."""

from __future__ import annotations

from collections.abc import Iterable as _Iterable
from dataclasses import replace
from typing import final

from dss_runtime import override
from dss_runtime.transforms import unescape_html
from examples.school import rules
from generated.importers import PowerSchoolImporterBase, PowerSchoolStaffRow, PowerSchoolStudentsRow
from generated.models import (
    Cohort,
    CohortMember,
    Course,
    Enrolment,
    Group,
    GroupMember,
    Parent,
    ParentLink,
    Staff,
)


@final
class PowerSchoolImporter(PowerSchoolImporterBase):
    """Reads PowerSchool."""

    @override
    def merge_courses(self, existing: Course, duplicate: Course, /) -> Course:
        """Both schools list the course: it goes by either school's number."""
        return replace(existing, codes=existing.codes | duplicate.codes)

    @override
    def computed_students_username(self, row: PowerSchoolStudentsRow, /) -> str:
        """Return the login that the school's rule gives to a name, which reads "Last, First" here."""
        lastname, _, firstname = unescape_html(row.lastfirst).partition(", ")
        return rules.username(firstname, lastname, row.idnumber)

    @override
    def derived_groups(self) -> _Iterable[Group]:
        """Return a group for each section that somebody is in."""
        tree = self.tree
        for row in rules.groups(tree.students.values(), tree.courses.values(), tree.schedule.values()):
            yield Group(idnumber=row.idnumber, name=row.name, course=row.course)

    @override
    def computed_staff_username(self, row: PowerSchoolStaffRow, /) -> str:
        """Return the login that the school's rule gives to a name."""
        firstname, lastname = unescape_html(row.First_Name), unescape_html(row.Last_Name)
        return rules.username(firstname, lastname, row.idnumber)

    @override
    def merge_staff(self, existing: Staff, duplicate: Staff, /) -> Staff:
        """Whoever works in two schools has a row in each."""
        return replace(existing, schools=existing.schools | duplicate.schools)

    @override
    def derived_cohorts(self) -> _Iterable[Cohort]:
        """Return the cohorts that somebody is in."""
        members = rules.cohort_members(self.tree.students.values(), self.tree.staff.values())
        for row in rules.cohorts(members):
            yield Cohort(idnumber=row.idnumber, name=row.name)

    @override
    def derived_parents(self) -> _Iterable[Parent]:
        """Return the guardians whose addresses the students' rows give."""
        for row in rules.parents(self.tree.students.values()):
            yield Parent(
                idnumber=row.idnumber,
                username=row.username,
                firstname=row.firstname,
                lastname=row.lastname,
                email=row.email,
            )

    @override
    def derived_cohort_members(self) -> _Iterable[CohortMember]:
        """Return students and parents by grade, teachers by school."""
        for row in rules.cohort_members(self.tree.students.values(), self.tree.staff.values()):
            yield CohortMember(cohort=row.cohort, person=row.person)

    @override
    def derived_enrolments(self) -> _Iterable[Enrolment]:
        """Return who learns and who teaches what, by the schedule."""
        tree = self.tree
        courses, lines = tree.courses.values(), tree.schedule.values()
        for row in rules.enrolments(tree.students, tree.staff, courses, lines):
            yield Enrolment(person=row.person, course=row.course, role=row.role)

    @override
    def derived_group_members(self) -> _Iterable[GroupMember]:
        """Return who is in which section, by the schedule."""
        tree = self.tree
        courses, lines = tree.courses.values(), tree.schedule.values()
        for row in rules.group_members(tree.students.values(), tree.staff, courses, lines):
            yield GroupMember(group=row.group, person=row.person)

    @override
    def derived_parent_links(self) -> _Iterable[ParentLink]:
        """Return each guardian with each child of the family."""
        for row in rules.parent_links(self.tree.students.values()):
            yield ParentLink(parent=row.parent, student=row.student)
