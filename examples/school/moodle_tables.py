"""Moodle's tables, as far as the handlers use them; what they leave out has a default in the database.

Names and types are those of lib/db/install.xml of Moodle 4.3. Tables that the adapter alone writes are in
`generated.tables`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, SmallInteger, String, Table

_moodle = MetaData()


def _id() -> Column[int]:
    return Column("id", BigInteger, primary_key=True)


user = Table("mdl_user", _moodle, _id(), Column("idnumber", String(255)), Column("deleted", SmallInteger))

course = Table("mdl_course", _moodle, _id(), Column("idnumber", String(100)), Column("category", BigInteger))

cohort = Table("mdl_cohort", _moodle, _id(), Column("idnumber", String(100)))

cohort_member = Table(
    "mdl_cohort_members", _moodle, _id(), Column("cohortid", BigInteger), Column("userid", BigInteger)
)

group = Table(
    "mdl_groups",
    _moodle,
    _id(),
    Column("courseid", BigInteger),
    Column("idnumber", String(100)),
    Column("name", String(254)),
)

group_member = Table(
    "mdl_groups_members", _moodle, _id(), Column("groupid", BigInteger), Column("userid", BigInteger)
)

# One way of enrolling in one course, such as `manual`.
enrolment_method = Table(
    "mdl_enrol",
    _moodle,
    _id(),
    Column("enrol", String(20)),
    Column("status", BigInteger),
    Column("courseid", BigInteger),
    Column("roleid", BigInteger),
)

enrolment = Table(
    "mdl_user_enrolments",
    _moodle,
    _id(),
    Column("status", BigInteger),
    Column("enrolid", BigInteger),
    Column("userid", BigInteger),
    Column("timestart", BigInteger),
)

# Where a role counts: a place in a tree, whose path names the contexts from the root down to it.
context = Table(
    "mdl_context",
    _moodle,
    _id(),
    Column("contextlevel", BigInteger),
    Column("instanceid", BigInteger),
    Column("path", String(255)),
    Column("depth", SmallInteger),
)

role = Table("mdl_role", _moodle, _id(), Column("shortname", String(100)))

role_assignment = Table(
    "mdl_role_assignments",
    _moodle,
    _id(),
    Column("roleid", BigInteger),
    Column("contextid", BigInteger),
    Column("userid", BigInteger),
)
