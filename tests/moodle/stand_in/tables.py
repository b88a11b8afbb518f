"""Moodle's tables, from lib/db/install.xml of Moodle 4.3, as far as the web services use them."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()


def _text(name: str, length: int, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default=default)


def _null(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length))


def _number(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=str(default))


def _flag(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default=str(default))


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    # Ids are given out by the stand-in: a sequence of a database does not go back where a call is undone.
    key = sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)
    return sa.Table(f"mdl_{name}", METADATA, key, *parts)


user = _table(
    "user",
    _text("auth", 20, "manual"),
    _flag("confirmed"),
    _flag("deleted"),
    _flag("suspended"),
    _number("mnethostid", 1),
    _text("username", 100),
    _text("password", 255),
    _text("idnumber", 255),
    _text("firstname", 100),
    _text("lastname", 100),
    _text("email", 100),
    _text("phone1", 20),
    _text("phone2", 20),
    _text("institution", 255),
    _text("department", 255),
    _text("address", 255),
    _text("city", 120),
    _text("country", 2),
    _text("lang", 30, "en"),
    _text("timezone", 100, "99"),
    sa.Column("description", sa.Text),
    _null("middlename", 255),
    sa.UniqueConstraint("mnethostid", "username"),
    sa.Index("mdl_user_idn", "idnumber"),
)
# Addresses are looked for in small letters; not every database has an index of those.
sa.Index("mdl_user_ema", sa.func.lower(user.c.email)).ddl_if(dialect="sqlite")
category = _table("course_categories", _text("name", 255), _null("idnumber", 100), _number("parent"))
course = _table(
    "course",
    _number("category"),
    _text("fullname", 254),
    _text("shortname", 255),
    _text("idnumber", 100),
    sa.Column("summary", sa.Text),
    _text("format", 21, "topics"),
    _number("startdate"),
    _number("enddate"),
    _flag("visible", 1),
)
enrol = _table("enrol", _text("enrol", 20), _number("status"), _number("courseid"), _number("roleid"))
user_enrolments = _table(
    "user_enrolments",
    _number("status"),
    _number("enrolid"),
    _number("userid"),
    _number("timestart"),
    _number("timeend"),
    sa.UniqueConstraint("enrolid", "userid"),
)
role = _table("role", _text("shortname", 100))
context = _table(
    "context",
    _number("contextlevel"),
    _number("instanceid"),
    sa.UniqueConstraint("contextlevel", "instanceid"),
)
role_assignments = _table("role_assignments", _number("roleid"), _number("contextid"), _number("userid"))
cohort = _table(
    "cohort", _number("contextid"), _text("name", 254), _null("idnumber", 100), _flag("visible", 1)
)
cohort_members = _table(
    "cohort_members", _number("cohortid"), _number("userid"), sa.UniqueConstraint("cohortid", "userid")
)
groups = _table("groups", _number("courseid"), _text("idnumber", 100), _text("name", 254))
groups_members = _table(
    "groups_members", _number("groupid"), _number("userid"), sa.UniqueConstraint("userid", "groupid")
)
config = _table("config", _text("name", 255), sa.Column("value", sa.Text))
