"""Every adapter in one shape, with what it can do: the only reason why a test is not run for it."""

from __future__ import annotations

import csv
import inspect
import io
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar, cast

import pytest
import sqlalchemy as sa
from hypothesis import Phase, settings
from hypothesis import strategies as st

from dss_runtime import DataStoreTree, TransientError
from dss_runtime.adapters.csv import CsvImporter, CsvSource
from dss_runtime.adapters.memory import MemoryImporter, MemorySystem, MemoryTemplate
from dss_runtime.codegen import override
from tests.adapters.google_system import GoogleSystem
from tests.adapters.items import ITEMS, NAMES, READING, TYPES, Item, ItemsBranch, item, leave_to_adapter
from tests.adapters.ldap_system import LdapSystem
from tests.adapters.moodle_system import MoodleByDatabase, MoodleSystem
from tests.adapters.oneroster_system import RosterSystem
from tests.adapters.parquet_system import ArrowSystem, ParquetSystem
from tests.adapters.scim_system import ScimSystem
from tests.adapters.servers import SERVERS
from tests.adapters.sql_items import SqlTree, items_table, stored
from tests.adapters.systems import CAPABILITIES, Capability, fitted, tried
from tests.adapters.systems import System as System  # which the tests of other folders find here

F = TypeVar("F", bound=Callable[..., None])


