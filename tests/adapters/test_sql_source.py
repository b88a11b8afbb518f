"""How the sql adapter reads tables and queries."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event, exc

from dss_runtime import DataStoreTree, Place, SettingsError, SourceError
from dss_runtime.adapters.sql import SqlImporter, SqlSource
from dss_runtime.adapters.sql._database import driver_text, engine_of, shown
from tests.adapters.accounts import TABLE, Database
from tests.adapters.conformance import SqlSystem
from tests.adapters.items import item


def importer_of(url: object) -> SqlImporter:
    """Return an importer of a tree with that url."""
    return SqlImporter(DataStoreTree(name="Moodle", settings={"url": url}))


def read(importer: SqlImporter, source: SqlSource) -> list[tuple[Any, ...]]:
    """Return the rows of a source."""
    with importer.open(source) as rows:
        return [tuple(row) for row in rows]


def refused(importer: SqlImporter, source: SqlSource) -> str:
    """Return the message of the SourceError for what cannot be read."""
    with pytest.raises(SourceError) as caught:
        read(importer, source)
    return str(caught.value)


def table(name: str, *columns: str) -> sa.Table:
    """Return a table with columns of text."""
    return sa.Table(name, sa.MetaData(), *(sa.Column(each, sa.Text()) for each in columns))


@pytest.fixture
def importer(tmp_path: Path) -> SqlImporter:
    """An importer of a table of people."""
    connection = sqlite3.connect(tmp_path / "people.db")
    connection.execute("CREATE TABLE people (id, name, born)")
    connection.execute("INSERT INTO people VALUES ('0042', 'Ä 100%', '2010-01-31'), ('7', NULL, 'soon')")
    connection.commit()
    connection.close()
    return importer_of(f"sqlite:///{tmp_path}/people.db")


def test_rows_come_in_the_order_of_the_columns(importer: SqlImporter) -> None:
    """The order of the columns is the source's, and a column may come twice."""
    people = table("people", "id", "name", "born")
    assert [("Ä 100%", "0042"), (None, "7")] == read(
        importer, SqlSource(table=people, columns=("name", "id"))
    )
    assert [("0042", "0042"), ("7", "7")] == read(importer, SqlSource(table=people, columns=("id", "id")))


def test_places_name_the_table_and_the_row(importer: SqlImporter) -> None:
    """A place tells the kind of database and the table, never the address."""
    with importer.open(SqlSource(table=table("people", "id"), columns=("id",))) as rows:
        places = [rows.place() for _ in rows]
        assert [] == list(rows.unreadable)
    assert [Place("sqlite: people", 1), Place("sqlite: people", 2)] == places


def test_a_query_is_handed_over_as_it_is(importer: SqlImporter) -> None:
    """Colons and per cent signs in a query mean nothing of ours; columns are found by name."""
    query = "SELECT name AS who, id,  ':x' AS colon FROM people WHERE name LIKE '%\\%%' ESCAPE '\\'"
    assert [("0042", "Ä 100%", ":x")] == read(
        importer, SqlSource(query=query, columns=("id", "who", "colon"))
    )
    assert [("0042",)] == read(importer, SqlSource(query=query, columns=("id",)))
    short = SqlSource(query="SELECT  id\nFROM people", columns=("id",))
    assert "query SELECT id FROM people" == str(short)
    assert "query SELECT name AS who, id, ':x' AS colon FROM people WHERE n…" == str(
        SqlSource(query=query, columns=())
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            SqlSource(table=table("poeple", "id"), columns=("id",)),
            "sqlite: poeple: the database has no table 'poeple', did you mean 'people'?",
        ),
        (
            SqlSource(table=table("zzz", "id"), columns=("id",)),
            "sqlite: zzz: the database has no table 'zzz'",
        ),
        (
            SqlSource(table=table("people", "Nmae", "x", "id"), columns=("Nmae", "x", "id")),
            "sqlite: people: there is no column 'Nmae', did you mean 'name'?; there is no column 'x'",
        ),
        (
            SqlSource(table=table("people", "id"), columns=("name",)),
            "sqlite: people: there is no column 'name'",
        ),
        (
            SqlSource(query="SELECT id FROM people", columns=("idd",)),
            "sqlite: query SELECT id FROM people: there is no column 'idd', did you mean 'id'?",
        ),
        (SqlSource(query="SELECT", columns=()), "sqlite: query SELECT: incomplete input"),
        (
            SqlSource(query="DELETE FROM people", columns=()),
            "sqlite: query DELETE FROM people: the query gives no rows: only a SELECT can be read from",
        ),
    ],
)
def test_what_is_missing_is_named(source: SqlSource, message: str, importer: SqlImporter) -> None:
    """A missing table or column stops the import, with a suggestion; a query that writes is undone."""
    assert message == refused(importer, source)
    assert 2 == len(read(importer, SqlSource(table=table("people", "id"), columns=("id",))))


def test_an_error_that_is_neither_table_nor_column_is_the_drivers(importer: SqlImporter) -> None:
    """Where all is there and reading fails nevertheless, the driver's own text is shown."""
    engine = engine_of(importer.tree)

    def refuse(*_arguments: object) -> None:
        raise exc.OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))

    event.listen(engine, "before_cursor_execute", refuse)
    source = SqlSource(table=table("people", "id"), columns=("id",))
    assert "sqlite: people: disk I/O error" == refused(importer, source)


