"""What every adapter's system can do in tests, in one shape."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias

from dss_runtime import DataStoreTree
from tests.adapters.items import Item

Capability: TypeAlias = Literal["reads", "writes", "transactions", "files"]
"""`reads` and `writes` records; `transactions` undo a phase; `files` that can be damaged from outside."""


class System(ABC):
    """A system of one kind that holds items, reached through its adapter and from outside."""

    name: ClassVar[str]
    can: ClassVar[frozenset[Capability]]

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def fill(self, items: Iterable[Item]) -> None:
        """Hold exactly *items*, without using the adapter."""

    @abstractmethod
    def tree(self) -> DataStoreTree:
        """Return a new tree that reads, and where it can writes, the system."""

    @abstractmethod
    def state(self) -> object:
        """Return all that the system holds, to be compared."""

    def damage(self) -> None:
        """Lose a part of what is held, as half an export does."""
        raise AssertionError(f"{self.name} has no files")

    def forget(self, ident: str) -> None:
        """Lose one record, behind the tree's back."""
        raise AssertionError(f"{self.name} cannot be written")

    def refuse(self, ident: str) -> None:
        """Refuse every write of one record from now on."""
        raise AssertionError(f"{self.name} cannot be written")

    def lock(self) -> Callable[[float], None]:
        """Refuse every write until the function that is returned is called."""
        raise AssertionError(f"{self.name} cannot be written")

    def refuse_commit(self) -> None:
        """Refuse to end the next transaction."""
        raise AssertionError(f"{self.name} has no transactions")
