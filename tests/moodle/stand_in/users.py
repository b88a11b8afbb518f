"""core_user_*: accounts."""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

import sqlalchemy as sa

from tests.moodle.stand_in import tables as t
from tests.moodle.stand_in.errors import MoodleSaysError, coding, invalid, refused
from tests.moodle.stand_in.forms import Many, Structure, Value
from tests.moodle.stand_in.registry import function
from tests.moodle.stand_in.site import Rows

ADMINS = (2,)
_OPTIONAL = {
    "auth": Value("text", required=False), "idnumber": Value("text", required=False),
    "lang": Value("lang", required=False), "timezone": Value("text", required=False),
    "city": Value("notags", required=False), "country": Value("text", required=False),
    "description": Value("text", required=False), "middlename": Value("notags", required=False),
    "institution": Value("notags", required=False), "department": Value("notags", required=False),
    "address": Value("notags", required=False), "phone1": Value("notags", required=False),
    "phone2": Value("notags", required=False),
}  # fmt: skip
_NEW = Structure(
    {
        "createpassword": Value("bool", required=False),
        "username": Value("username"),
        "auth": Value("text", required=False, default="manual"),
        "password": Value("text", required=False),
        "firstname": Value("notags"),
        "lastname": Value("notags"),
        "email": Value("text"),
        **{key: each for key, each in _OPTIONAL.items() if key != "auth"},
    }
)
_CHANGED = Structure(
    {
        "id": Value("int"),
        "username": Value("username", required=False),
        "suspended": Value("bool", required=False),
        "password": Value("text", required=False),
        "firstname": Value("notags", required=False),
        "lastname": Value("notags", required=False),
        "email": Value("text", required=False),
        **_OPTIONAL,
    }
)
_RULES = (
    (r".{8,}", "Passwords must be at least 8 characters long."),
    (r"\d", "Passwords must have at least 1 digit(s)."),
    (r"[a-z]", "Passwords must have at least 1 lower case letter(s)."),
    (r"[A-Z]", "Passwords must have at least 1 upper case letter(s)."),
    (r"[^A-Za-z0-9]", "The password must have at least 1 special character(s) such as *, -, or #."),
)

_HOLDERS = sa.select(t.user.c.id).where(
    sa.func.lower(t.user.c.email) == sa.bindparam("email"),
    t.user.c.id != sa.bindparam("but"),
    t.user.c.deleted == 0,
)


def _email_is_taken(rows: Rows, email: str, but: int = 0) -> bool:
    return bool(rows.all(_HOLDERS, email=email.lower(), but=but))


