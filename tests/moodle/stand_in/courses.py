"""core_course_*: categories and courses."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.moodle.stand_in import tables as t
from tests.moodle.stand_in.errors import MoodleSaysError, refused
from tests.moodle.stand_in.forms import Many, Structure, Value
from tests.moodle.stand_in.registry import function
from tests.moodle.stand_in.site import Rows

_MORE = {
    "idnumber": Value("text", required=False), "summary": Value("text", required=False),
    "format": Value("text", required=False), "startdate": Value("int", required=False),
    "enddate": Value("int", required=False), "visible": Value("int", required=False),
}  # fmt: skip
_NAMES = {"fullname": Value("text", required=False), "shortname": Value("text", required=False)}


@function(
    "core_course_create_categories",
    categories=Many(
        Structure(
            {
                "name": Value("text"),
                "parent": Value("int", required=False, default=0),
                "idnumber": Value("text", required=False),
            }
        )
    ),
)
def create_categories(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; an idnumber is taken once."""
    made: list[dict[str, Any]] = []
    for each in given["categories"]:
        _check_category(rows, each.get("idnumber"))
        made.append({"id": rows.insert(t.category, **each), "name": each["name"]})
    return made


def _check_category(rows: Rows, idnumber: str | None, but: int = 0) -> None:
    held = rows.one(t.category, idnumber=idnumber) if idnumber else None
    if held is not None and held.id != but:
        raise refused("categoryidnumbertaken", "ID number is already used for another category")


@function("core_course_get_categories", recorded=False, criteria=Many(Structure({}), default=()))
def categories(rows: Rows, _given: dict[str, Any]) -> Any:
    """All of them."""
    found = rows.many(t.category)
    return [
        {
            "id": each.id,
            "name": each.name,
            "idnumber": each.idnumber,
            "parent": each.parent,
            "coursecount": len(rows.many(t.course, category=each.id)),
        }
        for each in found
    ]


