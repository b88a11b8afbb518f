"""The school's own rules: what follows from the records that PowerSchool exports.

Plain functions from values to values. The importer's typed methods call them for this term's files, and the
data generator for last term's database, so that the two agree on every number that neither system stores.
Results are in a fixed order that does not depend on the order of the input.
"""

from __future__ import annotations

from ._cohorts import CohortMemberRow, CohortRow, cohort_members, cohorts
from ._families import LinkRow, ParentRow, family_id, parent_links, parents
from ._names import fold, username
from ._records import CourseLike, LineLike, StaffLike, StudentLike
from ._teaching import (
    EnrolmentRow,
    GroupMemberRow,
    GroupRow,
    course_numbers,
    enrolments,
    group_id,
    group_members,
    groups,
    school,
)

__all__ = [
    "CohortMemberRow",
    "CohortRow",
    "CourseLike",
    "EnrolmentRow",
    "GroupMemberRow",
    "GroupRow",
    "LineLike",
    "LinkRow",
    "ParentRow",
    "StaffLike",
    "StudentLike",
    "cohort_members",
    "cohorts",
    "course_numbers",
    "enrolments",
    "family_id",
    "fold",
    "group_id",
    "group_members",
    "groups",
    "parent_links",
    "parents",
    "school",
    "username",
]
