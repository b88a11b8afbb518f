"""How the sql adapter keeps a phase in one transaction, whatever happens to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event, exc

from dss_runtime import Outcome, PermanentError, Status
from dss_runtime.adapters.sql._database import engine_of
from dss_runtime.adapters.sql._trouble import LostError, is_transient, savepoint
from dss_runtime.codegen import override
from tests.adapters.accounts import KINDS, AccountsTemplate, Database, account, home_of, reasons


def test_handlers_write_in_the_phases_transaction(tmp_path: Path) -> None:
    """A handler uses the template's connection, together with what the adapter writes."""

    class Template(AccountsTemplate):
        @override
        def new_accounts(self, action: Any, /) -> Outcome:
            self.connection.execute(sa.text("CREATE TABLE IF NOT EXISTS log (name)"))
            outcome: Outcome = self.write_one(action)
            assert 1 == self.connection.scalar(sa.text("SELECT count(*) FROM accounts WHERE id_number = '1'"))
            return outcome

    database = Database(tmp_path, template=Template)
    assert {} == reasons(database.sync(account("1"), account("2")))
    assert ["1", "2"] == [row[0] for row in database.rows]


def test_sqlite_has_memory_for_a_phase_that_is_written_and_no_more_for_other_uses(tmp_path: Path) -> None:
    """Its cache, and what undoes a batch, are in memory; a reading may sort more than that can hold."""

    def settings_of(connection: sa.Connection) -> list[object]:
        names = ("cache_size", "temp_store")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    found: list[list[object]] = []

    class Template(AccountsTemplate):
        @override
        def new_accounts(self, action: Any, /) -> None:
            found.append(settings_of(self.connection))

    database = Database(tmp_path, template=Template)
    assert {} == reasons(database.sync(account("1")))
    assert [[-65536, 2]] == found
    with engine_of(database.tree).connect() as connection:
        assert [-2000, 0] == settings_of(connection)


USES: dict[str, Callable[[Any], object]] = {
    "connection": lambda template: template.connection,
    "end": lambda template: template.end("new"),
    "single": lambda template: template.single().__enter__(),
}


@pytest.mark.parametrize("use", USES)
def test_outside_of_a_phase_there_is_no_connection(use: str, tmp_path: Path) -> None:
    """The error says where a connection can be had."""
    template: Any = Database(tmp_path).tree.template
    template.abandon("new")
    with pytest.raises(PermanentError, match="only while a sync carries out a phase: use it in handlers"):
        USES[use](template)


@pytest.mark.parametrize(
    ("atomic", "locked", "attempts"),
    [
        (True, "TransientError: database is locked", 3),
        (
            False,
            "PermanentError: database is locked; "
            "a handler is not called again for that without `atomic_handlers`",
            1,
        ),
    ],
)
def test_errors_in_handlers_are_told_in_one_line(
    atomic: bool, locked: str, attempts: int, tmp_path: Path
) -> None:
    """What the database refuses in a handler is final; what is locked is only where that repeats nothing."""
    other = sqlite3.connect(tmp_path / "accounts.db", isolation_level=None)

    class Template(AccountsTemplate):
        atomic_handlers = atomic

        @override
        def new_accounts(self, action: Any, /) -> None:
            if action.key == "2":
                self.connection.exec_driver_sql("SELECT * FROM none")
            self.connection.exec_driver_sql("INSERT INTO accounts (id_number) VALUES (?)", (action.key,))

    database = Database(tmp_path, template=Template)
    database.tree.load()
    other.execute("BEGIN IMMEDIATE")
    result = database.sync(account("1"), account("2"), load=False)
    other.close()
    assert {
        "1": f"failed: {locked}",
        "2": "failed: PermanentError: no such table: none",
    } == reasons(result)
    assert [attempts, 1] == [outcome.attempts for _, outcome in result]


def test_a_database_that_is_gone_stops_the_phase(tmp_path: Path) -> None:
    """When no transaction begins, nothing was tried, and the reason is told."""
    database = Database(tmp_path)
    database.tree.load()
    database.path.unlink()
    (reason,) = reasons(database.sync(account("1"), load=False)).values()
    assert "skipped: the phase could not be completed: TransientError: cannot connect to sqlite:///" in reason


