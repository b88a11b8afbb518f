"""What is pulled from a database: what it declares, what its values add, and nothing that it should keep."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from dss_generator.pull.evidence import Typed
from dss_generator.pull.sql_types import Unheld, typed_of
from tests.pull.projects import counts, fields, pull, pulled, read_project, report, started, unreadable

SHOP = """
create table parent (code varchar(4) primary key, label text not null, secret_token text);
create table child (
  parent_code varchar(4) not null references parent(code), n integer not null, x text,
  primary key (parent_code, n)
);
create table grandchild (
  id integer primary key, parent_code varchar(4), n integer, money decimal(10, 2), born date, made datetime,
  open time, ok boolean, picture blob, about json, ratio real, untyped,
  "class" varchar(10) not null, pw text not null,
  foreign key (parent_code, n) references child(parent_code, n)
);
create table left_side (id integer primary key references right_side(id), v text);
create table right_side (id integer primary key references left_side(id), v text);
create view labels as select label from parent;
create table "with.dot" (id integer);
"""
ROWS = """
insert into parent values ('P0', 'first', 'x'), ('0042', 'second', 'y'), ('P2', 'third', 'z');
insert into child values ('P0', 1, null), ('P0', 2, ''), ('0042', 1, 'text');
insert into grandchild values
  (1, 'P0', 1, 12.5, '2026-01-02', '2026-01-02 10:00:00', '08:30:00', 1, x'00ff', '{"a": [1]}', 1.5,
   7, 'A', 'h'),
  (2, null, null, null, null, null, null, null, null, null, null, 'text', 'B', 'h');
insert into left_side values (1, 'x');
insert into right_side values (1, 'x');
"""


def database(folder: Path, *scripts: str) -> Path:
    """Make shop.db in *folder*."""
    with closing(sqlite3.connect(folder / "shop.db")) as connection, connection:
        connection.executescript("".join(scripts))
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The folder of a database with tables of many kinds."""
    return database(tmp_path, SHOP, ROWS)


def test_declared_types_keys_and_refs_are_taken(shop: Path) -> None:
    """Columns have the types that the database declares; so do keys, and foreign keys to them are refs."""
    found = report(shop, "sql", "sqlite:///shop.db")
    expected = {
        "id_": "int", "parent_code": "ref", "n": "int", "money": "decimal", "born": "date",
        "made": "datetime", "open_": "time", "ok": "bool", "picture": "bytes", "about": "json",
        "ratio": "float", "untyped": "str", "class_": "str",
    }  # fmt: skip
    assert expected == {name: each["type"] for name, each in fields(found, "Grandchild").items()}
    (child,) = [table for table in found["tables"] if table["model"] == "Child"]
    assert ["parent_code", "n"] == child["key"]["fields"]
    assert "Parent" == fields(found, "Child")["parent_code"]["ref"]
    (grandchild,) = [table for table in found["tables"] if table["model"] == "Grandchild"]
    assert ["(parent_code, n) refers to child, which no single field can"] == grandchild["notes"]


def test_every_row_of_a_database_is_read(shop: Path) -> None:
    """The schema reads each row of each table, whatever its values are."""
    tree = read_project(started(shop, "sql", "sqlite:///shop.db"))
    assert [] == unreadable(tree)
    expected = {"children": 3, "grandchilds": 2, "left_sides": 1, "parents": 3, "right_sides": 1}
    assert expected == counts(tree)


def test_null_and_empty_are_the_same_where_both_are_there(shop: Path) -> None:
    """A text that is NULL in one row and empty in another is one that has neither told apart."""
    text = pulled(shop, "sql", "sqlite:///shop.db")
    line = "x: {type: str, optional: true, null_equals_empty: true}"
    assert [line] == [each.partition("  #")[0].strip() for each in text.splitlines() if "null_equals" in each]


def test_a_secret_column_that_a_row_needs_is_mentioned(shop: Path) -> None:
    """What is left out although the database wants a value for it is a doubt that says how to give one."""
    text = pulled(shop, "sql", "sqlite:///shop.db")
    expected = "# left out: pw, which looks like a secret; doubt: a new row needs it: `insert` has to give it"
    assert expected in [line.strip() for line in text.splitlines()]


def test_values_that_break_their_type_are_still_read(tmp_path: Path) -> None:
    """SQLite keeps any value in any column: where one is not of the declared type, all are read as text."""
    database(
        tmp_path,
        "create table t (id integer primary key, day date, n integer, s varchar(3));"
        "insert into t values (1, 'soon', 'x', 'long text'), (2, '2026-01-02', 5, 'ok');",
    )
    found = report(tmp_path, "sql", "sqlite:///shop.db")
    doubts = {name: each["doubts"] for name, each in fields(found, "T").items()}
    assert ["1 of 2 values is no date, as declared"] == doubts["day"]
    assert ["declared with 3 characters, but there are longer values"] == doubts["s"]
    assert "values of several kinds (int, str), read as text" in doubts["n"]
    assert [] == unreadable(read_project(started(tmp_path, "sql", "sqlite:///shop.db")))


def test_tables_are_chosen_by_patterns(shop: Path) -> None:
    """--table takes what is like one of its patterns, views too; one that is like nothing is an error."""
    found = report(shop, "sql", "sqlite:///shop.db", "--table", "*child", "--table", "labels")
    assert ["child", "grandchild", "labels"] == sorted(each["title"] for each in found["tables"])
    done = pull(shop, "sql", "sqlite:///shop.db", "--table", "parents", "--table", "x*")
    assert 1 == done.exit_code
    assert "--table parents: there is no such table; did you mean 'parent'?" in done.stderr
    assert "--table x*: there is no such table" in done.stderr


