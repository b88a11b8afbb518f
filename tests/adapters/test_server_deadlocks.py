"""A real deadlock, in which the server gives up the sync's transaction for the sake of another."""

from __future__ import annotations

import time
from threading import Thread
from typing import Any

import sqlalchemy as sa

from dss_runtime import Outcome, Status
from dss_runtime.codegen import override
from tests.adapters.accounts import ROW, TABLE, AccountsTemplate, Database, account
from tests.services.databases import new_database

OTHERS = [f"other {number}" for number in range(50)]
"""Accounts that somebody else has changed: MariaDB gives up the transaction that has changed the least."""
WAITING = {
    "postgresql": "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = {}",
    "mariadb": "SELECT count(*) FROM information_schema.innodb_trx"
    " WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id = {}",
}
NUMBER = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT CONNECTION_ID()"}


class Other:
    """Somebody else's transaction: it has changed all accounts but the first, and comes to want that too."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        # Locks no more rows than it changes.
        engine = sa.create_engine(database.url, poolclass=sa.NullPool, isolation_level="READ COMMITTED")
        self._connection = engine.connect()
        if kind == "postgresql":
            # Who looks for a deadlock first is given up.
            self._connection.exec_driver_sql("SET deadlock_timeout = '30s'")
        self._waiting = WAITING[kind].format(self._connection.exec_driver_sql(NUMBER[kind]).scalar())
        self._change(TABLE.columns.id_number != "1")
        self._thread = Thread(target=self._change, args=(TABLE.columns.id_number == "1",))

    def want_the_first(self) -> None:
        """Begin to wait for the first account, which the sync has changed."""
        self._thread.start()
        while self._thread.is_alive() and not self._database.execute(self._waiting)[0][0]:
            time.sleep(0.01)

    def end(self) -> None:
        """Take everything back, once the sync has let go of the first account."""
        self._thread.join()
        self._connection.close()

    def _change(self, rows: sa.ColumnElement[bool]) -> None:
        self._connection.execute(sa.update(TABLE).where(rows).values(note="theirs"))


def test_a_deadlock_undoes_no_more_than_is_told(kind: str) -> None:
    """PostgreSQL undoes a statement, MariaDB all of the phase: what counts as applied is in the table."""
    keys = ("1", "2", *OTHERS)
    database = Database(new_database(kind), [(key, *ROW[1:]) for key in keys])
    if kind == "mariadb":
        database.execute("ALTER TABLE accounts MODIFY id_number VARCHAR(50) PRIMARY KEY")
    other = Other(database, kind)
    wanted: list[str] = []

    class Deadlocked(AccountsTemplate):
        @override
        def changed_accounts_name(self, action: Any, /) -> Outcome:
            if action.key == "2" and not wanted:
                wanted.append("1")
                other.want_the_first()
            outcome: Outcome = self.write_one(action)
            return outcome

    url = database.url
    if kind == "postgresql":
        url = url.update_query_dict({"options": f"{url.query['options']} -cdeadlock_timeout=50"})
    database.tree = type(database.tree)(settings={"url": url}, template=Deadlocked)
    result = database.sync(*(account(key, "B" if key in ("1", "2") else "A") for key in keys))
    other.end()
    named = {action.key: outcome.status for action, outcome in result if action.attribute == "name"}
    assert {
        "postgresql": {"1": Status.APPLIED, "2": Status.FAILED},
        "mariadb": {"1": Status.UNKNOWN, "2": Status.FAILED},
    }[kind] == named
    held = {row[0]: row[1] for row in database.rows if row[1] == "B"}
    assert {key: "B" for key, status in named.items() if status is Status.APPLIED} == held
    assert any("eadlock" in str(outcome.reason) for _, outcome in result)
