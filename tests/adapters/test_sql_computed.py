"""Columns that the database computes, where the schema does not say that they are never written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from dss_runtime.adapters.sql import SqlTarget
from tests.adapters.accounts import KINDS, AccountsTemplate, Database, account, home_of, reasons


class Naive(AccountsTemplate):
    """Would write every column."""

    targets: ClassVar[Mapping[str, SqlTarget]] = {
        "accounts": replace(AccountsTemplate.target, unwritten=frozenset())
    }


class NaiveKey(AccountsTemplate):
    """Would write the key, which the database makes of the name."""

    targets: ClassVar[Mapping[str, SqlTarget]] = {
        "accounts": replace(
            AccountsTemplate.target, columns={**AccountsTemplate.target.columns, "idnumber": "note"}
        )
    }


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """Accounts whose note is their name in small letters."""
    found = Database(home_of(request.param, tmp_path), template=Naive)
    quoted = "`full name`" if request.param == "mariadb" else '"full name"'
    found.execute("DROP TABLE accounts")
    found.execute(
        f"CREATE TABLE accounts (id_number VARCHAR(50), {quoted} VARCHAR(50), email VARCHAR(50),"
        f" note VARCHAR(50) GENERATED ALWAYS AS (lower({quoted})) STORED, pw VARCHAR(50), auth VARCHAR(50),"
        " suspended BOOLEAN)"
    )
    return found


def test_what_follows_is_applied(database: Database) -> None:
    """A computed column is left out of statements, and its difference goes with those it follows from."""
    assert {} == reasons(database.sync(account("1", "ADA", note="ada")))
    assert {} == reasons(database.sync(account("1", "BOB", note="bob")))
    assert [("1", "BOB", "bob")] == [(row[0], row[1], row[3]) for row in database.rows]
    assert 0 == len(database.sync(account("1", "BOB", note="bob")))


def test_what_does_not_follow_is_rejected(database: Database) -> None:
    """A value that the database would compute otherwise is not written; what to declare is told."""
    database.sync(account("1", "ADA", note="ada"))
    why = "rejected: note: the database computes this; say `sync: {note: never}` in the schema"
    assert {"1": why} == reasons(database.sync(account("1", "ADA", note="mine")))
    # What was written besides is told as it is.
    database.sync(account("1", "BOB", note="mine"))
    assert "bob" == database.tree.branches[0]["1"].note


def test_a_key_that_the_database_gives_is_not_made(database: Database) -> None:
    """A new record whose key is computed is rejected: its row would have another one."""
    database.tree = type(database.tree)(settings=database.tree.settings, template=NaiveKey)
    why = "rejected: idnumber: the database gives this key, and takes none"
    assert {"1": why} == reasons(database.sync(account("1", "ADA")))
    assert [] == database.rows