class CsvItems(CsvImporter):
    """Reads items from a file."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = CsvSource(path=("items.csv",), columns=NAMES)
        self.read(self.tree.items, self.open(source), READING)  # type: ignore[attr-defined]


class CsvTree(DataStoreTree):
    """A folder with a file of items."""

    __branches__ = ItemsBranch
    __importer__ = CsvItems


class CsvSystem(System):
    """A folder."""

    name = "csv"
    can = frozenset({"reads", "damage"})
    lacks: ClassVar[Mapping[Capability, str]] = {
        "writes": "files are read only",
        "transactions": "files are read only",
        "refuses": "files are read only",
        "locks": "files are read only",
        "network": "files are on this machine",
        "rights": tried(
            "a file that may not be read is a missing one",
            "tests/adapters/test_csv_files.py::test_files_that_cannot_be_opened_any_more_are_refused",
        ),
    }

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "items.csv"

    @override
    def fill(self, items: Iterable[Item]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(NAMES)
        writer.writerows([_cell(item, name) for name in NAMES] for item in items)
        self.path.write_bytes(text.getvalue().encode())

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        return CsvTree(settings={"folder": self.folder})

    @override
    def state(self) -> object:
        return self.path.read_bytes()

    @override
    def damage(self) -> None:
        data = self.path.read_bytes()
        self.path.write_bytes(data[: len(data) - 8])


def _cell(item: Item, name: str) -> str:
    value = getattr(item, name)
    return "" if value is None else TYPES[name].format(value)


class SqlSystem(System):
    """A file of SQLite."""

    name = "sql"
    can = frozenset(CAPABILITIES) - {"network", "rights"}
    lacks = dict.fromkeys(("network", "rights"), "SQLite is a file; PostgreSQL and MariaDB have them")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.path = folder / "items.db"
        engine = sa.create_engine(f"sqlite:///{self.path}", poolclass=sa.pool.NullPool)
        items_table().metadata.create_all(engine)
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("CREATE UNIQUE INDEX items_ident ON items (ident)")

    def execute(self, *statements: str) -> None:
        """Change the database from outside."""
        connection = sqlite3.connect(self.path)
        try:
            with connection:
                for statement in statements:
                    connection.execute(statement)
        finally:
            connection.close()

    @override
    def fill(self, items: Iterable[Item]) -> None:
        # Not through the adapter, but by SQLAlchemy's own way of writing.
        engine = sa.create_engine(f"sqlite:///{self.path}", poolclass=sa.pool.NullPool)
        table = items_table()
        rows = [{name: stored(table, item, name, engine.dialect) for name in NAMES} for item in items]
        with engine.begin() as connection:
            connection.execute(sa.delete(table))
            if rows:
                connection.execute(sa.insert(table), rows)

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        return SqlTree(settings={"url": f"sqlite:///{self.path}?timeout=0"})

    @override
    def state(self) -> object:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute("SELECT * FROM items ORDER BY ident").fetchall()
        finally:
            connection.close()

    @override
    def damage(self) -> None:
        self.execute("ALTER TABLE items DROP COLUMN marks")

    @override
    def forget(self, ident: str) -> None:
        self.execute(f"DELETE FROM items WHERE ident = '{ident}'")

    @override
    def refuse(self, ident: str) -> None:
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            self.execute(
                f"CREATE TRIGGER refuse_{event} BEFORE {event} ON items WHEN {row}.ident = '{ident}'"
                " BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )

    @override
    def lock(self) -> Callable[[float], None]:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        return lambda _seconds: connection.close()

    @override
    def refuse_commit(self) -> None:
        self.execute(
            "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
            "CREATE TABLE children (id INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)",
            *(
                f"CREATE TRIGGER break_{event} AFTER {event} ON items"
                " BEGIN INSERT INTO children VALUES (1); END"
                for event in ("INSERT", "UPDATE", "DELETE")
            ),
        )


class MemoryItems(MemoryImporter):
    """Reads items from memory."""

    def read_items(self) -> None:
        """Read the branch items."""
        self.derive(self.tree.items, self.records("items"))  # type: ignore[attr-defined]


class MemoryItemsTemplate(MemoryTemplate):
    """Writes items to memory."""


leave_to_adapter(MemoryItemsTemplate)


class MemoryTree(DataStoreTree):
    """Items in memory."""

    __branches__ = ItemsBranch
    __importer__ = MemoryItems
    __template__ = MemoryItemsTemplate


class InMemory(System):
    """Memory."""

    name = "memory"
    can = frozenset(CAPABILITIES) - {"damage", "network", "rights"}
    lacks = dict.fromkeys(("damage", "network", "rights"), "it is this program's own memory")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.system = MemorySystem()

    @override
    def fill(self, items: Iterable[Item]) -> None:
        self.system = MemorySystem({"items": {item.ident: item for item in items}})

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        return MemoryTree(settings={"system": self.system})

    @override
    def state(self) -> object:
        return {key: repr(item) for key, item in self.system.branch("items").items()}

    @override
    def forget(self, ident: str) -> None:
        self.system.delete("items", ident)

    @override
    def refuse(self, ident: str) -> None:
        self.system.fail("items", ident, RuntimeError("refused"), times=1000)

    @override
    def lock(self) -> Callable[[float], None]:
        for ident in [*self.system.branch("items"), "new"]:
            self.system.fail("items", ident, TransientError("locked"))
        return lambda _seconds: None

    @override
    def refuse_commit(self) -> None:
        self.system.fail_commit(RuntimeError("no commit"))


SYSTEMS: tuple[type[System], ...] = (
    CsvSystem, ParquetSystem, ArrowSystem, RosterSystem, SqlSystem, *SERVERS, LdapSystem, ScimSystem,
    MoodleSystem, MoodleByDatabase, GoogleSystem, InMemory,
)  # fmt: skip
"""The table of adapters: a new one is a row, and a class above."""


CASES: dict[str, tuple[str, frozenset[Capability]]] = {}
"""What each case of the suite says, and what a system needs to take part in it."""


def source(*capabilities: Capability) -> Callable[[F], F]:
    """Run a test once for every adapter that reads and has *capabilities*, as its `source`."""
    return _each("source", "reads", *capabilities)


def target(*capabilities: Capability) -> Callable[[F], F]:
    """Run a test once for every adapter that reads, writes and has *capabilities*, as its `target`."""
    return _each("target", "reads", "writes", *capabilities)


def pairs() -> Callable[[F], F]:
    """Run a test for every adapter that reads as its `source` with every one that writes as its `target`.

    A server takes part with itself and with memory, which takes part with all: that shows as much, sooner.
    """
    found = [
        (one, other)
        for one in SYSTEMS
        for other in SYSTEMS
        if other.can.issuperset({"reads", "writes"}) and (_local(one, other) or one is other)
    ]
    ids = [f"{one.name}-{other.name}" for one, other in found]
    return _case(frozenset({"reads"}), ("source", "target"), found, ids)


def effort(divisor: int, *systems: type[System]) -> settings:
    """Return how often a property is tried: on a server, where all is slower, a tenth as often, unshrunk."""
    examples = settings().max_examples // divisor
    if any(each.slow for each in systems):
        return settings(max_examples=max(2, examples // 10), phases=[Phase.explicit, Phase.generate])
    return settings(max_examples=examples)


def some(*systems: type[System]) -> st.SearchStrategy[list[Item]]:
    """Return any few items, as all *systems* can hold them; at least one."""
    return ITEMS.map(lambda items: fitted(items, *systems) or fitted([item("one")], *systems))


def _local(*systems: type[System]) -> bool:
    """Return whether one of the systems is memory, or none is a server."""
    return InMemory in systems or not any(each.slow for each in systems)


def _each(argument: str, *needed: Capability) -> Callable[[F], F]:
    found = [each for each in SYSTEMS if each.can.issuperset(needed)]
    return _case(frozenset(needed), argument, found, [each.name for each in found])


def _case(
    needed: frozenset[Capability],
    arguments: str | Sequence[str],
    values: Sequence[object],
    ids: Sequence[str],
) -> Callable[[F], F]:
    """Run a test for each of *values*, and note for the table what a system needs to take part in it."""

    rows = [pytest.param(*_tuple(each), marks=_marks(each)) for each in values]

    def mark(test: F) -> F:
        CASES[test.__name__] = (inspect.getdoc(test) or "", needed)
        marked: F = pytest.mark.parametrize(arguments, rows, ids=ids)(test)
        return marked

    return mark


def _tuple(value: object) -> tuple[type[System], ...]:
    return cast("tuple[type[System], ...]", value if isinstance(value, tuple) else (value,))


def _marks(value: object) -> tuple[pytest.MarkDecorator, ...]:
    """Return the mark of what takes long, where one of the systems is a server of its own."""
    return (pytest.mark.slow,) if any(each.slow for each in _tuple(value)) else ()
