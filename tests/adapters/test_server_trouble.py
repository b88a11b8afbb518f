"""What servers refuse or lose, and what becomes of it."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from dss_runtime import Outcome, SettingsError, SourceError, Status
from dss_runtime.adapters.sql._database import engine_for
from dss_runtime.codegen import Field, ModelInfo, override
from dss_runtime.types import StrType
from tests.adapters.accounts import (
    ROW,
    TABLE,
    Account,
    AccountsTemplate,
    Database,
    account,
    reasons,
)
from tests.adapters.breaking import break_all
from tests.services.databases import execute, new_database, server
from tests.services.servers import KINDS, Server


def test_a_connection_that_the_server_breaks_loses_the_phase(kind: str) -> None:
    """What was written before is undone and does not count as applied."""
    database = Database(new_database(kind))

    class Breaking(AccountsTemplate):
        @override
        def new_accounts(self, action: Any, /) -> Outcome:
            if action.key == "2":
                break_all(database)
            outcome: Outcome = self.write_one(action)
            return outcome

    database.tree = type(database.tree)(settings=database.tree.settings, template=Breaking)
    result = database.sync(account("1"), account("2"), account("3"))
    assert {Status.UNKNOWN: 1, Status.FAILED: 2} == result.counts
    assert [] == database.rows


def test_a_server_that_restarts_is_found_again(kind: str) -> None:
    """While it is down nothing is tried and the reason is told; after that, all is as if nothing was."""
    with closing(Stopping(kind)) as own:
        database = Database(own.url, [ROW])
        database.tree.load()
        own.server.stop()
        (reason,) = reasons(database.sync(account("1"), account("2"), load=False)).values()
        assert "skipped: the phase could not be completed: TransientError: cannot connect to" in reason
        own.server.start()
        assert {} == reasons(database.sync(account("1"), account("2"), load=False))
        assert 2 == len(database.rows)


class Stopping:
    """A server of a test's own."""

    def __init__(self, kind: str) -> None:
        self.url = server(kind)  # whose programs are here, or the test ends
        self.server = Server(KINDS[kind])
        self.url = self.url.set(port=self.server.port)
        if kind == "mariadb":
            execute(self.url, "CREATE DATABASE own")
            self.url = self.url.set(database="own")

    def close(self) -> None:
        """Take it away."""
        self.server.remove()


def test_an_account_that_may_only_read_is_told_so(database: Database, kind: str) -> None:
    """Each record fails with what the database says, and reading still works."""
    name = f"reader_{new_database(kind).render_as_string().rpartition('_')[2].partition('&')[0]}"
    if kind == "postgresql":
        schema = str(database.url.query["options"]).partition("=")[2]
        database.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret'")
        database.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        database.execute(f"GRANT SELECT ON accounts TO {name}")
    else:
        database.execute(f"CREATE USER {name} IDENTIFIED BY 'secret'")
        database.execute(f"GRANT SELECT ON accounts TO {name}")
    url = database.url.set(username=name, password="secret")
    database.tree = type(database.tree)(settings={"url": url})
    result = database.sync(account("1", "B"), account("2"))
    assert {"1": Status.FAILED, "2": Status.FAILED} == {each.key: outcome.status for each, outcome in result}
    assert all("denied" in reason for reason in reasons(result).values())
    wrong = type(database.tree)(settings={"url": url.set(password="hunter2")})
    with pytest.raises(SourceError) as caught:
        wrong.load()
    assert "hunter2" not in str(caught.value)


def test_what_is_not_unique_or_refers_to_nothing_fails_alone(database: Database, kind: str) -> None:
    """A violated constraint is the record's own failure, and the reason names it."""
    if kind == "mariadb":
        database.execute("ALTER TABLE accounts MODIFY email VARCHAR(50), MODIFY pw VARCHAR(50)")
    database.execute("CREATE UNIQUE INDEX one_email ON accounts (email)")
    database.execute("CREATE TABLE passes (pw varchar(50) PRIMARY KEY)")
    database.execute("INSERT INTO passes VALUES (''), ('p')")
    database.execute("ALTER TABLE accounts ADD CONSTRAINT known FOREIGN KEY (pw) REFERENCES passes (pw)")
    result = database.sync(
        account("1"), account("2", email="2@b"), account("3", email="2@b"),
        account("4", email="4@b", password="none"), account("5", email="5@b", password="p"),
    )  # fmt: skip
    found = reasons(result)
    assert ["3", "4"] == list(found)
    assert ("one_email" in found["3"], "known" in found["4"]) == (True, True)


def test_the_row_that_a_check_refuses_is_not_shown() -> None:
    """PostgreSQL adds the whole row to its message: nobody knows which of it is sensitive."""

    class Secret(Account):
        __dss__ = ModelInfo("Secret", ("Secret",), ("idnumber",), (Field("name", StrType(), sensitive=True),))

    database = Database(new_database("postgresql"))
    database.execute('ALTER TABLE accounts ADD CONSTRAINT short CHECK (length("full name") < 9)')
    result = database.sync(Secret("1", name="Gretel " * 40, email="", note="", password=""))
    assert {"1": 'failed: new row for relation "accounts" violates check constraint "short"'} == reasons(
        result
    )


def test_deadlocks_are_tried_again(database: Database, kind: str) -> None:
    """What a server gives up for the sake of another transaction may work later."""
    if kind == "postgresql":
        database.execute(
            "CREATE FUNCTION victim() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$"
        )
        what = "EXECUTE FUNCTION victim()"
    else:
        what = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'deadlock'"
    database.execute(f"CREATE TRIGGER victim BEFORE INSERT ON accounts FOR EACH ROW {what}")
    result = database.sync(account("1"), account("2"))
    ((_, outcome),) = result
    assert (3, "TransientError: deadlock") == (outcome.attempts, outcome.reason)


def test_a_locked_row_is_tried_again(database: Database) -> None:
    """A lock that somebody else holds ends the wait, and not the record's chances."""
    database.tree.load()
    engine = sa.create_engine(database.url, poolclass=sa.NullPool)
    with engine.connect() as other:
        other.execute(sa.update(TABLE).values(note="mine"))
        result = database.sync(account("1", "B"), load=False)
    assert {(Status.FAILED, 3)} == {(outcome.status, outcome.attempts) for _, outcome in result}
    assert all("TransientError" in reason for reason in reasons(result).values())


@pytest.mark.parametrize(
    ("address", "module", "extra"),
    [
        ("postgresql://h/d", "psycopg", "postgresql"),
        ("mysql://h/d", "pymysql", "mariadb"),
        ("mariadb+pymysql://h/d", "pymysql", "mariadb"),
    ],
)
def test_a_missing_driver_says_what_to_install(
    address: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address without a driver means ours, and the extra that brings it is named."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SettingsError, match=f"pip install 'datastoresync.{extra}.'"):
        engine_for(address, "url")
