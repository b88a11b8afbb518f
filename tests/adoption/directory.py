"""The directory of the golden case `accounts`: a database whose accounts may lack their key."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from dss_runtime import DataStoreTree, Policy, SyncResult
from dss_runtime.adapters.memory import MemorySystem

CASE = "tests.generator.golden.accounts.generated"
UNGUARDED = Policy(guarded=False)


class Row(NamedTuple):
    """An account of the directory; `number` is its place in the table, which nothing of ours writes."""

    uid: str | None
    email: str | None = None
    phone: str | None = None
    home: str | None = None
    disabled: int | None = None
    kind: str = "staff"
    number: int = 0

    @property
    def keyless(self) -> bool:
        """Whether the account has no key."""
        return not self.uid


def account(login: str, **fields: Any) -> Any:
    """Return a record of an account."""
    return importlib.import_module(f"{CASE}.models").Account(login=login, **fields)


def staff(records: Iterable[Any]) -> DataStoreTree:
    """Return the left side, read."""
    held: Mapping[str, Any] = {each.login: each for each in records}
    made: DataStoreTree = importlib.import_module(f"{CASE}.wiring").make_staff(
        {"system": MemorySystem({"accounts": held})}
    )
    return made.load()


class Directory:
    """A directory in *folder* with *rows*."""

    def __init__(self, folder: Path, rows: Iterable[Row] = ()) -> None:
        self.url = f"sqlite:///{folder / 'directory.db'}"
        self._engine = sa.create_engine(self.url, poolclass=sa.pool.NullPool)
        importlib.import_module(f"{CASE}.tables").directory__accounts.metadata.create_all(self._engine)
        for row in rows:
            self.execute(
                "INSERT INTO account (uid, email, phone, home, disabled, reason, kind)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*row[:5], "left" if row.disabled else None, row.kind),
            )

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> None:
        """Do something in the database, as somebody else does."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(statement, values)

    @property
    def rows(self) -> list[Row]:
        """Everything that is there."""
        query = "SELECT uid, email, phone, home, disabled, kind, rowid FROM account ORDER BY rowid"
        with self._engine.connect() as connection:
            return [Row(*each) for each in connection.exec_driver_sql(query)]

    def tree(self) -> DataStoreTree:
        """Return the right side, not read."""
        made: DataStoreTree = importlib.import_module(f"{CASE}.wiring").make_directory({"url": self.url})
        return made

    def follow(self, left: DataStoreTree) -> SyncResult:
        """Read the directory, and bring it in step with *left*."""
        return left.sync(self.tree().load(), policy=UNGUARDED)


def told(result: SyncResult) -> list[str]:
    """Return what a sync has done: each message, and why it was not applied."""
    return [
        action.message if outcome.ok else f"{action.message}: {outcome.status}: {outcome.reason}"
        for action, outcome in result
    ]
