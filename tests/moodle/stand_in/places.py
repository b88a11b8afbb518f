"""enrol_manual_*, core_enrol_*, core_cohort_*, core_group_* and core_role_*: who is where."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.moodle.stand_in import tables as t
from tests.moodle.stand_in.errors import coding, invalid, refused
from tests.moodle.stand_in.forms import Many, Structure, Value
from tests.moodle.stand_in.registry import function
from tests.moodle.stand_in.site import COURSE, USER, Rows

_NAMED = Structure({"type": Value("text"), "value": Value("text")})


# -- enrolments ---------------------------------------------------------------------------------------


@function(
    "enrol_manual_enrol_users",
    enrolments=Many(
        Structure(
            {
                "roleid": Value("int"),
                "userid": Value("int"),
                "courseid": Value("int"),
                "timestart": Value("int", required=False),
                "timeend": Value("int", required=False),
                "suspend": Value("int", required=False, default=0),
            }
        )
    ),
)
def enrol(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; without `suspend` an enrolment becomes active again."""
    for each in given["enrolments"]:
        role, user, course = each["roleid"], each["userid"], each["courseid"]
        if rows.one(t.course, id=course) is None:
            raise invalid("Context does not exist")
        if rows.one(t.role, id=role) is None:
            message = (
                f"You don't have the permission to assign this role ({role}) to this user ({user}) in this"
            )
            raise refused("wsusercannotassign", f"{message} course ({course}).")
        if rows.one(t.user, id=user, deleted=0) is None:
            raise coding("User ID does not exist or is deleted!", f"userid:{user}")
        (method,) = rows.many(t.enrol, courseid=course, enrol="manual")
        held = rows.one(t.user_enrolments, enrolid=method.id, userid=user)
        if held is None:
            rows.insert(t.user_enrolments, enrolid=method.id, userid=user, status=each["suspend"])
        else:
            rows.update(t.user_enrolments, held.id, status=each["suspend"])
        _assign(rows, role, rows.site.context(rows, COURSE, course), user)


def _assign(rows: Rows, role: int, context: int, user: int) -> None:
    if rows.one(t.role_assignments, roleid=role, contextid=context, userid=user) is None:
        rows.insert(t.role_assignments, roleid=role, contextid=context, userid=user)


@function(
    "enrol_manual_unenrol_users",
    enrolments=Many(
        Structure({"userid": Value("int"), "courseid": Value("int"), "roleid": Value("int", required=False)})
    ),
)
def unenrol(rows: Rows, given: dict[str, Any]) -> Any:
    """The role is ignored: roles and groups of the course go with the enrolment."""
    for each in given["enrolments"]:
        user, course = each["userid"], each["courseid"]
        for method in rows.many(t.enrol, courseid=course, enrol="manual"):
            rows.delete(t.user_enrolments, enrolid=method.id, userid=user)
        rows.delete(t.role_assignments, contextid=rows.site.context(rows, COURSE, course), userid=user)
        for group in rows.many(t.groups, courseid=course):
            rows.delete(t.groups_members, groupid=group.id, userid=user)


@function(
    "core_enrol_get_enrolled_users",
    courseid=Value("int"),
    options=Many(Structure({"name": Value("text"), "value": Value("text")}), default=()),
)
def enrolled(rows: Rows, given: dict[str, Any]) -> Any:
    """Their full names, and of the rest what is asked for."""
    options = {each["name"]: each["value"] for each in given["options"]}
    fields = [each for each in options.get("userfields", "").split(",") if each]
    query = (
        sa.select(t.user, t.user_enrolments.c.status)
        .join(t.user_enrolments, t.user_enrolments.c.userid == t.user.c.id)
        .join(t.enrol, t.enrol.c.id == t.user_enrolments.c.enrolid)
        .where(t.enrol.c.courseid == given["courseid"])
        .order_by(t.user.c.id)
    )
    if options.get("onlyactive") == "1":
        query = query.where(t.user_enrolments.c.status == 0, t.user.c.suspended == 0)
    context = rows.site.context(rows, COURSE, given["courseid"])
    return [_enrolled(rows, each, fields, context) for each in rows.all(query)]


def _enrolled(rows: Rows, user: sa.Row[Any], fields: list[str], context: int) -> dict[str, Any]:
    found = {"id": user.id, "fullname": f"{user.firstname} {user.lastname}"}
    if "idnumber" in fields and user.idnumber:
        found["idnumber"] = user.idnumber
    if "roles" in fields:
        held = rows.many(t.role_assignments, contextid=context, userid=user.id)
        names = {each.id: each.shortname for each in rows.many(t.role)}
        found["roles"] = [
            {"roleid": each.roleid, "name": "", "shortname": names[each.roleid], "sortorder": 0}
            for each in held
        ]
    return found


