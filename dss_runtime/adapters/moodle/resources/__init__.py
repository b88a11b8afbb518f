"""The kinds of records that a Moodle holds: how each is read, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping

from dss_runtime.adapters.moodle.resources._base import Resource
from dss_runtime.adapters.moodle.resources._enrolments import ENROLMENTS
from dss_runtime.adapters.moodle.resources._members import COHORT_MEMBERS, GROUP_MEMBERS
from dss_runtime.adapters.moodle.resources._parents import PARENTS
from dss_runtime.adapters.moodle.resources._records import CATEGORIES, COHORTS, COURSES, GROUPS
from dss_runtime.adapters.moodle.resources._users import USERS

RESOURCES: Mapping[str, Resource] = {
    each.name: each
    for each in (
        USERS,
        CATEGORIES,
        COURSES,
        ENROLMENTS,
        COHORTS,
        COHORT_MEMBERS,
        GROUPS,
        GROUP_MEMBERS,
        PARENTS,
    )
}
"""Each by the name that the schema calls it: adding one is a row here and a module."""