@function(
    "core_course_update_categories",
    recorded=False,
    categories=Many(
        Structure(
            {
                "id": Value("int"),
                "name": Value("text", required=False),
                "idnumber": Value("text", required=False),
                "parent": Value("int", required=False),
            }
        )
    ),
)
def update_categories(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing."""
    for each in given["categories"]:
        number = each.pop("id")
        if rows.one(t.category, id=number) is None:
            raise refused("unknowncategory", "Unknown category")
        _check_category(rows, each.get("idnumber"), number)
        rows.update(t.category, number, **each)


@function(
    "core_course_delete_categories",
    recorded=False,
    categories=Many(Structure({"id": Value("int"), "recursive": Value("bool", required=False)})),
)
def delete_categories(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing; what is in one goes to the one above it."""
    for each in given["categories"]:
        held = rows.one(t.category, id=each["id"])
        if held is None:
            raise refused("unknowncategory", "Unknown category")
        for below in rows.many(t.category, parent=held.id):
            rows.update(t.category, below.id, parent=held.parent)
        rows.delete(t.category, id=held.id)


@function(
    "core_course_create_courses",
    courses=Many(
        Structure(
            {"fullname": Value("text"), "shortname": Value("text"), "categoryid": Value("int"), **_MORE}
        )
    ),
)
def create(rows: Rows, given: dict[str, Any]) -> Any:
    """All or nothing."""
    made: list[dict[str, Any]] = []
    for each in given["courses"]:
        number = each.pop("categoryid")
        if rows.one(t.category, id=number) is None:
            message = (
                f"You cannot execute functions in the category context (category id:{number}). "
                "The context error message was: Invalid parameter value detected"
            )
            raise refused("errorcatcontextnotvalid", message)
        _check(rows, each)
        made_id = rows.insert(t.course, category=number, **each)
        rows.site.context(rows, 50, made_id)
        made.append({"id": made_id, "shortname": each["shortname"]})
        rows.insert(t.enrol, enrol="manual", courseid=made_id, roleid=5)
    return made


def _check(rows: Rows, course: dict[str, Any], but: int = 0) -> None:
    short, idnumber = course.get("shortname"), course.get("idnumber")
    if short and (held := rows.one(t.course, shortname=short)) and held.id != but:
        raise refused("shortnametaken", f"Short name is already used for another course ({short})")
    if idnumber and (held := rows.one(t.course, idnumber=idnumber)) and held.id != but:
        raise refused("courseidnumbertaken", f"ID number is already used for another course ({idnumber})")


@function(
    "core_course_update_courses",
    courses=Many(
        Structure({"id": Value("int"), "categoryid": Value("int", required=False), **_NAMES, **_MORE})
    ),
)
def update(rows: Rows, given: dict[str, Any]) -> Any:
    """One by one, with a warning for each that is refused."""
    warnings: list[dict[str, Any]] = []
    for each in given["courses"]:
        number = each.pop("id")
        try:
            if rows.one(t.course, id=number) is None:
                raise refused("invalidrecord", "Can't find data record in database table course.")
            _check(rows, each, number)
            if "categoryid" in each:
                each["category"] = each.pop("categoryid")
            rows.update(t.course, number, **each)
        except MoodleSaysError as error:
            found = {"item": "course", "itemid": number, "warningcode": error.code, "message": error.message}
            warnings.append(found)
    return {"warnings": warnings}


@function("core_course_delete_courses", recorded=False, courseids=Many(Value("int")))
def delete(rows: Rows, given: dict[str, Any]) -> Any:
    """One by one, with a warning for each that is not there."""
    warnings: list[dict[str, Any]] = []
    for number in given["courseids"]:
        if rows.one(t.course, id=number) is None:
            found = {
                "item": "course",
                "itemid": number,
                "warningcode": "unknowncourseidnumber",
                "message": "Unknown",
            }
            warnings.append(found)
            continue
        for group in rows.many(t.groups, courseid=number):
            rows.delete(t.groups_members, groupid=group.id)
        rows.delete(t.groups, courseid=number)
        for method in rows.many(t.enrol, courseid=number):
            rows.delete(t.user_enrolments, enrolid=method.id)
        rows.delete(t.enrol, courseid=number)
        rows.delete(t.course, id=number)
    return {"warnings": warnings}


@function(
    "core_course_get_courses_by_field",
    field=Value("text", required=False, default=""),
    value=Value("text", required=False, default=""),
)
def by_field(rows: Rows, given: dict[str, Any]) -> Any:
    """All courses where no field is named."""
    query = sa.select(t.course).order_by(t.course.c.id)
    if given["field"]:
        column: sa.Column[Any] = t.course.c[str(given["field"])]
        query = query.where(column == given["value"])
    names = {each.id: each.name for each in rows.many(t.category)}
    found: list[dict[str, Any]] = []
    for each in rows.all(query):
        # The newest course of a category comes first.
        later = sum(other.id >= each.id for other in rows.many(t.course, category=each.category))
        found.append(_shown(each, names, later))
    return {"courses": found, "warnings": []}


def _shown(course: sa.Row[Any], names: dict[int, str], place: int) -> dict[str, Any]:
    filters = ("displayh5p", "activitynames", "mathjaxloader", "emoticon", "urltolink", "mediaplugin")
    options = {"hiddensections": 1, "coursedisplay": 0, "indentation": "1"}
    return {
        "id": course.id, "fullname": course.fullname, "displayname": course.fullname,
        "shortname": course.shortname, "courseimage": "course.svg", "categoryid": course.category,
        "categoryname": names.get(course.category, ""), "sortorder": 10_000 * course.category + place,
        "summary": course.summary or "", "summaryformat": 1, "summaryfiles": [], "overviewfiles": [],
        "showactivitydates": False, "showcompletionconditions": True, "contacts": [],
        "enrollmentmethods": ["manual"], "idnumber": course.idnumber, "format": course.format,
        "showgrades": 1,
        "newsitems": 5, "startdate": course.startdate, "enddate": course.enddate, "maxbytes": 0,
        "showreports": 0, "visible": course.visible, "groupmode": 0, "groupmodeforce": 0,
        "defaultgroupingid": 0, "enablecompletion": 1, "completionnotify": 0, "lang": "", "theme": "",
        "marker": 0, "legacyfiles": 0, "calendartype": "", "timecreated": 0, "timemodified": 0,
        "requested": 0, "cacherev": 0,
        "filters": [{"filter": name, "localstate": 0, "inheritedstate": 1} for name in filters],
        "courseformatoptions": [{"name": name, "value": value} for name, value in options.items()],
    }  # fmt: skip
