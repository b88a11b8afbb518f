"""What adapters tell of a record when nobody knows whether it was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dss_runtime import DssError, New, Old, Outcome, SettingsError, Work
from dss_runtime.adapters.sql import SqlTarget
from dss_runtime.adapters.sql._database import engine_of
from dss_runtime.codegen import override
from tests.adapters.accounts import Account, AccountsTemplate, Database, account, reasons


def rows(*names: str) -> list[tuple[Any, ...]]:
    """Return rows of accounts, none of them disabled."""
    return [(name, "A", "a@b", "", "", "ldap", 0) for name in names]


def look(database: Database, *works: Work) -> list[Any]:
    """Return what the template tells of *works*, in a transaction of its own."""
    template = database.tree.template
    template.begin("new")
    try:
        return [template.look(work) for work in works]
    finally:
        template.abandon("new")


def work(key: str) -> Work:
    """Return the creation of an account."""
    return Work("new", "accounts", key, (New("accounts", key, account(key)),))


def test_a_disabled_row_is_not_held(tmp_path: Path) -> None:
    """A record that is there, disabled, and one that is not there, are both to be had by a new one."""
    database = Database(tmp_path, [*rows("1"), ("2", "B", "", "", "", "ldap", 1)])

    found = look(database, work("1"), work("2"), work("3"))

    assert [("1", "A", "a@b"), None, None] == [
        None if each is None else (each.idnumber, each.name, each.email) for each in found
    ]


def test_a_key_that_is_not_unique_tells_nothing(tmp_path: Path) -> None:
    """Whose row it is, nobody can say: the outcome stays unknown."""
    database = Database(tmp_path, rows("1", "1"))

    with pytest.raises(DssError, match="the key is not unique in the table"):
        look(database, work("1"))


def test_a_record_that_is_false_is_looked_for_as_well(tmp_path: Path) -> None:
    """Such as one of the project that has members, and has none."""

    class Empty(Account):
        def __len__(self) -> int:
            return 0

    (found,) = look(
        Database(tmp_path, rows("1")), Work("old", "accounts", "1", (Old("accounts", "1", Empty("1")),))
    )
    assert "1" == found.idnumber


def test_a_branch_without_a_table_cannot_be_looked_up(tmp_path: Path) -> None:
    """What no table is mapped for is left to the project."""

    class Unmapped(AccountsTemplate):
        targets: ClassVar[Mapping[str, SqlTarget]] = {}

    assert [NotImplemented] == look(Database(tmp_path, template=Unmapped), work("1"))


def by_record(folder: Path, *names: str, template: type = AccountsTemplate) -> Database:
    """Return a database whose tree is written record by record."""
    database = Database(folder, rows(*names), template)
    database.tree.settings["transactions"] = "record"
    return database


def sync(database: Database, *accounts: Account) -> dict[Any, str]:
    """Make the table hold *accounts*, and return why not."""
    return reasons(database.sync(*accounts))


def test_each_record_has_its_own_transaction(tmp_path: Path) -> None:
    """What others see between two records is all that was done before."""
    seen: list[list[Any]] = []

    class Watched(AccountsTemplate):
        @override
        def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
            seen.append([row[0] for row in database.rows])
            return super().write(works)

    database = by_record(tmp_path, template=Watched)

    assert {} == sync(database, account("1"), account("2"), account("3"))
    assert [[], ["1"], ["1", "2"]] == seen
    assert ["1", "2", "3"] == [row[0] for row in database.rows]


def test_a_phase_that_cannot_end_keeps_the_records_it_has_written(tmp_path: Path) -> None:
    """Their transactions are over: they are applied, whatever comes after."""

    class Broken(AccountsTemplate):
        @override
        def end(self, phase: Any) -> None:
            raise OSError("no route")

    database = by_record(tmp_path, template=Broken)

    assert {} == sync(database, account("1"), account("2"))
    assert ["1", "2"] == [row[0] for row in database.rows]
    assert ["1", "2"] == list(database.tree.branches[0])


@pytest.mark.parametrize("happened", [True, False])
def test_a_commit_whose_answer_is_lost_is_looked_into(
    happened: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that breaks while a record is committed leaves it open whether it was."""
    database = by_record(tmp_path)
    database.tree.load()
    dialect: Any = engine_of(database.tree).dialect
    commit, broken = dialect.do_commit, list[str]()

    def do_commit(connection: sqlite3.Connection) -> None:
        if broken:
            commit(connection)
            return
        broken.append("once")
        if happened:
            commit(connection)
        raise sqlite3.OperationalError("server closed the connection")

    def is_disconnect(error: Exception, *_: object) -> bool:
        return "server closed" in str(error)

    monkeypatch.setattr(dialect, "do_commit", do_commit)
    monkeypatch.setattr(dialect, "is_disconnect", is_disconnect)

    result = database.sync(account("1"), account("2"), load=False)

    assert {} == reasons(result)
    assert [1 if happened else 2, 1] == [outcome.attempts for _, outcome in result]
    assert ["1", "2"] == [row[0] for row in database.rows]


def test_a_commit_that_is_refused_has_written_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record fails, with what the database says; the next one has a transaction of its own."""
    database = by_record(tmp_path)
    database.tree.load()
    dialect: Any = engine_of(database.tree).dialect
    commit, refused = dialect.do_commit, list[str]()

    def do_commit(connection: sqlite3.Connection) -> None:
        if not refused:
            refused.append("once")
            raise sqlite3.IntegrityError("a constraint that is checked late")
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", do_commit)

    result = database.sync(account("1"), account("2"), load=False)

    assert {"1": "failed: PermanentError: the commit failed: a constraint that is checked late"} == reasons(
        result
    )
    assert ["2"] == [row[0] for row in database.rows]


def test_other_transactions_are_refused(tmp_path: Path) -> None:
    """The settings know two kinds."""
    database = Database(tmp_path)
    database.tree.settings["transactions"] = "none"

    with pytest.raises(
        SettingsError, match=r'transactions in dss\.toml: expected "phase" or "record", found'
    ):
        database.sync(account("1"))
