"""A stand-in for a Moodle as a system that holds items: each one is an account."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha1
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa

from dss_runtime import DataStoreTree, Outcome, Work
from dss_runtime.adapters.moodle import MoodleImporter, MoodleSource, MoodleTarget, MoodleTemplate
from dss_runtime.codegen import BranchReading, Cells, override
from dss_runtime.types import StrType
from tests.adapters.items import NAMES, TYPES, Item, ItemsBranch, leave_to_adapter, reading
from tests.adapters.systems import CAPABILITIES, Capability, System, tried
from tests.moodle.stand_in import tables as t
from tests.moodle.stand_in.server import TOKEN, StandIn
from tests.moodle.stand_in.site import Site

COLUMNS: Mapping[str, str] = {
    "ident": "idnumber",
    "text": "description",
    "count": "phone1",
    "ratio": "city",
    "price": "institution",
    "day": "phone2",
    "moment": "address",
    "kind": "department",
}
"""The column of each field that an account has a place for."""


class MoodleItems(MoodleImporter):
    """Reads items from accounts."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = MoodleSource(resource="users", columns=tuple(COLUMNS.values()))
        self.read(self.tree.items, self.open(source), _reading())  # type: ignore[attr-defined]


class Account(Item):
    """An item with the names that Moodle wants of every account: a schema derives them, as this does."""

    def __init__(self, item: Item) -> None:
        super().__init__(**{name: getattr(item, name) for name in NAMES})
        self.username = _username(item.ident)
        self.email = f"{self.username}@items.example"


class MoodleItemsTemplate(MoodleTemplate):
    """Writes items to accounts."""

    targets: ClassVar[Mapping[str, MoodleTarget]] = {
        "items": MoodleTarget(
            resource="users",
            columns={**COLUMNS, "username": "username", "email": "email"},
            key=("ident",),
            types={**TYPES, "username": StrType(), "email": StrType()},
            insert=(("firstname", "An"), ("lastname", "Item")),
            nulls_as_empty=frozenset({"text"}),
        )
    }

    @override
    def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
        return super().write([_named(each) for each in works])

    @override
    def look(self, work: Work) -> Any:
        return super().look(_named(work))


leave_to_adapter(MoodleItemsTemplate)


class MoodleTree(DataStoreTree):
    """A Moodle whose accounts are items."""

    __branches__ = ItemsBranch
    __importer__ = MoodleItems
    __template__ = MoodleItemsTemplate


class MoodleSystem(System):
    """A stand-in of its own, read by its web services."""

    name = "moodle (stand-in)"
    can: ClassVar[frozenset[Capability]] = frozenset(CAPABILITIES) - {"transactions", "damage"}
    lacks: ClassVar[Mapping[Capability, str]] = {
        "transactions": "each call stands for itself",
        "damage": tried(
            "lists that do not add up, and accounts without details, have tests of their own",
            "tests/moodle/test_doubtful_answers.py::test_courses_that_are_not_shown_are_missed",
            "tests/moodle/test_doubtful_answers.py::test_accounts_without_their_details_are_no_answer",
        ),
    }
    fields = frozenset(COLUMNS)
    narrow = "keys without `<` and `>` and other than 0; what an account has a column of its kind for"
    refusal = "Error writing to database"
    slow = True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.site = Site(self.address)
        self.stand_in = StandIn(self.site)
        weakref.finalize(self, _close, self.stand_in)

    @property
    def address(self) -> str:
        """The address of the site's database."""
        return "sqlite://"

    @classmethod
    @override
    def holds(cls, name: str, value: Any) -> bool:
        return name != "ident" or (value != "0" and not set("<>") & set(value))

    @property
    @override
    def port(self) -> int:
        return self.stand_in.port

    @override
    def fill(self, items: Iterable[Item]) -> None:
        with self.site.transaction() as site:
            site.delete(t.user, firstname="An")
            site.delete(t.user, deleted=1)
            for each in items:
                site.insert(t.user, **_account(each))

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        url = f"http://127.0.0.1:{port or self.port}"
        return MoodleTree(settings={"url": url, "token": TOKEN, "max_input_vars": 5000, **self.settings})

    @property
    def settings(self) -> Mapping[str, object]:
        """What a tree needs beside the site's address."""
        return {}

    @override
    def state(self) -> object:
        columns = [t.user.c[name] for name in (*COLUMNS.values(), "username", "email", "suspended")]
        with self.site.transaction() as site:
            return site.all(sa.select(*columns).where(t.user.c.deleted == 0).order_by(t.user.c.username))

    @override
    def forget(self, ident: str) -> None:
        with self.site.transaction() as site:
            site.delete(t.user, idnumber=ident)

    @override
    def refuse(self, ident: str) -> None:
        with self.site.engine.begin() as connection:
            for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD")):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER refuse_{event} BEFORE {event} ON mdl_user"
                    f" WHEN {row}.idnumber = '{ident}' BEGIN SELECT RAISE(ABORT, 'refused'); END"
                )

    @override
    def lock(self) -> Callable[[float], None]:
        self.stand_in.away = [(503, dict[str, str]())] * 100

        def unlock(_seconds: float) -> None:
            self.stand_in.away = []

        return unlock

    @override
    def take_rights(self) -> None:
        self.stand_in.token_works = False


class MoodleByDatabase(MoodleSystem):
    """A stand-in of its own, read by its database."""

    name = "moodle by database (stand-in)"
    can: ClassVar[frozenset[Capability]] = frozenset({"reads", "writes", "refuses", "locks"})
    lacks: ClassVar[Mapping[Capability, str]] = {
        "transactions": "each call stands for itself",
        **dict.fromkeys(
            ("damage", "network", "rights"),
            "the stand-in's database is a file of SQLite; what web services lose is tried without it",
        ),
    }

    @property
    @override
    def address(self) -> str:
        return f"sqlite:///{self.folder / 'moodle.db'}"

    @property
    @override
    def settings(self) -> Mapping[str, object]:
        return {"database": self.address}


def _reading() -> BranchReading[str, Item]:
    """Return how items are read: accounts without an idnumber are others', as a schema says by `where`."""
    found = reading(COLUMNS)

    def parse(cells: Cells) -> Item | None:
        return None if cells[0] == "" else found.parse(cells)

    return replace(found, parse=parse)


def _username(ident: str) -> str:
    return sha1(ident.encode(), usedforsecurity=False).hexdigest()


def _named(work: Work) -> Work:
    """Return a work whose records have the names that Moodle wants."""
    return replace(work, actions=tuple(map(_with_accounts, work.actions)))


def _with_accounts(action: Any) -> Any:
    records = {side: getattr(action, side) for side in ("left", "right")}
    return replace(action, **{side: Account(item) for side, item in records.items() if item is not None})


def _account(item: Item) -> dict[str, Any]:
    """Return an item as the row of the account that stands for it, made without the adapter."""
    values = {column: getattr(item, name) for name, column in COLUMNS.items()}
    kinds = {column: TYPES[name] for name, column in COLUMNS.items()}
    name = _username(item.ident)
    return {
        **{column: "" if value is None else kinds[column].format(value) for column, value in values.items()},
        "username": name,
        "email": f"{name}@items.example",
        "firstname": "An",
        "lastname": "Item",
        "confirmed": 1,
    }


def _close(stand_in: StandIn) -> None:
    stand_in.close()
    stand_in.site.engine.dispose()