# -- cohorts ------------------------------------------------------------------------------------------


@function(
    "core_cohort_create_cohorts",
    cohorts=Many(
        Structure(
            {
                "categorytype": _NAMED,
                "name": Value("text"),
                "idnumber": Value("text"),
                "visible": Value("bool", required=False, default=1),
            }
        )
    ),
)
def create_cohorts(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing."""
    made: list[dict[str, Any]] = []
    for each in given["cohorts"]:
        each.pop("categorytype")
        if rows.one(t.cohort, idnumber=each["idnumber"]):
            raise invalid(f"record already exists: idnumber={each['idnumber']}")
        made.append(_cohort(rows.insert(t.cohort, contextid=1, **each), each))
    return made


def _cohort(number: int, cohort: dict[str, Any]) -> dict[str, Any]:
    told = {"id": number, "name": cohort["name"], "idnumber": cohort["idnumber"], "description": ""}
    return {**told, "descriptionformat": 1, "visible": bool(cohort["visible"]), "theme": ""}


@function("core_cohort_get_cohorts", recorded=False, cohortids=Many(Value("int"), default=()))
def cohorts(rows: Rows, given: dict[str, Any]) -> Any:
    """All of them, or those that are named."""
    found = [each for each in rows.many(t.cohort) if not given["cohortids"] or each.id in given["cohortids"]]
    return [
        _cohort(each.id, {"name": each.name, "idnumber": each.idnumber, "visible": each.visible})
        for each in found
    ]


@function(
    "core_cohort_update_cohorts",
    recorded=False,
    cohorts=Many(
        Structure(
            {
                "id": Value("int"),
                "categorytype": Structure({"type": Value("text"), "value": Value("text")}),
                "name": Value("text"),
                "idnumber": Value("text"),
                "visible": Value("bool", required=False),
            }
        )
    ),
)
def update_cohorts(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; by Moodle's source, a change says where the cohort is, its name and its idnumber."""
    for each in given["cohorts"]:
        number, _ = each.pop("id"), each.pop("categorytype")
        if rows.one(t.cohort, id=number) is None:
            raise invalid("Cohort does not exist")
        rows.update(t.cohort, number, **each)


@function("core_cohort_delete_cohorts", recorded=False, cohortids=Many(Value("int")))
def delete_cohorts(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing."""
    for number in given["cohortids"]:
        if rows.one(t.cohort, id=number) is None:
            raise invalid("Cohort does not exist")
        rows.delete(t.cohort_members, cohortid=number)
        rows.delete(t.cohort, id=number)


@function(
    "core_cohort_add_cohort_members", members=Many(Structure({"cohorttype": _NAMED, "usertype": _NAMED}))
)
def add_cohort_members(rows: Rows, given: dict[str, Any]) -> Any:
    """One by one, with a warning for each that is not added."""
    warnings: list[dict[str, Any]] = []

    def warn(code: str, message: str) -> None:
        warnings.append({"warningcode": code, "message": message})

    for each in given["members"]:
        place, who = each["cohorttype"], each["usertype"]
        if who["type"] not in ("id", "username"):
            warn("1", f"invalid parameter: usertype={who['type']}")
            continue
        cohort = rows.one(t.cohort, **_named(place))
        if cohort is None:
            warn("2", f"cohort {place['type']}={place['value']} not exists")
            continue
        user = rows.one(t.user, deleted=0, **_named(who))
        if user is None:
            warn("2", f"user {who['type']}={who['value']} not exists")
        elif rows.one(t.cohort_members, cohortid=cohort.id, userid=user.id):
            warn(
                "3",
                f"record already exists: cohort({place['type']}={place['value']} "
                f"{who['type']}={who['value']})",
            )
        else:
            rows.insert(t.cohort_members, cohortid=cohort.id, userid=user.id)
    return {"warnings": warnings}


def _named(given: dict[str, str]) -> dict[str, Any]:
    """Return the column and value by which a row is named; PostgreSQL compares no number with a text."""
    return {given["type"]: int(given["value"]) if given["type"] == "id" else given["value"]}


@function("core_cohort_get_cohort_members", cohortids=Many(Value("int")))
def cohort_members(rows: Rows, given: dict[str, Any]) -> Any:
    """By cohort."""
    return [
        {
            "cohortid": number,
            "userids": [each.userid for each in rows.many(t.cohort_members, cohortid=number)],
        }
        for number in given["cohortids"]
    ]


@function(
    "core_cohort_delete_cohort_members",
    members=Many(Structure({"cohortid": Value("int"), "userid": Value("int")})),
)
def delete_cohort_members(rows: Rows, given: dict[str, Any]) -> Any:
    """Nobody minds who is none."""
    for each in given["members"]:
        rows.delete(t.cohort_members, **each)


# -- groups -------------------------------------------------------------------------------------------


@function(
    "core_group_create_groups",
    groups=Many(
        Structure(
            {
                "courseid": Value("int"),
                "name": Value("text"),
                "description": Value("text"),
                "idnumber": Value("text", required=False, default=""),
            }
        )
    ),
)
def create_groups(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing."""
    made: list[dict[str, Any]] = []
    for each in given["groups"]:
        each.pop("description")
        if rows.one(t.groups, courseid=each["courseid"], name=each["name"]):
            raise invalid("Group with the same name already exists in the course")
        made.append(_group(rows.insert(t.groups, **each), each))
    return made


def _group(number: int, group: dict[str, Any]) -> dict[str, Any]:
    told = {"id": number, "courseid": group["courseid"], "name": group["name"], "description": ""}
    more = {"descriptionformat": 1, "enrolmentkey": "", "idnumber": group["idnumber"]}
    return {**told, **more, "visibility": 0, "participation": True}


@function("core_group_get_course_groups", recorded=False, courseid=Value("int"))
def course_groups(rows: Rows, given: dict[str, Any]) -> Any:
    """Those of a course."""
    return [
        _group(each.id, {"courseid": each.courseid, "name": each.name, "idnumber": each.idnumber})
        for each in rows.many(t.groups, courseid=given["courseid"])
    ]


@function(
    "core_group_update_groups",
    recorded=False,
    groups=Many(
        Structure(
            {
                "id": Value("int"),
                "name": Value("text"),
                "idnumber": Value("text", required=False),
            }
        )
    ),
)
def update_groups(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing."""
    for each in given["groups"]:
        number = each.pop("id")
        held = rows.one(t.groups, id=number)
        if held is None:
            raise invalid("Group does not exist")
        other = rows.one(t.groups, courseid=held.courseid, name=each.get("name", ""))
        if other is not None and other.id != number:
            raise invalid("A different group with the same name already exists in the course")
        rows.update(t.groups, number, **each)


@function("core_group_delete_groups", recorded=False, groupids=Many(Value("int")))
def delete_groups(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; one that is not there is passed over."""
    for number in given["groupids"]:
        rows.delete(t.groups_members, groupid=number)
        rows.delete(t.groups, id=number)


@function(
    "core_group_add_group_members", members=Many(Structure({"groupid": Value("int"), "userid": Value("int")}))
)
def add_group_members(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; only who is enrolled."""
    for each in given["members"]:
        group = rows.one(t.groups, id=each["groupid"])
        if group is None:
            raise invalid("Group does not exist")
        methods = rows.many(t.enrol, courseid=group.courseid)
        if not any(
            rows.one(t.user_enrolments, enrolid=method.id, userid=each["userid"]) for method in methods
        ):
            raise invalid("Only enrolled users may be members of groups")
        if rows.one(t.groups_members, **each) is None:
            rows.insert(t.groups_members, **each)


@function(
    "core_group_delete_group_members",
    recorded=False,
    members=Many(Structure({"groupid": Value("int"), "userid": Value("int")})),
)
def delete_group_members(rows: Rows, given: dict[str, Any]) -> Any:
    """Nobody minds who is none."""
    for each in given["members"]:
        rows.delete(t.groups_members, **each)


@function("core_group_get_group_members", groupids=Many(Value("int")))
def group_members(rows: Rows, given: dict[str, Any]) -> Any:
    """By group."""
    return [
        {"groupid": number, "userids": [each.userid for each in rows.many(t.groups_members, groupid=number)]}
        for number in given["groupids"]
    ]


# -- roles --------------------------------------------------------------------------------------------

_ASSIGNMENT = Structure(
    {
        "roleid": Value("int"),
        "userid": Value("int"),
        "contextid": Value("int", required=False),
        "contextlevel": Value("text", required=False),
        "instanceid": Value("int", required=False),
    }
)
_LEVELS = {"user": USER, "course": COURSE}


@function("core_role_assign_roles", recorded=False, assignments=Many(_ASSIGNMENT))
def assign_roles(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; twice is once."""
    for each in given["assignments"]:
        if rows.one(t.user, id=each["userid"], deleted=0) is None:
            raise coding("User ID does not exist or is deleted!", f"userid:{each['userid']}")
        context = rows.site.context(rows, _LEVELS[each["contextlevel"]], each["instanceid"])
        _assign(rows, each["roleid"], context, each["userid"])


@function("core_role_unassign_roles", recorded=False, unassignments=Many(_ASSIGNMENT))
def unassign_roles(rows: Rows, given: dict[str, Any]) -> Any:
    """Nobody minds who has none."""
    for each in given["unassignments"]:
        context = rows.site.context(rows, _LEVELS[each["contextlevel"]], each["instanceid"])
        rows.delete(t.role_assignments, roleid=each["roleid"], contextid=context, userid=each["userid"])
