"""Parents: who holds the role of parents in the context of a child's account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dss_runtime import SourceError, override
from dss_runtime.adapters.moodle.resources._base import Cells, Resource, Row, together, waiting

if TYPE_CHECKING:
    from dss_runtime.adapters.moodle._moodle import Moodle


USER = 30
"""The level of an account's context, CONTEXT_USER of lib/classes/context."""


class _Parents(Resource):
    """Pairs of a parent and a child, by idnumber. Moodle has no such role until somebody makes it."""

    name = "parents"
    keys = ("parent", "child")
    columns = ("parent", "child")

    @override
    def query(self, moodle: Moodle) -> tuple[str, Mapping[str, object]]:
        prefix = moodle.settings.prefix
        return (
            "SELECT DISTINCT guardian.idnumber, child.idnumber"
            f" FROM {prefix}role_assignments assignment"
            f" JOIN {prefix}role role ON role.id = assignment.roleid AND role.shortname = :role"
            f" JOIN {prefix}context context ON context.id = assignment.contextid"
            f" AND context.contextlevel = {USER}"
            f" JOIN {prefix}user child ON child.id = context.instanceid AND child.deleted = 0"
            f" JOIN {prefix}user guardian ON guardian.id = assignment.userid AND guardian.deleted = 0"
            " WHERE child.idnumber <> '' AND guardian.idnumber <> ''",
            {"role": moodle.settings.parent_role},
        )

    @override
    def read(self, moodle: Moodle) -> Iterator[Cells]:
        raise SourceError(
            moodle.place(self.name),
            "no web service lists the roles of parents: set `database`, which is read instead",
        )

    @override
    def create(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        self._each(moodle, rows, "core_role_assign_roles", "assignments")

    @override
    def remove(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        self._each(moodle, rows, "core_role_unassign_roles", "unassignments")

    @override
    def change(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        for row in rows:
            row.fail("a parent and a child have nothing else that could change")

    def _each(self, moodle: Moodle, rows: Sequence[Row], function: str, parameter: str) -> None:
        name = moodle.settings.parent_role
        role = moodle.role(name)
        people = [(row, row.key["parent"]) for row in rows] + [(row, row.key["child"]) for row in rows]
        moodle.find("users", people)
        for row in waiting(rows):
            if role is None:
                row.fail(f"there is no role {name!r}: make one, and name its id in `roles` of the settings")
                continue
            row.item = {
                "roleid": role,
                "userid": moodle.id("users", row.key["parent"]),
                "contextlevel": "user",
                "instanceid": moodle.id("users", row.key["child"]),
            }

        def call(batch: Sequence[Row]) -> None:
            items: Any = [row.item for row in batch]
            moodle.client.write(function, **{parameter: items})

        together(moodle, rows, call)


PARENTS = _Parents()
