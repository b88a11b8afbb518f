"""Manual enrolments: who takes part in a course, in which role, and whether suspended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dss_runtime import SourceError, override
from dss_runtime.adapters.moodle._encoding import Value
from dss_runtime.adapters.moodle.resources._base import Cells, Resource, Row, together, waiting

if TYPE_CHECKING:
    from dss_runtime.adapters.moodle._moodle import Enrolled, Moodle

COURSE = 50
"""The level of a course's context, CONTEXT_COURSE of lib/classes/context."""
_OURS = ("manual", "guest")
"""Ways into a course that make no enrolments but manual ones."""


class _Enrolments(Resource):
    """Pairs of a course and a person, by idnumber; somebody with several roles has the last of their names.

    Moodle takes an enrolment without `suspend` for an active one, so each call says it. `role` is a role's
    short name. Removing an enrolment removes the person's groups and grades with it: a schema sets it
    suspended instead.
    """

    name = "enrolments"
    keys = ("course", "person")
    columns = ("course", "person", "role", "suspended")

    @override
    def query(self, moodle: Moodle) -> tuple[str, Mapping[str, object]]:
        prefix = moodle.settings.prefix
        return (
            "SELECT course.idnumber, person.idnumber, MAX(role.shortname), MIN(enrolment.status)"
            f" FROM {prefix}user_enrolments enrolment"
            f" JOIN {prefix}enrol method ON method.id = enrolment.enrolid AND method.enrol = 'manual'"
            f" JOIN {prefix}course course ON course.id = method.courseid"
            f" JOIN {prefix}user person ON person.id = enrolment.userid AND person.deleted = 0"
            f" LEFT JOIN {prefix}context context ON context.contextlevel = {COURSE}"
            " AND context.instanceid = course.id"
            f" LEFT JOIN {prefix}role_assignments assignment"
            " ON assignment.contextid = context.id AND assignment.userid = person.id"
            f" LEFT JOIN {prefix}role role ON role.id = assignment.roleid"
            " WHERE course.idnumber <> '' AND person.idnumber <> ''"
            " GROUP BY course.idnumber, person.idnumber",
            {},
        )

    @override
    def read(self, moodle: Moodle) -> Iterator[Cells]:
        # Who may not see numbers is shown everybody without one: they come from the accounts.
        fields = {"name": "userfields", "value": "id,roles"}
        people = moodle.idnumbers("users")
        for course in moodle.courses():
            if not course.get("idnumber"):
                continue
            others = [each for each in course.get("enrollmentmethods", ()) if each not in _OURS]
            if others:
                raise SourceError(
                    moodle.place(self.name),
                    f"the course {course['idnumber']} can be entered by {', '.join(others)} too, and no web "
                    "service tells such enrolments from manual ones: set `database`, which does",
                )
            asked: Any = {"courseid": course["id"]}
            everybody = moodle.listed("core_enrol_get_enrolled_users", **asked, options=[fields])
            active = moodle.listed(
                "core_enrol_get_enrolled_users",
                **asked,
                options=[{"name": "onlyactive", "value": 1}, {"name": "userfields", "value": "id"}],
            )
            awake = {each["id"] for each in active}
            unseen = [each["id"] for each in everybody if each["id"] not in people or "roles" not in each]
            if unseen:
                why = f"{len(unseen)} who are enrolled are shown without an account, or without roles"
                raise SourceError(moodle.place(self.name), f"{why}: may the user see them all?")
            for each in everybody:
                roles = sorted(role["shortname"] for role in each["roles"])
                if people[each["id"]]:
                    yield {
                        "course": course["idnumber"],
                        "person": people[each["id"]],
                        "role": roles[-1] if roles else "",
                        "suspended": each["id"] not in awake,
                    }

    @override
    def create(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        self._find(moodle, rows)
        for row in waiting(rows):
            self._enrolment(moodle, row, suspended=bool(row.values.get("suspended", 0)))
        self._enrol(moodle, rows)

    @override
    def change(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        self._find(moodle, rows)
        moving = [row for row in waiting(rows) if row.values.get("role")]
        held = moodle.enrolled(sorted({int(str(row.item["courseid"])) for row in waiting(rows)}))
        for row in waiting(rows):
            now = held.get((int(str(row.item["courseid"])), int(str(row.item["userid"]))))
            if now is None:
                row.fail("there is no such enrolment any more")
                continue
            role = row.values.get("role") or now.role
            row.values = {**row.values, "role": role}
            self._enrolment(moodle, row, suspended=bool(row.values.get("suspended", now.suspended)))
        self._enrol(moodle, rows)
        # Another role is added to those that are there: these are taken away.
        self._take_roles(moodle, [row for row in moving if row.outcome and row.outcome.ok], held)

    @staticmethod
    def _take_roles(moodle: Moodle, rows: Sequence[Row], held: Mapping[tuple[int, int], Enrolled]) -> None:
        """Take from people all roles in their courses but the one that they have got."""
        former: list[tuple[Row, Row]] = []
        for row in rows:
            course, user = int(str(row.item["courseid"])), int(str(row.item["userid"]))
            for role in held[course, user].roles:
                if role != row.item["roleid"]:
                    item: dict[str, Value] = {"roleid": role, "userid": user}
                    item |= {"contextlevel": "course", "instanceid": course}
                    former.append((row, Row(row.key, {}, item)))

        def call(batch: Sequence[Row]) -> None:
            moodle.client.write("core_role_unassign_roles", unassignments=[each.item for each in batch])

        together(moodle, [each for _, each in former], call)
        for row, each in former:
            if each.outcome is not None and not each.outcome.ok:
                row.fail(f"the former role stays beside the new one: {each.outcome.reason}")

    @override
    def remove(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        self._find(moodle, rows)

        def call(batch: Sequence[Row]) -> None:
            moodle.client.write("enrol_manual_unenrol_users", enrolments=[row.item for row in batch])

        together(moodle, rows, call)

    def _find(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        moodle.find("courses", [(row, row.key["course"]) for row in rows])
        moodle.find("users", [(row, row.key["person"]) for row in waiting(rows)])
        for row in waiting(rows):
            row.item = {
                "courseid": moodle.id("courses", row.key["course"]),
                "userid": moodle.id("users", row.key["person"]),
            }

    def _enrolment(self, moodle: Moodle, row: Row, *, suspended: bool) -> None:
        role = moodle.role(str(row.values.get("role", "")))
        if role is None:
            row.fail(
                f"role {row.values.get('role')!r}: there is no such role; name its id in dss.toml, "
                f"[trees.{moodle.settings.name}] roles, as roles = {{student = 5}}"
            )
        else:
            row.item = {"roleid": role, **row.item, "suspend": int(suspended)}

    def _enrol(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        def call(batch: Sequence[Row]) -> None:
            moodle.client.write("enrol_manual_enrol_users", enrolments=[row.item for row in batch])

        together(moodle, rows, call)


ENROLMENTS = _Enrolments()
