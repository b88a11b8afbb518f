"""What every adapter's system can do in tests, in one shape."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias, get_args

from dss_runtime import DataStoreTree
from tests.adapters.items import NAMES, REQUIRED, Item

Capability: TypeAlias = Literal[
    "reads", "writes", "transactions", "damage", "refuses", "locks", "network", "rights"
]
"""What a case of the suite may ask of a system.

`reads` and `writes` records; `transactions` undo a phase; `damage` from outside can take a part of what it
holds, as half an export does; it `refuses` one record, and `locks` all for a while, when a test asks for it;
it is reached over a `network`, whose faults a test can make; and it can take the account's `rights` away.
"""
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)


def tried(why: str, *tests: str) -> str:
    """Return as a reason *why* tests of its own, each a path and a name, try what the suite does not."""
    return f"{why}: {', '.join(f'`{each}`' for each in tests)}"


class System(ABC):
    """A system of one kind that holds items, reached through its adapter and from outside.

    `lacks` says why a capability that is not in `can` is not there: the table in the documentation prints it.
    `fields` are the fields of an item that the system has a place for, and `holds` says which of their values
    fit; `narrow` tells the same to people.
    """

    name: ClassVar[str]
    can: ClassVar[frozenset[Capability]]
    lacks: ClassVar[Mapping[Capability, str]] = {}
    fields: ClassVar[frozenset[str]] = frozenset(NAMES)
    narrow: ClassVar[str] = ""
    slow: ClassVar[bool] = False
    """Whether it is a server of its own, so that properties are tried less often."""
    many: ClassVar[int] = 10_000
    """How many records the case of many records takes: fewer only where the server needs minutes for them.

    The variable DSS_MANY has all systems take as many as it says.
    """
    why_fewer: ClassVar[str] = ""
    """What the server does so long, where it is fewer: the table in the documentation prints it."""
    refusal: ClassVar[str] = "refused"
    """What the reason says of a record that the system refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def holds(cls, name: str, value: Any) -> bool:
        """Return whether the system can hold a value, not None, of a field that it has a place for."""
        return True

    @classmethod
    def same_key(cls, ident: str) -> Hashable:
        """Return what is equal for keys that are one and the same to the system."""
        return ident

    @property
    def port(self) -> int:
        """The port of this machine at which the server is."""
        raise AssertionError(f"{self.name} is no server")

    @abstractmethod
    def fill(self, items: Iterable[Item]) -> None:
        """Hold exactly *items*, without using the adapter."""

    @abstractmethod
    def tree(self, port: int | None = None) -> DataStoreTree:
        """Return a new tree that reads, and where it can writes, the system; a server through *port*."""

    @abstractmethod
    def state(self) -> object:
        """Return all that the system holds, to be compared."""

    def damage(self) -> None:
        """Lose a part of what is held, as half an export does."""
        raise AssertionError(f"{self.name} cannot be damaged")

    def forget(self, ident: str) -> None:
        """Lose one record, behind the tree's back."""
        raise AssertionError(f"{self.name} cannot be written")

    def refuse(self, ident: str) -> None:
        """Refuse every write of one record from now on."""
        raise AssertionError(f"{self.name} refuses nothing")

    def lock(self) -> Callable[[float], None]:
        """Refuse every write until the function that is returned is called."""
        raise AssertionError(f"{self.name} has no locks")

    def refuse_commit(self) -> None:
        """Refuse to end the next transaction."""
        raise AssertionError(f"{self.name} has no transactions")

    def take_rights(self) -> None:
        """Take the right to read, and to write, from the account that the tree uses."""
        raise AssertionError(f"{self.name} has no rights")


def fitted(items: Iterable[Item], *systems: type[System]) -> list[Item]:
    """Return *items* as all *systems* can hold them, without those whose key one of them cannot hold."""
    found: list[Item] = []
    seen: set[tuple[type[System], Hashable]] = set()
    for each in items:
        keys = {(system, system.same_key(each.ident)) for system in systems}
        if keys.isdisjoint(seen) and all(system.holds("ident", each.ident) for system in systems):
            seen |= keys
            found.append(_fit(each, systems))
    return found


def _fit(item: Item, systems: Iterable[type[System]]) -> Item:
    values = {name: getattr(item, name) for name in NAMES}
    kept = {
        name: value
        for name, value in values.items()
        if value is not None
        and (name in REQUIRED or value != "")
        and all(name in system.fields and system.holds(name, value) for system in systems)
    }
    if values["text"] == "" and "text" not in kept:
        kept["text"] = ""  # equal to None, which all can hold
    return Item(**kept)