def test_an_error_while_reading_has_its_row(importer: SqlImporter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that were read before do not count as the data: the import stops."""

    fetched = iter([[("1",), ("2",)]])

    def fetchmany(_result: object, _size: int) -> Any:
        for rows in fetched:
            return rows
        raise exc.OperationalError("SELECT", {}, sqlite3.OperationalError("gone"))

    monkeypatch.setattr(sa.CursorResult, "fetchmany", fetchmany)
    source = SqlSource(table=table("people", "id"), columns=("id",))
    assert "sqlite: people:2: reading broke off after this row: gone" == refused(importer, source)


def test_an_empty_table_is_no_error(importer: SqlImporter, tmp_path: Path) -> None:
    """A new system has no records yet."""
    connection = sqlite3.connect(tmp_path / "people.db")
    connection.execute("DELETE FROM people")
    connection.commit()
    connection.close()
    assert [] == read(importer, SqlSource(table=table("people", "id"), columns=("id",)))


def test_a_cell_that_is_not_of_its_columns_type_is_an_unreadable_row(tmp_path: Path) -> None:
    """Text in a column of days, or 5 in one of truth values, quarantines its row and not the import."""
    system = SqlSystem(tmp_path)
    system.fill([item("good"), item("bad day"), item("bad flag"), item("bad number")])
    system.execute(
        "UPDATE items SET day = 'soon' WHERE ident = 'bad day'",
        "UPDATE items SET flag = 5 WHERE ident = 'bad flag'",
        "UPDATE items SET count = 'many' WHERE ident = 'bad number'",
    )
    (branch,) = system.tree().load().branches
    assert ["good"] == list(branch)
    assert [
        "sqlite: items:2: day: 'soon' expected a date, such as 2026-09-01",
        "sqlite: items:3: flag: 5 expected true or false (or yes, no, 1, 0)",
        "sqlite: items:4: count: 'many' expected an int, such as 42",
    ] == [str(row) for row in branch.unreadable]


def test_all_branches_are_read_on_one_connection(tmp_path: Path) -> None:
    """An import sees one state of the database, and leaves no connection behind."""
    database = Database(tmp_path)
    opened: list[object] = []
    closed: list[object] = []
    event.listen(engine_of(database.tree), "connect", lambda *arguments: opened.append(arguments))
    event.listen(engine_of(database.tree), "close", lambda *arguments: closed.append(arguments))
    database.tree.load()
    assert (1, 1) == (len(opened), len(closed))
    source = SqlSource(table=TABLE, columns=("email",))
    importer: Any = database.tree.importer
    assert [] == read(importer, source)
    assert (2, 2) == (len(opened), len(closed))


def test_importer_and_template_share_an_engine(tmp_path: Path) -> None:
    """A tree has one engine, and two trees have two."""
    database = Database(tmp_path)
    assert engine_of(database.tree) is engine_of(database.tree)
    other = type(database.tree)(settings=database.tree.settings)
    assert engine_of(other) is not engine_of(database.tree)


# -- addresses ----------------------------------------------------------------------------------------

ANY = SqlSource(table=table("people", "id"), columns=("id",))


def test_a_database_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    """A wrong path is a missing source, not a new and empty one."""
    assert (
        f"Moodle (sqlite): cannot connect to sqlite:///{tmp_path}/none.db: there is no such file, and it is"
        " not made: create the database first: is [trees.Moodle] url in dss.toml right?"
    ) == refused(importer_of(f"sqlite:///{tmp_path}/none.db"), ANY)
    assert [] == list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """What the driver says of it is in the message."""
    (tmp_path / "text.db").write_text("no database at all, but long enough to look like one: " * 10)
    assert "file is not a database" in refused(importer_of(f"sqlite:///{tmp_path}/text.db"), ANY)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"])
def test_a_database_in_memory_needs_no_file(url: str) -> None:
    """SQLite's addresses that are no paths are left alone."""
    assert "the database has no table 'people'" in refused(importer_of(url), ANY)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (None, 'Moodle has no database: set it in dss.toml, [trees.Moodle] url = "sqlite:///moodle.db"'),
        (7, "[trees.Moodle] url in dss.toml: expected text, found int"),
        ("secret", "[trees.Moodle] url in dss.toml is no database address: expected one such as sqlite:///"),
        (
            "postgresql://u:secret@h:port/d",
            "[trees.Moodle] url in dss.toml is no database address: expected one",
        ),
        (
            "nonesuch://u:secret@h/d",
            "[trees.Moodle] url in dss.toml: there is no kind of database 'nonesuch'",
        ),
        ("sqlite://u:secret@h/d", "[trees.Moodle] url in dss.toml, sqlite://u:***@h/d: Invalid SQLite URL: "),
        (
            "mssql+pymssql://u:secret@h/d",
            "[trees.Moodle] url in dss.toml, mssql+pymssql://u:***@h/d: install the driver 'pymssql'",
        ),
    ],
)
def test_addresses_are_checked_and_their_secrets_kept(url: object, message: str) -> None:
    """A wrong address says what is expected and never shows a password."""
    with pytest.raises(SettingsError) as caught:
        read(importer_of(url), ANY)
    assert str(caught.value).startswith(message)
    assert "secret" not in str(caught.value)


def test_passwords_are_masked_where_the_driver_shows_them() -> None:
    """Even a driver that quotes the password in its error does not make it public."""
    engine: Any = SimpleNamespace(url=sa.make_url("postgresql://dss:hunter2@host/moodle"))
    assert "postgresql://dss:***@host/moodle" == shown(engine)
    assert "access denied for dss:***" == driver_text(engine, OSError("access denied\n  for dss:hunter2"))
    assert "OSError" == driver_text(engine, OSError())


@pytest.mark.parametrize("options", [{}, {"table": table("people", "id"), "query": "SELECT"}])
def test_a_source_is_a_table_or_a_query(options: dict[str, Any]) -> None:
    """Neither, or both, is a mistake of the schema."""
    with pytest.raises(ValueError, match="expected either a table or a query"):
        SqlSource(columns=(), **options)
