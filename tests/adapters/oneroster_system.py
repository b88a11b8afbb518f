"""Items in the users of a set of OneRoster files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from dss_runtime import DataStoreTree
from dss_runtime.adapters.oneroster import RosterImporter, RosterSource, RosterTarget, RosterTemplate
from dss_runtime.codegen import override
from tests.adapters.items import TYPES, Item, ItemsBranch, leave_to_adapter, reading
from tests.adapters.systems import CAPABILITIES, Capability, System, tried

STANDARD = "oneroster-1.2"
HEADER: tuple[str, ...] = tuple(
    "sourcedId status dateLastModified enabledUser username userIds givenName familyName middleName"
    " identifier email sms phone agentSourcedIds grades password userMasterIdentifier resourceSourcedIds"
    " preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns".split()
)
COLUMNS = {
    "ident": "sourcedId",
    "text": "middleName",
    "count": "identifier",
    "ratio": "email",
    "price": "sms",
    "flag": "phone",
    "day": "userIds",
    "moment": "agentSourcedIds",
    "local": "password",
    "clock": "userMasterIdentifier",
    "uid": "resourceSourcedIds",
    "blob": "preferredGivenName",
    "kind": "preferredMiddleName",
    "doc": "preferredFamilyName",
    "tags": "grades",
    "marks": "pronouns",
}
CONSTANTS: Mapping[str, object] = {"enabledUser": True, "username": "x", "givenName": "x", "familyName": "x"}
"""What the standard asks of every user, and no item has."""


class RosterItems(RosterImporter):
    """Reads items from a set."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = RosterSource(standard=STANDARD, file="users", columns=tuple(COLUMNS.values()))
        self.read(self.tree.items, self.open(source), reading(COLUMNS))  # type: ignore[attr-defined]


class RosterItemsTemplate(RosterTemplate):
    """Writes items to a set."""

    targets: ClassVar[Mapping[str, RosterTarget]] = {
        "items": RosterTarget(
            standard=STANDARD,
            file="users",
            columns=COLUMNS,
            key=("ident",),
            types=TYPES,
            insert=tuple(CONSTANTS.items()),
            nulls_as_empty=frozenset({"text"}),
        )
    }


leave_to_adapter(RosterItemsTemplate)


class RosterTree(DataStoreTree):
    """A set with a file of items."""

    __branches__ = ItemsBranch
    __importer__ = RosterItems
    __template__ = RosterItemsTemplate


class RosterSystem(System):
    """A folder with a set of OneRoster files."""

    name = "oneroster"
    can = frozenset(CAPABILITIES) - {"refuses", "locks", "network", "rights"}
    narrow = "text that CSV in UTF-8 can hold: no NUL"
    lacks: ClassVar[Mapping[Capability, str]] = {
        "refuses": "a file refuses no single record",
        "locks": "nobody locks files; one that has changed meanwhile is not replaced",
        "network": "files are on this machine",
        "rights": tried(
            "a file that may not be read is a missing one",
            "tests/oneroster/test_damage.py::test_a_missing_file_is_an_error",
        ),
    }

    @classmethod
    @override
    def holds(cls, name: str, value: Any) -> bool:
        return "\0" not in TYPES[name].format(value)

    @property
    def path(self) -> Path:
        """The set."""
        return self.folder / "set"

    @override
    def fill(self, items: Iterable[Item]) -> None:
        rows = [_row(item) for item in items]
        self.path.mkdir(exist_ok=True)
        users = self.path / "users.csv"
        users.unlink(missing_ok=True)
        if rows:
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, HEADER, restval="")
            writer.writeheader()
            writer.writerows(rows)
            users.write_bytes(text.getvalue().encode())
        state = "bulk" if rows else "absent"
        (self.path / "manifest.csv").write_bytes(
            b"propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n"
            + f"file.users,{state}\r\n".encode()
        )

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        return RosterTree(settings={"path": str(self.path), "writes": True})

    @override
    def state(self) -> object:
        return {each.name: each.read_bytes() for each in self.path.iterdir()} if self.path.is_dir() else {}

    @override
    def damage(self) -> None:
        users = self.path / "users.csv"
        users.write_bytes(users.read_bytes()[:-8])

    @override
    def forget(self, ident: str) -> None:
        users = self.path / "users.csv"
        rows = list(csv.DictReader(io.StringIO(users.read_bytes().decode(), newline="")))
        kept = [row for row in rows if row["sourcedId"] != ident]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, HEADER)
        writer.writeheader()
        writer.writerows(kept)
        users.write_bytes(text.getvalue().encode())

    @override
    def refuse_commit(self) -> None:
        # A file where the new set is to be made, which is a folder.
        (self.folder / ".set.new").write_text("in the way")


def _row(item: Item) -> dict[str, str]:
    values = {column: getattr(item, name) for name, column in COLUMNS.items()}
    kinds = {column: TYPES[name] for name, column in COLUMNS.items()}
    constants = {name: str(value).lower() for name, value in CONSTANTS.items()}
    return constants | {
        name: "" if value is None else kinds[name].format(value) for name, value in values.items()
    }