def test_a_begin_that_fails_stops_the_phase(tmp_path: Path) -> None:
    """An error of BEGIN itself is told, and leaves no connection behind."""
    database = Database(tmp_path)
    database.tree.load()

    def refuse(_connection: sa.Connection) -> None:
        raise exc.OperationalError("BEGIN", {}, sqlite3.OperationalError("no more"))

    event.listen(engine_of(database.tree), "begin", refuse)
    (reason,) = reasons(database.sync(account("1"), load=False)).values()
    assert "no transaction begins: no more" in reason


class Breaking(AccountsTemplate):
    """Loses its connection when it makes an account called as one of `breaks`, each once."""

    breaks: list[str]
    atomic_handlers = True

    @override
    def new_accounts(self, action: Any, /) -> Outcome:
        """Make a row, or lose the connection."""
        if action.key in self.breaks:
            self.breaks.remove(action.key)
            self.connection.invalidate(ConnectionResetError("reset by peer"))
        outcome: Outcome = self.write_one(action)
        return outcome


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_lost_before_anything_was_written_is_replaced(kind: str, tmp_path: Path) -> None:
    """Nothing is lost with it, so the action is tried again in a new transaction."""
    database = Database(home_of(kind, tmp_path), template=type("Template", (Breaking,), {"breaks": ["1"]}))
    result = database.sync(account("1"), account("2"))
    assert ({}, [2, 1]) == (reasons(result), [outcome.attempts for _, outcome in result])
    assert ["1", "2"] == [row[0] for row in database.rows]


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_lost_after_something_was_written_ends_the_phase(kind: str, tmp_path: Path) -> None:
    """What was written before is gone and does not count as applied; no other connection is used."""
    database = Database(home_of(kind, tmp_path), template=type("Template", (Breaking,), {"breaks": ["2"]}))
    result = database.sync(account("1"), account("2"), account("3"))
    assert {Status.UNKNOWN: 1, Status.FAILED: 2} == result.counts
    assert all("the transaction of this phase is lost" in reason for reason in reasons(result).values())
    assert ([], {}) == (database.rows, dict(database.tree.branches[0]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_on_a_lost_connection_is_written_on_the_next(kind: str, tmp_path: Path) -> None:
    """The same holds for what the adapter writes by itself."""

    class Template(AccountsTemplate):
        lost = False

        @override
        def write(self, works: Any) -> Any:
            if not self.lost:
                self.lost = True
                self.connection.invalidate(ConnectionResetError("reset by peer"))
            return super().write(works)

    database = Database(home_of(kind, tmp_path), template=Template)
    result = database.sync(account("1"), account("2"))
    assert ({}, [2, 2]) == (reasons(result), [outcome.attempts for _, outcome in result])


ENDINGS: dict[str, Callable[[sa.Connection], object]] = {
    "the server ended the transaction": lambda connection: connection.exec_driver_sql("ROLLBACK"),
    "the connection broke": lambda connection: connection.invalidate(),
}


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_savepoint_that_is_gone_means_that_the_transaction_is(ending: str, raises: bool) -> None:
    """Going on after that would lose what was written before, whether or not the block notices."""

    def block(connection: sa.Connection) -> None:
        with savepoint(connection):
            ENDINGS[ending](connection)
            if raises:
                raise ZeroDivisionError

    with sa.create_engine("sqlite://", poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql("BEGIN")
        with pytest.raises(LostError):
            block(connection)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"sqlite_errorname": "SQLITE_BUSY"}, True),
        ({"sqlite_errorname": "SQLITE_LOCKED_SHAREDCACHE"}, True),
        ({"sqlite_errorname": "SQLITE_CONSTRAINT_UNIQUE"}, False),
        ({"sqlstate": "40001"}, True),
        ({"pgcode": "40P01"}, True),
        ({"sqlstate": "55P03"}, True),
        ({"sqlstate": "23505"}, False),
        ({}, False),
    ],
)
def test_what_is_locked_is_transient(attributes: dict[str, str], expected: bool) -> None:
    """Locks and rollbacks for the sake of others pass; all else is final."""
    origin = Exception()
    vars(origin).update(attributes)
    assert expected is is_transient(exc.DBAPIError("", {}, origin))
    assert not is_transient(ValueError())
