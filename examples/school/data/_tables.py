"""Moodle's tables, from lib/db/install.xml of Moodle 4.3, as far as the example needs them.

SQLite does not hold a text to its column's length, so that a check does it here.
"""

from __future__ import annotations


def _text(name: str, length: int, default: str = "") -> str:
    return f"{name} VARCHAR({length}) NOT NULL DEFAULT '{default}' CHECK (length({name}) <= {length})"


def _null(name: str, length: int) -> str:
    return f"{name} VARCHAR({length}) CHECK (length({name}) <= {length})"


def _number(name: str, default: int = 0) -> str:
    return f"{name} BIGINT NOT NULL DEFAULT {default}"


def _flag(name: str, default: int = 0) -> str:
    return f"{name} SMALLINT NOT NULL DEFAULT {default}"


_tables: dict[str, tuple[str, ...]] = {
    "mdl_user": (
        _text("auth", 20, "manual"),
        _flag("confirmed"),
        _flag("deleted"),
        _flag("suspended"),
        _number("mnethostid"),
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
        _number("timecreated"),
        _number("timemodified"),
        "description TEXT",
        _null("middlename", 255),
        "UNIQUE (mnethostid, username)",
    ),
    "mdl_course_categories": (
        _text("name", 255),
        _null("idnumber", 100),
        _number("parent"),
        _number("depth"),
        _text("path", 255),
    ),
    "mdl_course": (
        _number("category"),
        _number("sortorder"),
        _text("fullname", 254),
        _text("shortname", 255),
        _text("idnumber", 100),
        "summary TEXT",
        _text("format", 21, "topics"),
        _number("startdate"),
        _number("enddate"),
        _flag("visible", 1),
    ),
    "mdl_context": (
        _number("contextlevel"),
        _number("instanceid"),
        _null("path", 255),
        _flag("depth"),
        "UNIQUE (contextlevel, instanceid)",
    ),
    "mdl_role": (_text("name", 255), _text("shortname", 100), _number("sortorder"), "UNIQUE (shortname)"),
    "mdl_role_assignments": (
        _number("roleid"),
        _number("contextid"),
        _number("userid"),
        _text("component", 100),
        _number("itemid"),
    ),
    "mdl_enrol": (_text("enrol", 20), _number("status"), _number("courseid"), _number("roleid")),
    "mdl_user_enrolments": (
        _number("status"),
        _number("enrolid"),
        _number("userid"),
        _number("timestart"),
        _number("timeend", 2_147_483_647),
        "UNIQUE (enrolid, userid)",
    ),
    "mdl_cohort": (_number("contextid"), _text("name", 254), _null("idnumber", 100), _flag("visible", 1)),
    "mdl_cohort_members": (_number("cohortid"), _number("userid"), "UNIQUE (cohortid, userid)"),
    "mdl_groups": (_number("courseid"), _text("idnumber", 100), _text("name", 254)),
    "mdl_groups_members": (_number("groupid"), _number("userid"), "UNIQUE (userid, groupid)"),
}

_indexes = (
    ("mdl_user", "idnumber"),
    ("mdl_course", "idnumber"),
    ("mdl_role_assignments", "roleid, contextid"),
    ("mdl_role_assignments", "userid, contextid, roleid"),
    ("mdl_enrol", "courseid"),
    ("mdl_user_enrolments", "userid"),
    ("mdl_cohort_members", "userid"),
    ("mdl_groups", "idnumber"),
    ("mdl_groups_members", "groupid"),
)


def definitions() -> str:
    """Return the statements that make the tables, with the indexes that Moodle gives them."""
    tables = (
        f"CREATE TABLE {name} (\n  " + ",\n  ".join(("id INTEGER PRIMARY KEY", *columns)) + "\n);"
        for name, columns in _tables.items()
    )
    indexes = (
        f"CREATE INDEX {name}_{number} ON {name} ({columns});"
        for number, (name, columns) in enumerate(_indexes, start=1)
    )
    return "\n".join((*tables, *indexes))
