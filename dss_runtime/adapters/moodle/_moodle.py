"""One Moodle while it is read or written: its client, its database, and the ids behind idnumbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from dss_runtime import Place, SourceError
from dss_runtime.adapters.moodle._client import Client, NoRightsError
from dss_runtime.adapters.moodle._database import Database
from dss_runtime.adapters.moodle._encoding import Value
from dss_runtime.adapters.moodle._settings import MoodleSettings
from dss_runtime.adapters.moodle.resources._base import Row

_TABLES = {
    "users": ("user", "deleted = 0"),
    "courses": ("course", "category <> 0"),
    "categories": ("course_categories", "1 = 1"),
    "cohorts": ("cohort", "1 = 1"),
    "groups": ("groups", "1 = 1"),
}
"""Where the ids of each kind of record are, and which of them count."""
_AT_ONCE = 200
"""Of how many idnumbers one question asks."""


class Enrolled(NamedTuple):
    """An enrolment as it is now: the ids of its roles, the name of the last, and whether it is suspended."""

    roles: tuple[int, ...]
    role: str
    suspended: bool


class Moodle:
    """What is known of a Moodle in one read or one phase; `close` forgets it."""

    def __init__(self, settings: MoodleSettings) -> None:
        self.settings = settings
        self.client = Client(settings)
        self.database = Database(settings) if settings.database else None
        self._ids: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
        self._roles: dict[str, int] | None = None
        self._listed: dict[str, Any] = {}

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def place(self, resource: str) -> Place:
        """Return where records come from, for an error."""
        return Place(f"{self.settings.name} ({resource})")

    # -- reading --------------------------------------------------------------------------------------

    def listed(self, function: str, **parameters: Value) -> list[dict[str, Any]]:
        """Return the list that a function answers; what never changes while reading is asked for once."""
        key = f"{function} {sorted(parameters.items())}" if function.endswith("get_categories") else ""
        if key in self._listed:
            return list(self._listed[key])
        answer: object = self.client.read(function, **parameters)
        if not isinstance(answer, list):
            raise SourceError(Place(f"{self.settings.name} ({function})"), "the answer is no list")
        found = cast("list[dict[str, Any]]", answer)
        if key:
            self._listed[key] = found
        return list(found)

    def courses(self) -> list[dict[str, Any]]:
        """Return all courses but the front page."""
        if "courses" not in self._listed:
            answer: Any = self.client.read("core_course_get_courses_by_field")
            if answer.get("warnings"):
                raise SourceError(
                    self.place("courses"), f"not all are shown: {answer['warnings'][0]['message']}"
                )
            self._listed["courses"] = [each for each in answer["courses"] if each.get("categoryid")]
            self._check_courses(self._listed["courses"])
        found: list[dict[str, Any]] = self._listed["courses"]
        return found

    def categories(self) -> list[dict[str, Any]]:
        """Return all categories; SourceError where the token's user may not see all of each."""
        found = self.listed("core_course_get_categories")
        if not all("idnumber" in each for each in found):
            why = "categories are shown without their idnumbers: the user needs moodle/category:manage"
            raise SourceError(self.place("categories"), why)
        return found

    def _check_courses(self, found: Sequence[Mapping[str, Any]]) -> None:
        """Hold the courses that are shown against the number that each category says it has.

        Hidden ones are left out without a word where the right to see them is not there.
        """
        if not all("idnumber" in each for each in found):
            why = "courses are shown without their idnumbers: the user needs moodle/course:update"
            raise SourceError(self.place("courses"), why)
        shown = Counter(each["categoryid"] for each in found)
        hidden = sum(
            max(each.get("coursecount", 0) - shown[each["id"]], 0)
            for each in self.listed("core_course_get_categories")
        )
        if hidden:
            why = f"{hidden} courses are not shown: the user needs moodle/course:viewhiddencourses"
            raise SourceError(self.place("courses"), why)

    def accounts(self) -> list[dict[str, Any]]:
        """Return all accounts; SourceError where the token's user may see only some, or a part of each."""
        answer: Any = self.client.read("core_user_get_users", criteria=[{"key": "email", "value": "%"}])
        place, found = self.place("users"), list[dict[str, Any]](answer["users"])
        if answer.get("warnings"):
            raise SourceError(place, f"not all accounts are shown: {answer['warnings'][0].get('message')}")
        if not found:
            raise SourceError(place, "no account is shown, and every Moodle has some: may the user see them?")
        if not all("username" in each for each in found):
            why = "accounts are shown without their details: the user needs moodle/user:viewalldetails"
            raise SourceError(place, why)
        return found

    def idnumbers(self, resource: str) -> dict[int, str]:
        """Return the idnumber, "" where there is none, of every record of a kind, by id."""
        if self.database is not None:
            table, where = _TABLES[resource]
            return {each: name for name, each in self.database.ids(table, where)}
        if resource == "users":
            return {each["id"]: each.get("idnumber", "") for each in self.accounts()}
        if resource == "groups":
            found = [
                each
                for course in self.courses()
                for each in self.listed("core_group_get_course_groups", courseid=course["id"])
            ]
        elif resource == "courses":
            found = self.courses()
        else:
            found = self.listed("core_cohort_get_cohorts") if resource == "cohorts" else self.categories()
        return {each["id"]: each.get("idnumber") or "" for each in found}

    def check_told(self, what: str, asked: Sequence[int], told: Mapping[int, object]) -> None:
        """Raise SourceError unless everything that was asked for was told."""
        missing = [each for each in asked if each not in told]
        if missing:
            raise SourceError(
                self.place(what), f"{len(missing)} of {len(asked)} that were asked for are missing"
            )

    # -- ids ------------------------------------------------------------------------------------------

    def ids(self, resource: str, idnumbers: Iterable[str]) -> Mapping[str, list[int]]:
        """Return the ids of the records with these idnumbers; what nothing has is left out."""
        known = self._ids[resource]
        missing = [each for each in dict.fromkeys(idnumbers) if each not in known and each]
        for each, number in self._asked(resource, missing):
            if number not in known.setdefault(each, []):
                known[each].append(number)
        return known

    def id(self, resource: str, idnumber: str) -> int:
        """Return the one id that `find` has found."""
        return self._ids[resource][idnumber][0]

    def find(self, resource: str, rows: Iterable[tuple[Row, str]]) -> None:
        """Look up the ids of idnumbers; a row of which none, or more than one, is found fails."""
        asked = [(row, idnumber) for row, idnumber in rows if row.outcome is None]
        known = self.ids(resource, [idnumber for _, idnumber in asked])
        for row, idnumber in asked:
            found = known.get(idnumber, [])
            if not found:
                row.fail(f"Moodle has none of the {resource} with this idnumber")
            elif len(found) > 1:
                row.fail(f"{len(found)} {resource} have this idnumber, ids {', '.join(map(str, found))}")

    def forget(self, resource: str, idnumbers: Iterable[str]) -> None:
        """Forget ids that may be gone."""
        for each in idnumbers:
            self._ids[resource].pop(each, None)

    def check_made(self, resource: str, rows: Sequence[Row], made: object) -> None:
        """Remember the ids of new records; those that Moodle does not tell of were cut off, and fail.

        Moodle answers in the order of what was sent, with the name of each. Where variables were cut off it
        has made fewer, the last of them with what was left: that one is told too.
        """
        name = {"users": "username", "courses": "shortname"}.get(resource, "name")
        told = cast("list[dict[str, Any]]", made) if isinstance(made, list) else []
        for at, row in enumerate(rows):
            if at >= len(told) or str(told[at].get(name)) != str(row.item.get(name)):
                row.fail("Moodle has not made it: is max_input_vars of the settings that of the server?")
            elif at == len(told) - 1 and len(told) < len(rows):
                row.fail(
                    "Moodle may have made it in part: is max_input_vars of the settings that of the server?"
                )
            else:
                self._ids[resource].setdefault(row.key["idnumber"], []).append(int(told[at]["id"]))

    def _asked(self, resource: str, idnumbers: Sequence[str]) -> Iterator[tuple[str, int]]:
        if not idnumbers:
            return
        if self.database is not None:
            table, where = _TABLES[resource]
            yield from self.database.ids(table, where, idnumbers)
        elif resource == "users":
            room = min(_AT_ONCE, self.settings.max_input_vars - 10)
            for start in range(0, len(idnumbers), room):
                values = list(idnumbers[start : start + room])
                for each in self.listed("core_user_get_users_by_field", field="idnumber", values=values):
                    yield each["idnumber"], each["id"]
        else:
            # No function looks these up by idnumber; what this phase has made is known already.
            wanted = set(idnumbers)
            self._listed.clear()
            for number, idnumber in self.idnumbers(resource).items():
                if idnumber in wanted:
                    yield idnumber, number

    # -- roles ----------------------------------------------------------------------------------------

    def role(self, shortname: str) -> int | None:
        """Return the id of a role; None where there is none of that name, or nobody can tell."""
        if self._roles is None:
            told = {} if self.database is None else self.database.roles()
            self._roles = {**self.settings.roles, **told}
        return self._roles.get(shortname)

    def enrolled(self, courses: Sequence[int]) -> dict[tuple[int, int], Enrolled]:
        """Return the enrolments in courses as they are now, by the ids of course and person."""
        found: dict[tuple[int, int], Enrolled] = {}
        for course in courses:
            fields: Value = {"name": "userfields", "value": "id,roles"}
            only: Value = {"name": "onlyactive", "value": 1}
            awake = {
                each["id"]
                for each in self.listed(
                    "core_enrol_get_enrolled_users", courseid=course, options=[only, fields]
                )
            }
            for each in self.listed("core_enrol_get_enrolled_users", courseid=course, options=[fields]):
                roles = sorted(each.get("roles", []), key=lambda role: str(role["shortname"]))
                found[course, each["id"]] = Enrolled(
                    tuple(role["roleid"] for role in roles),
                    str(roles[-1]["shortname"]) if roles else "",
                    each["id"] not in awake,
                )
        return found


def told_source(moodle: Moodle, resource: str, error: Exception) -> SourceError:
    """Return what an error means for the whole of what was to be read."""
    remedy = f": may the token's user read all {resource}?" if isinstance(error, NoRightsError) else ""
    return SourceError(moodle.place(resource), f"{error}{remedy}")
