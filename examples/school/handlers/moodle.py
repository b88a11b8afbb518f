"""What is special about Moodle: memberships, which its database holds by the ids of other rows."""

from __future__ import annotations

from typing import Literal as _Literal
from typing import final

from dss_runtime import Action, Outcome, Phase, override
from examples.school import moodle_tables as t
from examples.school.moodle_db import MoodleDatabase
from generated import actions
from generated.importers import MoodleImporterBase
from generated.templates import MoodleTemplateBase


@final
class MoodleImporter(MoodleImporterBase):
    """Reads Moodle."""


@final
class MoodleTemplate(MoodleTemplateBase):
    """Carries out differences on Moodle; accounts, courses and new cohorts are left to the adapter."""

    atomic_handlers = True  # all that they do is in Moodle's database
    _moodle: MoodleDatabase | None = None

    @property
    def moodle(self) -> MoodleDatabase:
        """Moodle's database, in the transaction of the present phase."""
        if self._moodle is None:
            self._moodle = MoodleDatabase(self.connection)
        return self._moodle

    @override
    def begin(self, phase: Phase) -> None:
        """Begin a transaction."""
        super().begin(phase)
        self._moodle = None

    @override
    def on_exception(self, action: Action, error: Exception) -> None:
        """Forget every id: rows that the failed handler had made are gone again."""
        self._moodle = None

    # -- groups ---------------------------------------------------------------------------------------

    @override
    def new_groups(self, action: actions.NewGroups, /) -> Outcome:
        """Make a group in its course."""
        group = action.left
        course = self.moodle.course(group.course)
        self.moodle.insert(t.group, courseid=course, idnumber=group.idnumber, name=group.name)
        return Outcome.applied()

    @override
    def old_groups(self, action: actions.OldGroups, /) -> Outcome:
        """Remove a group, and from it whoever was put in by hand."""
        group = self.moodle.group(action.right.idnumber)
        self.moodle.delete(t.group_member, groupid=group)
        self.moodle.delete(t.group, id=group)
        return Outcome.applied()

    @override
    def changed_groups_name(self, action: actions.ChangedGroupsName, /, *, new: str, old: str) -> Outcome:
        """Rename a group."""
        self.moodle.update(t.group, {"name": new}, id=self.moodle.group(action.left.idnumber))
        return Outcome.applied()

    @override
    def changed_groups_course(self, action: actions.ChangedGroupsCourse, /, *, new: str, old: str) -> Outcome:
        """Move a group to another course."""
        course = self.moodle.course(new)
        self.moodle.update(t.group, {"courseid": course}, id=self.moodle.group(action.left.idnumber))
        return Outcome.applied()

    @override
    def new_group_members(self, action: actions.NewGroupMembers, /) -> Outcome:
        """Put somebody into a group."""
        member = action.left
        group, user = self.moodle.group(member.group), self.moodle.user(member.person)
        self.moodle.insert(t.group_member, groupid=group, userid=user)
        return Outcome.applied()

    @override
    def old_group_members(self, action: actions.OldGroupMembers, /) -> Outcome:
        """Take somebody out of a group."""
        member = action.right
        group, user = self.moodle.group(member.group), self.moodle.user(member.person)
        self.moodle.delete(t.group_member, groupid=group, userid=user)
        return Outcome.applied()

    # -- cohorts --------------------------------------------------------------------------------------

    @override
    def old_cohorts(self, action: actions.OldCohorts, /) -> Outcome:
        """Take out whoever was put in by hand; the adapter removes the cohort itself."""
        self.moodle.delete(t.cohort_member, cohortid=self.moodle.cohort(action.right.idnumber))
        return super().old_cohorts(action)

    @override
    def new_cohort_members(self, action: actions.NewCohortMembers, /) -> Outcome:
        """Put somebody into a cohort."""
        member = action.left
        cohort, user = self.moodle.cohort(member.cohort), self.moodle.user(member.person)
        self.moodle.insert(t.cohort_member, cohortid=cohort, userid=user)
        return Outcome.applied()

    @override
    def old_cohort_members(self, action: actions.OldCohortMembers, /) -> Outcome:
        """Take somebody out of a cohort."""
        member = action.right
        cohort, user = self.moodle.cohort(member.cohort), self.moodle.user(member.person)
        self.moodle.delete(t.cohort_member, cohortid=cohort, userid=user)
        return Outcome.applied()

    # -- enrolments -----------------------------------------------------------------------------------

    @override
    def new_enrolments(self, action: actions.NewEnrolments, /) -> Outcome:
        """Enrol somebody, or bring back the enrolment that a return finds suspended."""
        enrolment = action.left
        user, course = self.moodle.user(enrolment.person), self.moodle.course(enrolment.course)
        self.moodle.enrol(user, course)
        self.moodle.give_course_role(user, course, enrolment.role)
        return Outcome.applied()

    @override
    def old_enrolments(self, action: actions.OldEnrolments, /) -> Outcome:
        """Suspend an enrolment: deleting it would delete the grades."""
        enrolment = action.right
        self.moodle.suspend(self.moodle.user(enrolment.person), self.moodle.course(enrolment.course))
        return Outcome.applied()

    @override
    def changed_enrolments_role(
        self,
        action: actions.ChangedEnrolmentsRole,
        /,
        *,
        new: _Literal["student", "teacher"],
        old: _Literal["student", "teacher"],
    ) -> Outcome:
        """Give somebody the other role in a course."""
        enrolment = action.left
        user, course = self.moodle.user(enrolment.person), self.moodle.course(enrolment.course)
        self.moodle.give_course_role(user, course, new)
        return Outcome.applied()

    # -- parents --------------------------------------------------------------------------------------

    @override
    def new_parent_links(self, action: actions.NewParentLinks, /) -> Outcome:
        """Let a parent look at a student's work: the role `parent` in the context of the child."""
        link = action.left
        child = self.moodle.user_context(self.moodle.user(link.student))
        self.moodle.assign("parent", child, self.moodle.user(link.parent))
        return Outcome.applied()

    @override
    def old_parent_links(self, action: actions.OldParentLinks, /) -> Outcome:
        """Take that role away again."""
        link = action.right
        child = self.moodle.user_context(self.moodle.user(link.student))
        self.moodle.unassign("parent", child, self.moodle.user(link.parent))
        return Outcome.applied()
