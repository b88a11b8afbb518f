"""Handlers of a project beside what the sql adapter writes: nothing twice, nothing half, nothing made up."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import Outcome, Status, UnknownOutcomeError
from dss_runtime.codegen import override
from tests.adapters.accounts import KINDS, ROW, AccountsTemplate, Database, account, home_of, reasons


def database_of(kind: str, folder: Path, template: type, *rows: tuple[Any, ...]) -> Database:
    """Return a database whose tree is written record by record."""
    database = Database(home_of(kind, folder), rows, template)
    database.tree.settings["transactions"] = "record"
    return database


@pytest.mark.parametrize("kind", KINDS)
def test_a_handler_that_writes_through_the_adapter_is_called_once(kind: str, tmp_path: Path) -> None:
    """By record too, what it and the adapter write is committed together, when it has returned."""
    called: list[str] = []

    class Template(AccountsTemplate):
        @override
        def new_accounts(self, action: Any, /) -> Outcome:
            called.append(action.key)
            outcome: Outcome = self.write_one(action)
            assert called[:-1] == [row[0] for row in database.rows]
            return outcome

    database = database_of(kind, tmp_path, Template)

    assert {} == reasons(database.sync(account("1"), account("2")))
    assert ["1", "2"] == called == [row[0] for row in database.rows]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_handler_wrote_through_the_adapter_goes_when_it_raises(kind: str, tmp_path: Path) -> None:
    """By record too: nothing of it is committed before the handler has returned."""

    class Template(AccountsTemplate):
        @override
        def new_accounts(self, action: Any, /) -> Outcome:
            outcome: Outcome = self.write_one(action)
            if action.key == "1":
                raise ValueError("a later step")
            return outcome

    database = database_of(kind, tmp_path, Template)

    assert {"1": "failed: ValueError: a later step"} == reasons(database.sync(account("1"), account("2")))
    assert ["2"] == [row[0] for row in database.rows]


def test_what_is_not_read_from_the_table_is_not_told_by_it(tmp_path: Path) -> None:
    """A lost answer about something without a column, or that is not written to it, stays unknown."""

    class Template(AccountsTemplate):
        def lose(self, _action: Any, /) -> None:
            raise UnknownOutcomeError("timed out")

        changed_accounts_note = changed_accounts_shout = lose

    result = Database(tmp_path, [ROW], Template).sync(account("1", name="B", note="new"))

    assert {"name": Status.APPLIED, "note": Status.UNKNOWN, "shout": Status.UNKNOWN} == {
        action.attribute: outcome.status for action, outcome in result
    }


class Served(AccountsTemplate):
    """Asks a service to make the row, and does not hear from it; `first` is made by the adapter."""

    database: Database
    asked: list[str]

    @override
    def new_accounts(self, action: Any, /) -> Outcome:
        """Look at the table, as a handler may, and then let the service write to it."""
        self.connection.exec_driver_sql("SELECT count(*) FROM accounts").fetchall()
        if action.key == "first":
            outcome: Outcome = self.write_one(action)
            return outcome
        self.asked.append(action.key)
        self.database.insert([(action.key, *ROW[1:])])
        raise UnknownOutcomeError("timed out")


@pytest.mark.parametrize("kind", KINDS)
def test_looking_sees_what_others_have_done_meanwhile(kind: str, tmp_path: Path) -> None:
    """A transaction that saw the table before does not hide it: the service is not asked again."""
    Served.database = database = Database(home_of(kind, tmp_path), template=Served)
    Served.asked = []
    if kind == "sqlite":
        database.execute("PRAGMA journal_mode=WAL")

    assert {} == reasons(database.sync(account("1")))
    assert (["1"], ["1"]) == (Served.asked, [row[0] for row in database.rows])


def test_looking_beside_a_transaction_that_has_written_is_not_misled(tmp_path: Path) -> None:
    """MariaDB goes on showing what was there when the transaction began: then nobody knows."""
    Served.database = database = Database(home_of("mariadb", tmp_path), template=Served)
    Served.asked = []

    result = database.sync(account("first"), account("second"))

    assert {"second": "unknown: UnknownOutcomeError: timed out; read the target again"} == reasons(result)
    assert ["second"] == Served.asked


@pytest.mark.parametrize("atomic", [True, False])
def test_a_lock_that_another_transaction_does_not_meet_is_met_once(atomic: bool, tmp_path: Path) -> None:
    """What cannot be written since somebody else wrote first can be by a transaction that begins later."""
    meanwhile: list[str] = []

    class Template(AccountsTemplate):
        atomic_handlers = atomic

        @override
        def changed_accounts_name(self, action: Any, /) -> Outcome:
            self.connection.exec_driver_sql("SELECT count(*) FROM accounts").fetchall()
            if not meanwhile:
                meanwhile.append(action.key)
                database.execute("UPDATE accounts SET pw = 'theirs' WHERE id_number = '2'")
            outcome: Outcome = self.write_one(action)
            return outcome

    database = Database(tmp_path, [("1", *ROW[1:]), ("2", *ROW[1:])], Template)
    database.execute("PRAGMA journal_mode=WAL")
    result = database.sync(account("1", name="B"), account("2", name="B"))

    named = {action.key: outcome for action, outcome in result if action.attribute == "name"}
    assert [atomic, True] == [outcome.ok for outcome in named.values()]
    assert [2 if atomic else 1, 1] == [outcome.attempts for outcome in named.values()]


def test_a_handler_that_may_have_done_something_elsewhere_is_not_repeated(tmp_path: Path) -> None:
    """Where the database is locked when it comes to that, its service is not called again."""
    posted: list[str] = []

    class Template(AccountsTemplate):
        @override
        def new_accounts(self, action: Any, /) -> Outcome:
            posted.append(action.key)
            outcome: Outcome = self.write_one(action)
            return outcome

    database = Database(tmp_path, template=Template)
    database.tree.load()
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    result = database.sync(account("1"), load=False)
    other.close()

    assert [Status.FAILED] == [outcome.status for _, outcome in result]
    assert ["1"] == posted