def test_what_is_passed_over_is_named(shop: Path) -> None:
    """Views that nobody asked for, and tables that no schema can name, are reported."""
    done = pull(shop, "sql", "sqlite:///shop.db")
    assert "left out: view labels: views are taken where --table names them" in done.stderr
    assert "left out: table with.dot: its name holds a dot" in done.stderr


def test_only_so_many_rows_are_looked_at(tmp_path: Path) -> None:
    """With --rows the evidence says that it is about the first rows alone."""
    rows = ", ".join(f"('c{at}', {at})" for at in range(50))
    database(tmp_path, "create table t (code text, n integer);", f"insert into t values {rows};")
    key = report(tmp_path, "sql", "sqlite:///shop.db", "--rows", "30")["tables"][0]["key"]
    assert ["unique in the first 30 rows"] == key["evidence"]
    assert "the other rows were not looked at" in key["doubts"]


def test_a_ref_to_a_table_that_was_not_read_whole_is_a_doubt(tmp_path: Path) -> None:
    """Where a table has more rows than are looked at, nobody knows whether others refer to it."""
    rows = ", ".join(f"({at})" for at in range(50))
    database(
        tmp_path,
        "create table team (id integer primary key);"
        "create table player (id integer primary key, team_id int);",
        f"insert into team values {rows}; insert into player values (1, 2);",
    )
    found = fields(report(tmp_path, "sql", "sqlite:///shop.db", "--rows", "30"), "Player")["team_id"]
    doubt = "may refer to team id, of which there are more rows than were looked at"
    assert (None, [doubt]) == (found["ref"], found["doubts"])


def test_a_key_that_no_model_can_have_is_a_doubt(tmp_path: Path) -> None:
    """A declared key of a type that tells no records apart is replaced, and a doubt says so."""
    database(
        tmp_path, "create table t (f real primary key, code text not null); insert into t values (1.5, 'a');"
    )
    key = report(tmp_path, "sql", "sqlite:///shop.db")["tables"][0]["key"]
    assert ["code"] == key["fields"]
    assert key["doubts"][0].startswith("the declared key cannot be one here")


def test_what_a_declared_reference_leads_to_is_told(tmp_path: Path) -> None:
    """A foreign key to a table that is not taken, to no key, or of another type, is no ref but a doubt."""
    database(
        tmp_path,
        "create table a (id integer primary key, code text unique, n integer unique);"
        "create table b (id integer primary key, a_code text references a(code), c_id int references c(id),"
        " wrong text references a(id)); create table c (id integer primary key);",
    )
    found = fields(report(tmp_path, "sql", "sqlite:///shop.db", "--table", "a", "--table", "b"), "B")
    expected = {
        "id_": [],
        "a_code": ["refers to a, though not to its key"],
        "c_id": ["refers to c, which is not taken"],
        "wrong": ["refers to a, whose key is int, not str"],
    }
    assert expected == {name: each["doubts"] for name, each in found.items()}


def test_a_database_is_not_written(shop: Path) -> None:
    """Pulling changes no byte of the database."""
    before = (shop / "shop.db").read_bytes()
    pulled(shop, "sql", "sqlite:///shop.db")
    assert before == (shop / "shop.db").read_bytes()
    assert ["shop.db"] == [path.name for path in shop.iterdir()]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("shop.db", "shop.db is a file: if it is an SQLite database, write sqlite:///shop.db"),
        ("sqlite:///nothing.db", "there is no such file, and it is not made"),
        ("nonsense", "URL is no database address"),
        ("oracel://host/db", "there is no kind of database 'oracel'"),
        ("sqlite:///${NO_SUCH_NAME}", "the environment variable NO_SUCH_NAME is not set"),
    ],
)
def test_a_wrong_url_is_an_error_that_says_what_to_do(shop: Path, url: str, expected: str) -> None:
    """What is no database, or cannot be reached, ends the pull with exit code 1."""
    done = pull(shop, "sql", url)
    assert 1 == done.exit_code
    assert expected in done.stderr


def test_types_of_other_databases_are_known() -> None:
    """PostgreSQL's and MariaDB's own types have field types, or are refused where none holds their values."""
    types: Iterable[tuple[sa.types.TypeEngine[Any], Typed]] = (
        (postgresql.UUID(), Typed("uuid")),
        (postgresql.JSONB(), Typed("json")),
        (postgresql.BYTEA(), Typed("bytes")),
        (postgresql.TIMESTAMP(timezone=True), Typed("datetime")),
        (postgresql.TIMESTAMP(), Typed("datetime", options=(("zone", "naive"),))),
        (postgresql.ENUM("sad", "glad", name="mood"), Typed("enum", members=("sad", "glad"))),
        (postgresql.DOUBLE_PRECISION(), Typed("float")),
        (postgresql.CITEXT(), Typed("str")),
        (mysql.TINYINT(display_width=1), Typed("int")),
        (mysql.LONGTEXT(), Typed("str")),
        (mysql.ENUM("a", "b"), Typed("enum", members=("a", "b"))),
        (mysql.DECIMAL(10, 3), Typed("decimal", options=(("scale", 3),))),
        (mysql.YEAR(), Typed("int")),
        (mysql.VARBINARY(16), Typed("bytes")),
        (sa.String(40), Typed("str", options=(("max_length", 40),))),
    )
    assert [typed for _, typed in types] == [typed_of(found) for found, _ in types]
    for refused in (
        postgresql.ARRAY(sa.Text()),
        postgresql.INTERVAL(),
        mysql.BIT(),
        mysql.SET("a"),
        sa.Time(True),
    ):
        with pytest.raises(Unheld):
            typed_of(refused)
