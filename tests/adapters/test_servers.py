"""What PostgreSQL and MariaDB do that SQLite does not, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from dss_runtime import DataStoreTree, Outcome, SettingsError, SourceError, Status
from dss_runtime.adapters.sql import SqlImporter, SqlSource, SqlTarget
from dss_runtime.adapters.sql._database import engine_for
from dss_runtime.codegen import Field, ModelInfo, override
from dss_runtime.types import StrType
from tests.adapters.accounts import TABLE, Account, Accounts, AccountsTemplate, Database, account, reasons
from tests.services.databases import create_tables, execute, new_database, server
from tests.services.servers import KINDS, Server

SERVERS = ("postgresql", "mariadb")
ROW = ("1", "A", "a@b", "", "", "x", 0)


@pytest.fixture(params=SERVERS)
def kind(request: pytest.FixtureRequest) -> str:
    """A kind of server."""
    return str(request.param)


@pytest.fixture
def database(kind: str) -> Database:
    """A database on a server of each kind in turn, with one account."""
    return Database(new_database(kind), [ROW])


def reading(database: Database, table: sa.Table, *columns: str) -> list[tuple[Any, ...]]:
    """Return what an importer reads of a table."""
    importer = SqlImporter(DataStoreTree(name="Moodle", settings={"url": database.url}))
    with importer.open(SqlSource(table=table, columns=columns)) as rows:
        return [tuple(row) for row in rows]


# -- columns that are not what the schema makes of the fields --------------------------------------------


def test_a_truth_value_fits_a_column_of_numbers(database: Database, kind: str) -> None:
    """Moodle keeps `suspended` as a smallint, which PostgreSQL lets no truth value into."""
    smallint = {
        "postgresql": "ALTER TABLE accounts ALTER suspended TYPE smallint USING suspended::int",
        "mariadb": "ALTER TABLE accounts MODIFY suspended SMALLINT",
    }
    database.execute(smallint[kind])
    assert {} == reasons(database.sync())
    assert [(*ROW[:6], 1)] == database.rows
    assert {} == reasons(database.sync(account("1", "B"), account("2")))
    assert [0, 0] == [row[6] for row in database.rows]


def test_numbers_fit_a_column_of_truth_values(database: Database) -> None:
    """The constants 0 and 1 of a schema will do where the database has truth values."""

    class Numbers(AccountsTemplate):
        targets: ClassVar[Mapping[str, SqlTarget]] = {
            "accounts": SqlTarget(
                table=sa.Table(
                    "accounts", sa.MetaData(), *(sa.Column(each.name, sa.Text()) for each in TABLE.columns[:6]),
                    sa.Column("suspended", sa.BigInteger()),
                ),
                columns=AccountsTemplate.target.columns, key=("idnumber",), types=AccountsTemplate.target.types,
                insert={"suspended": 0}, scope={"suspended": 0},
            )
        }  # fmt: skip

    database.tree = type(database.tree)(settings=database.tree.settings, template=Numbers)
    assert {} == reasons(database.sync(account("1", "B"), account("2")))
    assert [False, False] == [bool(row[6]) for row in database.rows]


def test_text_fits_a_type_of_its_own(database: Database, kind: str) -> None:
    """A text goes to an ENUM, and one that the ENUM does not have fails alone."""
    statements = {
        "postgresql": (
            "CREATE TYPE letter AS ENUM ('A', 'B')",
            'ALTER TABLE accounts ALTER "full name" TYPE letter USING "full name"::letter',
        ),
        "mariadb": ("ALTER TABLE accounts MODIFY `full name` ENUM('A', 'B')",),
    }
    for statement in statements[kind]:
        database.execute(statement)
    result = database.sync(account("1", "B"), account("2", "C"), account("3", "A"))
    assert ["2"] == list(reasons(result))
    assert [("1", "B"), ("3", "A")] == [row[:2] for row in database.rows]


def test_an_int_fits_a_column_of_text(kind: str) -> None:
    """A key that is a number to the schema finds its row where the column holds digits as text."""
    url = new_database(kind)
    execute(url, "CREATE TABLE accounts (id_number varchar(20), name varchar(20))")
    execute(url, "INSERT INTO accounts VALUES ('7', 'A'), ('x', 'A')")
    table = sa.Table("accounts", sa.MetaData(), sa.Column("id_number", sa.BigInteger()))
    from dss_runtime.adapters.sql._columns import real_types

    with engine_for(url, "url").connect() as connection:
        types = real_types(connection, table)
    assert isinstance(types["id_number"], sa.String)


def test_a_value_that_does_not_fit_is_never_cut_off(kind: str) -> None:
    """A text that is too long fails alone, on a server that is not strict too."""
    url = new_database(kind)
    if kind == "mariadb":
        url = url.update_query_dict({"init_command": "SET SESSION sql_mode = ''"})
    create_tables(url, TABLE)
    pw = {"postgresql": "ALTER TABLE accounts ALTER pw TYPE varchar(3)"}
    execute(url, pw.get(kind, "ALTER TABLE accounts MODIFY pw VARCHAR(3)"))
    database = Database.__new__(Database)
    database.url = url
    database.tree = __import__("tests.adapters.accounts", fromlist=["x"]).AccountsTree(settings={"url": url})
    result = database.sync(account("1", password="abc"), account("2", password="abcd"))
    assert ["2"] == list(reasons(result))
    assert "too long" in reasons(result)["2"]


@pytest.mark.parametrize("unique", [False, True])
def test_keys_that_a_collation_takes_for_the_same_never_merge(unique: bool) -> None:
    """Of keys that differ in case, accents or spaces at the end, each is changed and removed by itself."""
    database = Database(new_database("mariadb"), [ROW])
    database.execute("ALTER TABLE accounts MODIFY id_number VARCHAR(50) COLLATE utf8mb4_general_ci")
    alike = ("a", "A", "á", "a ")
    if unique:
        database.execute("CREATE UNIQUE INDEX one ON accounts (id_number)")
        result = database.sync(account("1"), *map(account, alike))
        assert ["A", "á", "a "] == list(reasons(result))
        assert all("takes for the same" in reason for reason in reasons(result).values())
        return
    assert {} == reasons(database.sync(account("1"), *map(account, alike)))
    result = database.sync(account("1"), account("a"), account("A", "B"), account("á", "C"))
    assert () == result.of(Status.FAILED)
    held = {(row[0], row[1], row[6]) for row in database.rows}
    assert {("1", "A", 0), ("a", "A", 0), ("A", "B", 0), ("á", "C", 0), ("a ", "A", 1)} == held


def test_a_table_that_can_undo_nothing_is_not_written() -> None:
    """MyISAM has no transactions: a phase that fails would be half written."""
    database = Database(new_database("mariadb"), [ROW])
    database.execute("ALTER TABLE accounts ENGINE = MyISAM")
    (reason,) = reasons(database.sync(account("1"), account("2"))).values()
    assert "rejected: accounts is a table of MyISAM, which undoes nothing" in reason
    assert 1 == len(database.rows)


def test_tables_of_another_schema_are_read_and_written(database: Database, kind: str) -> None:
    """A table is found by its schema, which MariaDB calls a database."""
    place = new_database(kind)
    name = place.database if kind == "mariadb" else str(place.query["options"]).partition("=")[2]
    table = sa.Table("order", sa.MetaData(), sa.Column("select", sa.Text()), schema=name)
    create_tables(place, table)
    with engine_for(database.url, "url").begin() as connection:
        connection.execute(sa.insert(table), {"select": "x"})
    assert [("x",)] == reading(database, table, "select")


def test_days_that_no_calendar_has_quarantine_their_rows(kind: str) -> None:
    """The day infinity of PostgreSQL, or the zeroth of MariaDB, comes as text and does not end the import."""
    database = Database(new_database(kind))
    table = sa.Table("days", sa.MetaData(), sa.Column("day", sa.Date()), sa.Column("at", sa.DateTime()))
    create_tables(database.url, table)
    never = {"postgresql": "infinity", "mariadb": "0000-00-00"}[kind]
    mode = ["SET SESSION sql_mode = ''"] if kind == "mariadb" else []
    execute(database.url, *mode, f"INSERT INTO days VALUES ('{never}', '{never}'), ('2026-09-01', NULL)")
    (day, at), (_, none) = reading(database, table, "day", "at")
    assert (True, True, None) == (str(day).startswith(never), str(at).startswith(never), none)


# -- reading --------------------------------------------------------------------------------------------


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


def break_all(database: Database) -> None:
    """Let the server break all other connections to the database."""
    if database.url.get_backend_name() == "postgresql":
        ours = "datname = current_database() AND pid <> pg_backend_pid()"
        database.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")
        return
    found = f"db = '{database.url.database}' AND id <> CONNECTION_ID()"
    for (number,) in database.execute(f"SELECT id FROM information_schema.processlist WHERE {found}"):
        database.execute(f"KILL {number}")


# -- trouble --------------------------------------------------------------------------------------------


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
        server("postgresql"), server("mariadb")
        self.server = Server(KINDS[kind])
        shared = server(kind)
        self.url = shared.set(port=self.server.port)
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


# -- addresses ------------------------------------------------------------------------------------------


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
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(SettingsError, match=f"pip install 'datastoresync.{extra}.'"):
        engine_for(address, "url")
