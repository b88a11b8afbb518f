"""Who is in a cohort, and who in a group: pairs, which may be added and removed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dss_runtime import SourceError, override
from dss_runtime.adapters.moodle._client import MoodleError
from dss_runtime.adapters.moodle.resources._base import Cells, Resource, Row, together, waiting, warned

if TYPE_CHECKING:
    from dss_runtime.adapters.moodle._moodle import Moodle

_THERE_ALREADY = "3"
_IDS = re.compile(r"\bid=(\d+)")
_AT_ONCE = 100
"""Of how many cohorts or groups one call asks for the members."""


@dataclass(frozen=True, kw_only=True)
class Members(Resource):
    """Pairs of a place and a person, both by idnumber; pairs with somebody that has none are others'.

    `condition` is what somebody has to meet: Moodle says so only while debugging.
    """

    name: str
    place: str
    places: str
    table: str
    place_table: str
    place_column: str
    members_function: str
    members_parameter: str
    add_function: str
    remove_function: str
    condition: str = ""
    columns: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @override
    def query(self, moodle: Moodle) -> tuple[str, Mapping[str, object]]:
        prefix = moodle.settings.prefix
        return (
            f"SELECT place.idnumber, person.idnumber FROM {prefix}{self.table} member"
            f" JOIN {prefix}{self.place_table} place ON place.id = member.{self.place_column}"
            f" JOIN {prefix}user person ON person.id = member.userid AND person.deleted = 0"
            " WHERE place.idnumber <> '' AND person.idnumber <> ''",
            {},
        )

    @override
    def read(self, moodle: Moodle) -> Iterator[Cells]:
        names = moodle.idnumbers(self.places)
        people = moodle.idnumbers("users")
        ids = [each for each, name in names.items() if name]
        for start in range(0, len(ids), _AT_ONCE):
            asked = ids[start : start + _AT_ONCE]
            found: Any = moodle.client.read(self.members_function, **{self.members_parameter: asked})
            told = {each[self.place_column]: each["userids"] for each in found}
            moodle.check_told(self.name, asked, told)
            unseen = {user for place in asked for user in told[place]} - people.keys()
            if unseen:
                why = f"{len(unseen)} members are not shown among the accounts: may the user see them all?"
                raise SourceError(moodle.place(self.name), why)
            for place in asked:
                yield from (
                    {self.place: names[place], "person": people[user]}
                    for user in told[place]
                    if people.get(user)
                )

    @override
    def create(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        self._find(moodle, rows)

        def call(batch: Sequence[Row]) -> None:
            try:
                answer = moodle.client.write(self.add_function, members=[self._added(row) for row in batch])
            except MoodleError as error:
                if error.detail or error.code != "invalidparameter" or not self.condition:
                    raise
                raise MoodleError(error.code, error.message, self.condition) from error
            _note(batch, answer)

        together(moodle, rows, call)

    @override
    def remove(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        self._find(moodle, rows)

        def call(batch: Sequence[Row]) -> None:
            _note(batch, moodle.client.write(self.remove_function, members=[row.item for row in batch]))

        together(moodle, rows, call)

    @override
    def change(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        for row in rows:
            row.fail("a membership has nothing that could change")

    def _find(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        moodle.find(self.places, [(row, row.key[self.place]) for row in rows])
        moodle.find("users", [(row, row.key["person"]) for row in waiting(rows)])
        for row in waiting(rows):
            row.item = {
                self.place_column: moodle.id(self.places, row.key[self.place]),
                "userid": moodle.id("users", row.key["person"]),
            }

    def _added(self, row: Row) -> Any:
        if self.place == "group":
            return row.item
        return {
            "cohorttype": {"type": "id", "value": row.item["cohortid"]},
            "usertype": {"type": "id", "value": row.item["userid"]},
        }


def _note(batch: Sequence[Row], answer: object) -> None:
    """Note the rows that Moodle warns of; a member that was there already is what was asked for.

    A warning names the ids of its row in its text, "cohort id=1 not exists", and nothing else.
    """
    for warning in warned(answer):
        if str(warning.get("warningcode")) == _THERE_ALREADY:
            continue
        text = str(warning.get("message"))
        named = set(map(int, _IDS.findall(text)))
        blamed = [row for row in batch if named and named <= {int(str(each)) for each in row.item.values()}]
        for row in blamed or batch:
            row.fail(f"Moodle says: {text}")


COHORT_MEMBERS = Members(
    name="cohort_members",
    place="cohort",
    places="cohorts",
    table="cohort_members",
    place_table="cohort",
    place_column="cohortid",
    members_function="core_cohort_get_cohort_members",
    members_parameter="cohortids",
    add_function="core_cohort_add_cohort_members",
    remove_function="core_cohort_delete_cohort_members",
    columns=("cohort", "person"),
    keys=("cohort", "person"),
)
GROUP_MEMBERS = Members(
    name="group_members",
    place="group",
    places="groups",
    table="groups_members",
    place_table="groups",
    place_column="groupid",
    members_function="core_group_get_group_members",
    members_parameter="groupids",
    add_function="core_group_add_group_members",
    remove_function="core_group_delete_group_members",
    condition="only who is enrolled in its course may be in a group",
    columns=("group", "person"),
    keys=("group", "person"),
)
