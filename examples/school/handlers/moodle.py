"""What is special about Moodle: enrolments and parents, which take rows in several tables each."""

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
    """Carries out differences on Moodle; accounts, courses, groups and cohorts are left to the adapter."""

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

    # -- groups and cohorts -----------------------------------------------------------------------------

    @override
    def old_groups(self, action: actions.OldGroups, /) -> Outcome:
        """Take out whoever was put in by hand; the adapter removes the group itself."""
        self.moodle.delete(t.group_member, groupid=self.moodle.group(action.right.idnumber))
        return super().old_groups(action)

    @override
    def old_cohorts(self, action: actions.OldCohorts, /) -> Outcome:
        """Take out whoever was put in by hand; the adapter removes the cohort itself."""
        self.moodle.delete(t.cohort_member, cohortid=self.moodle.cohort(action.right.idnumber))
        return super().old_cohorts(action)

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
