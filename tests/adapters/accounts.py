"""A small table of accounts, some of them disabled, as a target with everything that a target may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import sqlalchemy as sa

from dss_runtime import DataStoreBranch, DataStoreTree, Model, Policy, SyncResult
from dss_runtime.adapters.sql import SqlImporter, SqlSource, SqlTarget, SqlTemplate
from dss_runtime.codegen import Action, Answer, BranchReading, Cells, adapter_writes, same
from dss_runtime.types import StrType
from tests.services.databases import create_tables, execute, impatient, new_database

TEXT = StrType(null_equals_empty=True)
FIELDS = ("idnumber", "name", "email", "note", "password")
COLUMNS = {"idnumber": "id_number", "name": "full name", "email": "email", "note": "note", "password": "pw"}
TABLE = sa.Table(
    "accounts",
    sa.MetaData(),
    *(sa.Column(name, sa.Text()) for name in COLUMNS.values()),
    sa.Column("auth", sa.Text()),
    sa.Column("suspended", sa.Boolean()),
)
Home: TypeAlias = "Path | sa.URL"
"""Where a database is to be: in a folder, or on a server."""
KINDS = ("sqlite", "postgresql", "mariadb")
ROW = ("1", "A", "a@b", "", "", "x", 0)
"""The row of an account."""


class Account(Model):
    """An account; `shout` follows from its name."""

    name: str

    @property
    def shout(self) -> str:
        """The name in capitals."""
        return self.name.upper()


class AccountsBranch(DataStoreBranch):
    """Accounts; old ones are disabled."""

    __branchname__ = "accounts"
    klass = Account
    retires_old = True


class Accounts(SqlImporter):
    """Reads the table."""

    def read_accounts(self) -> None:
        """Read the branch."""
        columns = (*COLUMNS.values(), "suspended")
        self.read(
            self.tree.branches[0],
            self.open(SqlSource(table=TABLE, columns=columns)),
            BranchReading(columns, {}, _parse, _key, retired=lambda cells: same(cells[5], True)),
        )


def _parse(cells: Cells) -> Account:
    return Account(cells[0], **{name: cells[at] for at, name in enumerate(FIELDS) if at})


def _key(cells: Cells) -> Any:
    return cells[0]


class AccountsTemplate(SqlTemplate):
    """Leaves all to the adapter."""

    target: ClassVar[SqlTarget] = SqlTarget(
        table=TABLE,
        columns=COLUMNS,
        key=("idnumber",),
        types=dict.fromkeys(FIELDS, TEXT),
        insert={"auth": "ldap", "suspended": False, "full name": "never: the field wins"},
        unwritten=frozenset({"note"}),
        create_only=frozenset({"password"}),
        nulls_as_empty=frozenset({"email"}),
        old="set",
        set={"suspended": True},
        returns={"suspended": False},
    )
    targets: ClassVar[Mapping[str, SqlTarget]] = {"accounts": target}

    @adapter_writes
    def new_accounts(self, action: Action, /) -> Answer:
        """Make a row."""
        return self.write_one(action)

    @adapter_writes
    def old_accounts(self, action: Action, /) -> Answer:
        """Disable a row."""
        return self.write_one(action)

    @adapter_writes
    def changed_accounts_name(self, action: Action, /) -> Answer:
        """Change the name."""
        return self.write_one(action)

    changed_accounts_email = changed_accounts_name
    changed_accounts_note = changed_accounts_name
    changed_accounts_password = changed_accounts_name
    changed_accounts_shout = changed_accounts_name


class AccountsTree(DataStoreTree):
    """A database of accounts."""

    __branches__ = AccountsBranch
    __importer__ = Accounts
    __template__ = AccountsTemplate


class Database:
    """A database with the table, and a tree for it."""

    def __init__(
        self, home: Home, rows: Iterable[tuple[Any, ...]] = (), template: type | None = None
    ) -> None:
        if isinstance(home, Path):
            home = sa.URL.create("sqlite", database=str(home / "accounts.db"))
        self.url = home
        sqlite = home.drivername == "sqlite"
        if sqlite:
            # Columns without types, as they may be in SQLite.
            self.execute('CREATE TABLE accounts (id_number, "full name", email, note, pw, auth, suspended)')
        else:
            create_tables(home, TABLE)
        self.insert(rows)
        url = home.update_query_dict({"timeout": "0"}) if sqlite else impatient(home)
        self.tree = AccountsTree(settings={"url": url}, template=template)

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(str(self.url.database))

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Change or ask the database from outside."""
        return execute(self.url, statement)

    def insert(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows from outside."""
        names = [column.name for column in TABLE.columns]
        with sa.create_engine(self.url, poolclass=sa.NullPool).begin() as connection:
            for row in rows:
                values = dict(zip(names, row, strict=True))
                connection.execute(sa.insert(TABLE), {**values, "suspended": bool(values["suspended"])})

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """All rows of the table."""
        return self.execute("SELECT * FROM accounts ORDER BY id_number")

    def sync(self, *accounts: Account, load: bool = True) -> SyncResult:
        """Make the table hold *accounts*."""
        left = LeftTree()
        for account in accounts:
            left.branches[0].put(account.idnumber, account)
        if load:
            self.tree.load()
        return left.sync(self.tree, policy=Policy(guarded=False, sleep=lambda _seconds: None))


def home_of(kind: str, folder: Path) -> Home:
    """Return where a database of a kind may be: in *folder* if it is a file."""
    return folder if kind == "sqlite" else new_database(kind)


class LeftTree(DataStoreTree):
    """Accounts that are not read from anywhere."""

    __branches__ = AccountsBranch


def account(
    idnumber: str, name: str = "A", email: str | None = "a@b", note: str = "", password: str = ""
) -> Account:
    """Return an account."""
    return Account(idnumber, name=name, email=email, note=note, password=password)


def reasons(result: SyncResult) -> dict[Any, str]:
    """Return why actions were not applied, by key."""
    return {action.key: f"{outcome.status}: {outcome.reason}" for action, outcome in result if not outcome.ok}