@function("core_user_create_users", users=Many(_NEW))
def create(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; a second idnumber is taken."""
    made: list[dict[str, Any]] = []
    for user in given["users"]:
        if rows.one(t.user, mnethostid=1, username=user["username"]):
            raise invalid(f"Username already exists: {user['username']}")
        if _email_is_taken(rows, user["email"]):
            raise invalid(f"Email address already exists: {user['email']}")
        create_password, password = user.pop("createpassword", 0), user.pop("password", "")
        if user["auth"] == "manual" and not create_password:
            if not password:
                raise invalid("Invalid password: you must provide a password, or set createpassword.")
            broken = "".join(f"<div>{text}</div>" for rule, text in _RULES if not re.search(rule, password))
            if broken:
                raise refused(broken, f"error/{broken}")
        number = rows.insert(t.user, confirmed=1, **user)
        rows.insert(t.context, contextlevel=30, instanceid=number)
        made.append({"id": number, "username": user["username"]})
    return made


@function("core_user_update_users", users=Many(_CHANGED))
def update(rows: Rows, given: dict[str, Any]) -> Any:
    """One by one, with a warning for each that is refused; an empty name is taken."""
    warnings: list[dict[str, Any]] = []

    def warn(number: int, code: str, message: str) -> None:
        warnings.append({"item": "user", "itemid": number, "warningcode": code, "message": message})

    for user in given["users"]:
        number = user.pop("id")
        held = rows.one(t.user, id=number)
        if held is None:
            warn(number, "invaliduserid", "Invalid user ID")
        elif held.deleted:
            warn(number, "usernotupdateddeleted", "error/usernotupdateddeleted")
        elif "email" in user and _email_is_taken(rows, user["email"], number):
            warn(number, "useremailduplicate", "Duplicate address")
        elif (
            "username" in user
            and (other := rows.one(t.user, mnethostid=1, username=user["username"]))
            and other.id != number
        ):
            warn(number, "dmlwriteexception", "Error writing to database")
        else:
            user.pop("password", None)
            try:
                rows.update(t.user, number, **user)
            except MoodleSaysError as error:
                warn(number, error.code, error.message)
    return {"warnings": warnings}


@function("core_user_delete_users", userids=Many(Value("int")))
def delete(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; username and idnumber are free again."""
    for number in given["userids"]:
        held = rows.one(t.user, id=number, deleted=0)
        if held is None:
            values = f"[array (\n  0 => {number},\n  1 => 0,\n)]"
            detail = f"SELECT * FROM {{user}} WHERE id = ? AND deleted = ?\n{values}"
            raise MoodleSaysError("dml_missing_record_exception", "invaliduser", "Invalid user", detail)
        if number in ADMINS:
            raise refused("useradminodelete", "Administrator accounts cannot be deleted.")
        for table in (t.user_enrolments, t.cohort_members, t.groups_members, t.role_assignments):
            rows.delete(table, userid=number)
        second = int(time.time())
        while rows.one(t.user, mnethostid=1, username=f"{held.email}.{second}"):
            second += 1  # as Moodle does where an address was freed in this second already
        rows.update(
            t.user, number, deleted=1, idnumber="", email=hashlib.md5(held.username.encode()).hexdigest(),
            username=f"{held.email}.{second}",
        )  # fmt: skip


@function("core_user_get_users_by_field", field=Value("text"), values=Many(Value("text")))
def by_field(rows: Rows, given: dict[str, Any]) -> Any:
    """A deleted one is found by its id, and nothing tells it from others; "0" is never found."""
    field = given["field"]
    if field not in ("id", "idnumber", "username", "email"):
        detail = f"The search field '{field}' is not supported, look at the web service documentation"
        raise coding("invalid field parameter", detail)
    values: list[Any] = [each for each in given["values"] if each != "0"]
    if field == "id":
        values = [int(each) for each in values]
    query = sa.select(t.user).where(t.user.c[str(field)].in_(values)).order_by(t.user.c.id)
    if field != "id":
        query = query.where(t.user.c.deleted == 0)
    return [shown(row) for row in rows.all(query)]


@function(
    "core_user_get_users",
    recorded=False,
    criteria=Many(Structure({"key": Value("text"), "value": Value("text")})),
)
def search(rows: Rows, given: dict[str, Any]) -> Any:
    """After lib/externallib: `%` matches anything in names and addresses; the guest is left out."""
    query = sa.select(t.user).where(t.user.c.deleted == 0, t.user.c.id != 1).order_by(t.user.c.id)
    for each in given["criteria"]:
        column: sa.Column[Any] = t.user.c[str(each["key"])]
        like = each["key"] in ("email", "firstname", "lastname")
        query = query.where(
            column.like(each["value"])
            if like
            else column == (int(each["value"]) if each["key"] == "id" else each["value"])
        )
    return {"users": [shown(row) for row in rows.all(query)], "warnings": []}


def shown(user: sa.Row[Any]) -> dict[str, Any]:
    """Return an account as it is read: what is empty is left out, and a middle name always.

    Only the department is there when it is empty.
    """
    found: dict[str, Any] = {
        "id": user.id, "username": user.username, "firstname": user.firstname, "lastname": user.lastname,
        "fullname": f"{user.firstname} {user.lastname}".strip(), "email": user.email,
        "department": user.department, "idnumber": user.idnumber, "firstaccess": 0, "lastaccess": 0,
        "auth": user.auth, "suspended": bool(user.suspended), "confirmed": bool(user.confirmed),
        "lang": user.lang, "theme": "", "timezone": user.timezone, "mailformat": 1,
        "profileimageurlsmall": "u/f2", "profileimageurl": "u/f1",
    }  # fmt: skip
    if not user.idnumber:
        del found["idnumber"]
    more = ("city", "country", "institution", "address", "phone1", "phone2", "description")
    return found | {name: getattr(user, name) for name in more if getattr(user, name)}
