"""A stand-in for a directory of Google Workspace as a system that holds items."""

from __future__ import annotations

import base64
import weakref
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from dss_runtime import DataStoreTree, Place
from dss_runtime.adapters.google import GoogleImporter, GoogleSource, GoogleTarget, GoogleTemplate
from dss_runtime.codegen import Cells, override
from dss_runtime.types import StrType
from tests.adapters.items import NAMES, TYPES, Item, ItemsBranch, leave_to_adapter, reading
from tests.adapters.systems import CAPABILITIES, Capability, System
from tests.google.directory import ADMIN
from tests.google.faults import TOO_MANY, Fault
from tests.google.stand_in import StandIn

_COLUMNS = {name: "primaryEmail" if name == "ident" else f"customSchemas.Item.{name}" for name in NAMES}
_DOMAIN = "@items.example"
_ALWAYS = 10**9


def _address(ident: str) -> str:
    return base64.b32encode(ident.encode()).decode().rstrip("=").lower() + _DOMAIN


def _ident(address: str) -> str:
    letters = address.removesuffix(_DOMAIN).upper()
    return base64.b32decode(letters + "=" * (-len(letters) % 8)).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressType(StrType):
    """Any text, kept as an address: a directory knows people by nothing else."""

    @override
    def format(self, value: str) -> str:
        return _address(value)

    @override
    def parse(self, value: object) -> str:
        return _ident(str(value))


class _Rows:
    """Rows whose addresses are read as what they stand for."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    @property
    def unreadable(self) -> Sequence[tuple[Place, str]]:
        found: Sequence[tuple[Place, str]] = self._rows.unreadable
        return found

    def place(self) -> Place:
        """Return where the row is."""
        found: Place = self._rows.place()
        return found

    def __iter__(self) -> Iterator[Cells]:
        for address, *cells in self._rows:
            if address != ADMIN:
                yield (_ident(address), *cells)


class GoogleItems(GoogleImporter):
    """Reads items from users."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = GoogleSource(resource="users", columns=tuple(_COLUMNS.values()))

        @contextmanager
        def opened() -> Generator[Any]:
            with self.open(source) as rows:
                yield _Rows(rows)

        self.read(self.tree.items, opened(), reading(_COLUMNS))  # type: ignore[attr-defined]


class GoogleItemsTemplate(GoogleTemplate):
    """Writes items to users."""

    targets: ClassVar[Mapping[str, GoogleTarget]] = {
        "items": GoogleTarget(
            resource="users",
            columns=_COLUMNS,
            key=("ident",),
            types={**TYPES, "ident": AddressType()},
            insert=(("name.givenName", "An"), ("name.familyName", "Item")),
        )
    }


leave_to_adapter(GoogleItemsTemplate)


class GoogleTree(DataStoreTree):
    """A directory whose users are items."""

    __branches__ = ItemsBranch
    __importer__ = GoogleItems
    __template__ = GoogleItemsTemplate


class GoogleSystem(System):
    """A stand-in of its own."""

    name = "google (stand-in)"
    can: ClassVar[frozenset[Capability]] = frozenset(CAPABILITIES) - {"transactions"}
    lacks: ClassVar[Mapping[Capability, str]] = {
        "transactions": "the API has none: each request stands for itself"
    }
    narrow = "the key as an address, the other fields in a custom schema, without the limits of Google's own"
    slow = True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = StandIn().start()
        weakref.finalize(self, self.server.stop)
        self.directory = self.server.directory
        self.directory.schemas.add("Item")
        self.directory.domains.add(_DOMAIN.removeprefix("@"))

    @property
    @override
    def port(self) -> int:
        return self.server.port

    @override
    def fill(self, items: Iterable[Item]) -> None:
        for number, user in list(self.directory.users.items()):
            if user["primaryEmail"] != ADMIN:
                del self.directory.users[number]
        self.directory.deleted.clear()
        for each in items:
            values = {name: _json(each, name) for name in NAMES[1:]}
            custom = {name: value for name, value in values.items() if value is not None}
            self.directory.add_user(_address(each.ident), customSchemas={"Item": custom})

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        endpoint = f"http://127.0.0.1:{port or self.port}"
        return GoogleTree(settings={"endpoint": endpoint, "retries": 0, "timeout": 20})

    @override
    def state(self) -> object:
        return sorted((each["primaryEmail"], repr(each)) for each in self.directory.users.values())

    @override
    def damage(self) -> None:
        self.directory.largest["users"] = 4
        error = (400, "invalid", "Invalid Input: pageToken")
        self.server.fail("users.list", error, like="pageToken", times=_ALWAYS)

    @override
    def forget(self, ident: str) -> None:
        self.directory.users.pop(self._number(ident))

    @override
    def refuse(self, ident: str) -> None:
        error = (400, "invalid", "refused")
        self.server.fail("users.insert", error, like=_address(ident), times=_ALWAYS)
        for method in ("users.update", "users.delete"):
            self.server.fail(method, error, like=self._number(ident), times=_ALWAYS)

    @override
    def lock(self) -> Callable[[float], None]:
        locked = Fault("users.[iud]*", TOO_MANY, times=_ALWAYS)
        self.server.state.faults.append(locked)

        def unlock(_seconds: float) -> None:
            locked.times = 0

        return unlock

    @override
    def take_rights(self) -> None:
        self.server.state.tokens.rights = False

    def _number(self, ident: str) -> str:
        """Return the id of a user, or what is none's."""
        held = self.directory.users.items()
        return next((key for key, user in held if user["primaryEmail"] == _address(ident)), "nobody")


def _json(item: Item, name: str) -> object:
    value = getattr(item, name)
    return value if value is None or isinstance(value, (bool, int, float)) else TYPES[name].format(value)
