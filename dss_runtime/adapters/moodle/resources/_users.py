"""Accounts: created and deleted all or nothing, changed one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from dss_runtime import override
from dss_runtime.adapters.moodle._encoding import FIXED, Value
from dss_runtime.adapters.moodle.resources._base import Cells, Resource, Row, together, waiting
from dss_runtime.adapters.moodle.resources._records import fail_warned, text_refusal

if TYPE_CHECKING:
    from dss_runtime.adapters.moodle._moodle import Moodle

_USERNAME = re.compile(r"[-.@_a-z0-9]+")
_LENGTHS: Mapping[str, int] = {
    "idnumber": 255, "username": 100, "firstname": 100, "lastname": 100, "email": 100, "middlename": 255,
    "institution": 255, "department": 255, "address": 255, "city": 120, "country": 2, "phone1": 20,
    "phone2": 20, "lang": 30, "timezone": 100, "auth": 20,
}  # fmt: skip


class _Users(Resource):
    """Accounts that are not deleted: a deleted one keeps its id, and neither username nor idnumber."""

    name = "users"
    keys = ("idnumber",)
    columns = (*_LENGTHS, "description", "suspended", "password")
    only_written = frozenset({"password"})
    only_in_database = frozenset({"middlename"})

    @override
    def query(self, moodle: Moodle) -> tuple[str, Mapping[str, object]]:
        names = ["''" if each in self.only_written else each for each in self.columns]
        return f"SELECT {', '.join(names)} FROM {moodle.settings.prefix}user WHERE deleted = 0", {}

    @override
    def read(self, moodle: Moodle) -> Iterator[Cells]:
        for found in moodle.accounts():
            yield {column: found.get(column, "") for column in self.columns}

    @override
    def create(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        # Moodle takes a second account with an idnumber without a word.
        known = moodle.ids(self.name, [row.key["idnumber"] for row in rows])
        for row in rows:
            if row.key["idnumber"] in known:
                row.fail("there is an account with this idnumber already")
        for row in waiting(rows):
            row.item = {column: value for column, value in row.values.items() if column != "suspended"}
            if row.item.get("auth", "manual") == "manual" and not row.item.get("password"):
                row.item["createpassword"] = 1
        begun = waiting(rows)

        def call(batch: Sequence[Row]) -> None:
            made = moodle.client.write("core_user_create_users", users=[row.item for row in batch])
            moodle.check_made(self.name, batch, made)

        together(moodle, rows, call)
        _explain(moodle, [row for row in begun if row.outcome and not row.outcome.ok])
        # A new account cannot be created suspended.
        asleep = [row for row in begun if row.outcome and row.outcome.ok and row.values.get("suspended")]
        for row in asleep:
            row.outcome, row.values = None, {"suspended": 1}
        self.change(moodle, asleep)

    @override
    def change(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        moodle.find(self.name, [(row, row.key["idnumber"]) for row in rows])
        for row in waiting(rows):
            row.item = {"id": moodle.id(self.name, row.key["idnumber"]), **row.values}

        def call(batch: Sequence[Row]) -> None:
            answer = moodle.client.write("core_user_update_users", users=[row.item for row in batch])
            fail_warned(batch, answer)

        together(moodle, rows, call)

    @override
    def remove(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        moodle.find(self.name, [(row, row.key["idnumber"]) for row in rows])
        for row in waiting(rows):
            row.item = {"id": moodle.id(self.name, row.key["idnumber"])}

        def call(batch: Sequence[Row]) -> None:
            moodle.client.write("core_user_delete_users", userids=[row.item["id"] for row in batch])

        together(moodle, rows, call)
        moodle.forget(self.name, [row.key["idnumber"] for row in rows])

    @override
    def refusal(self, values: Mapping[str, Value], *, new: bool) -> str:
        required = ("idnumber", "username", "firstname", "lastname", "email")
        found = text_refusal(values, required, _LENGTHS, new=new)
        username = values.get("username")
        if not found and username is not None and not _USERNAME.fullmatch(str(username)):
            return "username: Moodle takes small letters, digits and -.@_ only"
        email = str(values.get("email", "a@b"))
        if not found and (email.count("@") != 1 or not all(email.split("@")) or " " in email):
            return "email is not an address"
        if not found and values.get("idnumber") == "0":
            return "idnumber 0 can be written, and never be looked up again"
        return found


def _explain(moodle: Moodle, rows: Sequence[Row]) -> None:
    """Say which of the names of refused accounts another one has: Moodle does so only while debugging."""
    room = moodle.settings.max_input_vars - FIXED - 1
    for column in ("username", "email"):
        given = {str(row.item.get(column, "")) for row in rows} - {""}
        # Moodle takes addresses for the same whatever their case, and looks them up as they are.
        names = sorted(given | {each.lower() for each in given})
        holders: dict[str, int] = {}
        for start in range(0, len(names), room):
            asked = names[start : start + room]
            for found in moodle.listed("core_user_get_users_by_field", field=column, values=asked):
                holders[str(found.get(column, "")).casefold()] = found["id"]
        for row in rows:
            holder = holders.get(str(row.item.get(column, "")).casefold())
            if row.outcome is not None and holder is not None:
                row.fail(f"{row.outcome.reason}; the {column} is that of the account with the id {holder}")


USERS = _Users()
