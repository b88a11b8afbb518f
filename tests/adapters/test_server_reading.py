"""Reading from servers: one moment, whole, without harm."""

from __future__ import annotations

from typing import Any

import pytest

from dss_runtime import DataStoreTree, SourceError
from dss_runtime.adapters.sql import SqlImporter, SqlSource
from dss_runtime.codegen import override
from tests.adapters.accounts import (
    ROW,
    TABLE,
    Accounts,
    Database,
)
from tests.adapters.breaking import break_all
from tests.services.databases import new_database


def test_an_import_sees_one_moment(database: Database) -> None:
    """What others write while it reads is seen in no branch."""
    seen: list[int] = []

    class Twice(Accounts):
        @override
        def read_accounts(self) -> None:
            for _ in range(2):
                with self.open(SqlSource(table=TABLE, columns=("id_number",))) as rows:
                    seen.append(len(list(rows)))
                database.insert([ROW])

    type(database.tree)(settings=database.tree.settings, importer=Twice).load()
    assert [1, 1] == seen
    assert 3 == len(database.rows)


def test_two_sources_are_read_side_by_side(database: Database) -> None:
    """A second source that is opened before the first is at its end loses none of its rows."""
    database.insert((f"{number}", *ROW[1:]) for number in range(2, 2502))
    pairs: list[tuple[Any, ...]] = []

    class Both(Accounts):
        @override
        def read_accounts(self) -> None:
            source = SqlSource(table=TABLE, columns=("id_number",))
            with self.open(source) as one:
                first = iter(one)
                next(first)
                with self.open(source) as other:
                    pairs.extend(zip(first, other, strict=False))

    type(database.tree)(settings=database.tree.settings, importer=Both).load()
    assert 2500 == len(pairs)


def test_nothing_is_written_while_reading(database: Database) -> None:
    """The import's transaction is read-only, so that a query in a schema can do no harm."""
    importer = SqlImporter(DataStoreTree(name="Moodle", settings={"url": database.url}))
    changing = SqlSource(query="DELETE FROM accounts", columns=())
    with pytest.raises(SourceError), importer.open(changing):
        pass
    assert 1 == len(database.rows)


def test_a_connection_that_breaks_while_reading_ends_the_import(kind: str) -> None:
    """Rows that came before do not count as the data."""
    database = Database(new_database(kind))
    database.insert((f"{number}", "x" * 20_000, *ROW[2:]) for number in range(3000))
    importer = SqlImporter(DataStoreTree(name="Moodle", settings={"url": database.url}))
    with importer.open(SqlSource(table=TABLE, columns=("id_number", "full name"))) as rows:
        given = iter(rows)
        next(given)
        break_all(database)
        with pytest.raises(SourceError, match="reading broke off after this row"):
            list(given)
