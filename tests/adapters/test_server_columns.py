"""Columns on servers that are not what the schema makes of the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from dss_runtime import DataStoreTree, Status
from dss_runtime.adapters.sql import SqlImporter, SqlSource, SqlTarget
from dss_runtime.adapters.sql._columns import real_types
from dss_runtime.adapters.sql._database import engine_for
from tests.adapters.accounts import (
    ROW,
    AccountsTemplate,
    Database,
    account,
    reasons,
)
from tests.services.databases import create_tables, execute, new_database


def reading(database: Database, table: sa.Table, *columns: str) -> list[tuple[Any, ...]]:
    """Return what an importer reads of a table."""
    importer = SqlImporter(DataStoreTree(name="Moodle", settings={"url": database.url}))
    with importer.open(SqlSource(table=table, columns=columns)) as rows:
        return [tuple(row) for row in rows]


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

    texts = [sa.Column(each, sa.Text()) for each in AccountsTemplate.target.columns.values()]

    class Numbers(AccountsTemplate):
        targets: ClassVar[Mapping[str, SqlTarget]] = {
            "accounts": SqlTarget(
                table=sa.Table("accounts", sa.MetaData(), *texts, sa.Column("suspended", sa.BigInteger())),
                columns=AccountsTemplate.target.columns,
                key=("idnumber",),
                types=AccountsTemplate.target.types,
                insert={"suspended": 0},
                scope={"suspended": 0},
            )
        }

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
    with engine_for(url, "url").connect() as connection:
        types = real_types(connection, table)
    assert isinstance(types["id_number"], sa.String)


def test_a_value_that_does_not_fit_is_never_cut_off(kind: str) -> None:
    """A text that is too long fails alone, on a server that is not strict too."""
    database = Database(new_database(kind))
    shorter = {"postgresql": "ALTER pw TYPE varchar(3)", "mariadb": "MODIFY pw VARCHAR(3)"}
    database.execute(f"ALTER TABLE accounts {shorter[kind]}")
    if kind == "mariadb":
        lax = database.url.update_query_dict({"init_command": "SET SESSION sql_mode = ''"})
        database.tree = type(database.tree)(settings={"url": lax})
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


def test_text_fields_fit_columns_that_are_no_text() -> None:
    """JSON, UUIDs and days of PostgreSQL are written and read as the text that the schema says they are."""
    database = Database(new_database("postgresql"))
    kinds = {"full name": "jsonb", "email": "uuid", "pw": "date"}
    for name, kind in kinds.items():
        database.execute(f'ALTER TABLE accounts ALTER "{name}" TYPE {kind} USING "{name}"::{kind}')
    uid = "53fc5e80-303b-d6db-6335-a782940770cd"
    accounts = [
        account("1", '{"a": 1}', uid, password="2026-09-01"),
        account("2", '"1"', None, password="2026-09-02"),
        account("3", "none", uid, password="soon"),
    ]
    result = database.sync(*accounts)
    assert ["3"] == list(reasons(result))
    held = {
        key: (each.name, each.email, each.password) for key, each in database.tree.load().branches[0].items()
    }
    assert {"1": ('{"a": 1}', uid, "2026-09-01"), "2": ('"1"', None, "2026-09-02")} == held
