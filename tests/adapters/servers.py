"""PostgreSQL and MariaDB as systems that hold items."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import event

from dss_runtime import DataStoreTree
from dss_runtime.adapters.sql._database import engine_of
from dss_runtime.codegen import override
from tests.adapters.items import NAMES, Item
from tests.adapters.sql_items import SqlTree, items_table, stored
from tests.adapters.systems import CAPABILITIES, Capability, System
from tests.services.databases import create_tables, execute, impatient, new_database

_NUMBERS = count()


class ServerSystem(System):
    """A database of its own on the session's server of a kind."""

    kind: ClassVar[str]
    can: ClassVar[frozenset[Capability]] = frozenset(CAPABILITIES)
    slow = True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = new_database(self.kind)
        create_tables(self.url, items_table())
        self.execute("CREATE UNIQUE INDEX items_ident ON items (ident)")
        self.account = f"tree_{os.getpid()}_{next(_NUMBERS)}"
        self.execute(*self.giving())

    @abstractmethod
    def giving(self) -> Sequence[str]:
        """Return the statements that make the account of the tree, and give it its rights."""

    def execute(self, *statements: str) -> list[tuple[object, ...]]:
        """Change or ask the database from outside."""
        return execute(self.url, *statements)

    @override
    def fill(self, items: Iterable[Item]) -> None:
        # Not through the adapter, but by SQLAlchemy's own way of writing.
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        table = items_table()
        rows = [{name: stored(table, item, name, engine.dialect) for name in NAMES} for item in items]
        with engine.begin() as connection:
            connection.execute(sa.delete(table))
            if rows:
                connection.execute(sa.insert(table), rows)

    @property
    @override
    def port(self) -> int:
        port = self.url.port
        assert port is not None
        return port

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        url = self.url.set(username=self.account, password="secret", port=port or self.port)
        return SqlTree(settings={"url": impatient(url)})

    @override
    def state(self) -> object:
        return self.execute("SELECT * FROM items ORDER BY ident")

    @override
    def damage(self) -> None:
        self.execute("ALTER TABLE items DROP COLUMN marks")

    @override
    def forget(self, ident: str) -> None:
        self.execute(f"DELETE FROM items WHERE ident = '{ident}'")

    locking: ClassVar[str]
    """The statement that locks the table."""

    @override
    def lock(self) -> Callable[[float], None]:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        connection = engine.connect()
        connection.exec_driver_sql(self.locking)
        return lambda _seconds: connection.close()


class PostgreSQLSystem(ServerSystem):
    """PostgreSQL."""

    name = kind = "postgresql"
    locking = "LOCK TABLE items IN EXCLUSIVE MODE"

    @override
    def giving(self) -> Sequence[str]:
        schema = str(self.url.query["options"]).rpartition("=")[2]
        return (
            f"CREATE ROLE {self.account} LOGIN PASSWORD 'secret'",
            f"GRANT USAGE ON SCHEMA {schema} TO {self.account}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON items TO {self.account}",
        )

    @override
    def take_rights(self) -> None:
        self.execute(f"REVOKE ALL ON items FROM {self.account}")

    @override
    def refuse(self, ident: str) -> None:
        self._refusing()
        for name, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            self.execute(
                f"CREATE TRIGGER refuse_{name} BEFORE {name} ON items FOR EACH ROW"
                f" WHEN ({row}.ident = '{ident}') EXECUTE FUNCTION refuse()"
            )

    @override
    def refuse_commit(self) -> None:
        self._refusing()
        self.execute(
            "CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT OR UPDATE OR DELETE ON items"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
        )

    def _refusing(self) -> None:
        self.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$"
        )


class MariaDBSystem(ServerSystem):
    """MariaDB."""

    name = kind = "mariadb"
    locking = "LOCK TABLES items WRITE"
    _breaks = False

    @override
    def giving(self) -> Sequence[str]:
        return (
            f"CREATE USER {self.account} IDENTIFIED BY 'secret'",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON items TO {self.account}",
        )

    @override
    def take_rights(self) -> None:
        self.execute(f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {self.account}", "FLUSH PRIVILEGES")

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        tree = super().tree(port)
        if self._breaks:
            # MariaDB has no deferred constraints: a connection that breaks is what can go wrong then.
            event.listen(engine_of(tree), "commit", self._kill)
        return tree

    @override
    def refuse(self, ident: str) -> None:
        for name, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            self.execute(
                f"CREATE TRIGGER refuse_{name} BEFORE {name} ON items FOR EACH ROW IF {row}.ident = '{ident}'"
                " THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF"
            )

    @override
    def refuse_commit(self) -> None:
        self._breaks = True

    def _kill(self, connection: sa.Connection) -> None:
        self.execute(f"KILL {connection.scalar(sa.text('SELECT CONNECTION_ID()'))}")


SERVERS: Sequence[type[ServerSystem]] = (PostgreSQLSystem, MariaDBSystem)
