"""What the sql adapter finds of a database before it is trusted; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dss_runtime import Check, DataStoreTree
from dss_runtime.adapters.sql import SqlSource, SqlTarget
from dss_runtime.adapters.sql._examine import examined_for_reading, examined_for_writing
from dss_runtime.types import IntType, StrType
from tests.adapters.conformance import SqlSystem
from tests.adapters.servers import SERVERS, ServerSystem
from tests.adapters.systems import System

each_database = pytest.mark.parametrize("kind", [SqlSystem, *SERVERS])
each_server = pytest.mark.parametrize("kind", SERVERS)

PEOPLE = sa.Table(
    "people",
    sa.MetaData(),
    sa.Column("id_number", sa.Text()),
    sa.Column("name", sa.Text()),
    sa.Column("age", sa.BigInteger()),
)
TARGET = SqlTarget(
    table=PEOPLE,
    columns={"idnumber": "id_number", "name": "name", "age": "age"},
    key=("idnumber",),
    types={"idnumber": StrType(), "name": StrType(), "age": IntType()},
)


def found(tree: DataStoreTree) -> list[Check]:
    """Return all that the tree's adapter finds."""
    return [*tree.importer.examine(), *tree.template.examine()]


def wrong(checks: list[Check]) -> list[tuple[str, str]]:
    """Return the topic and the state of what is not as it should be."""
    return [(each.topic, each.state) for each in checks if each.state != "ok"]


@pytest.fixture
def people(tmp_path: Path) -> DataStoreTree:
    """A tree whose database is a file, with no table yet."""
    file = tmp_path / "people.db"
    file.touch()
    return DataStoreTree(name="People", settings={"url": f"sqlite:///{file}"})


def made(tree: DataStoreTree, *statements: str) -> list[Check]:
    """Return what is found for writing once *statements* have made the table."""
    engine = sa.create_engine(str(tree.settings["url"]), poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return list(examined_for_writing(tree, {"people": TARGET}))


@each_database
def test_a_system_that_is_as_it_should_be(tmp_path: Path, kind: type[System]) -> None:
    """It is reached, may be read and written, and nothing of it has changed."""
    system = kind(tmp_path)
    before = system.state()
    checks = found(system.tree())
    assert [] == [each for each in checks if each.state == "error"]
    assert {"reachable", "rights", "schema"} <= {each.topic for each in checks if each.state == "ok"}
    assert {"items: items may be read", "items: items may be written"} <= {each.text for each in checks}
    assert before == system.state()


@each_server
def test_rights_that_are_gone_are_told(tmp_path: Path, kind: type[ServerSystem]) -> None:
    """Not even the table, or the database, may be seen any more by some; nothing is tried out."""
    system = kind(tmp_path)
    system.take_rights()
    assert "error" in {each.state for each in found(system.tree())}


@each_server
def test_a_right_that_is_missing_is_named(tmp_path: Path, kind: type[ServerSystem]) -> None:
    """Whoever may read and insert, but not delete, learns that before the first night."""
    system = kind(tmp_path)
    system.execute(f"REVOKE DELETE ON items FROM {system.account}")
    (check,) = [each for each in found(system.tree()) if each.state == "error"]
    assert ("rights", True) == (check.topic, "items: items may not be written: DELETE: " in check.text)
    assert "INSERT: " not in check.text


@each_server
def test_a_server_that_is_not_there(tmp_path: Path, kind: type[ServerSystem]) -> None:
    """One error tells of it, without the password."""
    tree = kind(tmp_path).tree(port=1)
    (check,) = found(tree)
    assert ("reachable", "error") == (check.topic, check.state)
    assert "secret" not in check.text


@each_database
def test_a_column_that_is_gone_is_named(tmp_path: Path, kind: type[System]) -> None:
    """For reading and for writing."""
    system = kind(tmp_path)
    system.damage()
    errors = [each for each in found(system.tree()) if each.state == "error"]
    assert 2 == len(errors)
    assert {"schema"} == {each.topic for each in errors}
    assert all("there is no column 'marks'" in each.text for each in errors)


def test_an_address_that_is_none(tmp_path: Path) -> None:
    """The setting is named, and nothing else is looked at."""
    tree = DataStoreTree(name="People", settings={"url": "nonsense"})
    (check,) = examined_for_reading(tree, {})
    assert ("reachable", "error") == (check.topic, check.state)
    assert "[trees.People] url in dss.toml" in check.text
    assert [] == list(examined_for_writing(tree, {"people": TARGET}))


@pytest.mark.parametrize(
    ("table", "topic", "state", "text"),
    [
        ("peopel (id_number TEXT)", "schema", "error", "no table 'people', did you mean 'peopel'?"),
        ("people (id_number TEXT, name TEXT)", "schema", "error", "there is no column 'age'"),
        (
            "people (id_number TEXT PRIMARY KEY, name TEXT, age BLOB)",
            "schema",
            "warning",
            "age is BLOB, and the schema makes it BIGINT",
        ),
        (
            "people (id_number TEXT, name TEXT, age INTEGER)",
            "schema",
            "warning",
            "nothing keeps two rows of people from having the same id_number",
        ),
        (
            "people (id_number TEXT PRIMARY KEY, name TEXT, age INTEGER, auth TEXT NOT NULL)",
            "schema",
            "warning",
            "every new row needs auth",
        ),
        (
            "people (id_number TEXT PRIMARY KEY, name VARCHAR(20), age INTEGER)",
            "limits",
            "warning",
            "people holds so many characters of name: 20",
        ),
    ],
)
def test_a_table_that_does_not_fit(
    people: DataStoreTree, table: str, topic: str, state: str, text: str
) -> None:
    """What would make records fail, or be cut off, is told with what to do."""
    checks = made(people, f"CREATE TABLE {table}")
    (check,) = [each for each in checks if each.state != "ok"]
    assert (topic, state, True) == (check.topic, check.state, text in check.text)


def test_columns_that_fill_themselves_are_not_needed(people: DataStoreTree) -> None:
    """A number of the row, a default, and what may be NULL are no burden; a unique index is a key."""
    columns = "id INTEGER PRIMARY KEY, id_number TEXT, name TEXT, age INTEGER"
    more = "made TEXT NOT NULL DEFAULT '', note TEXT"
    index = "CREATE UNIQUE INDEX people_id ON people (id_number)"
    assert [] == wrong(made(people, f"CREATE TABLE people ({columns}, {more})", index))


def test_a_file_that_may_not_be_written(people: DataStoreTree, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has no rights but those of its file and folder."""

    def refuse(*_: object) -> bool:
        return False

    monkeypatch.setattr("os.access", refuse)
    checks = made(people, "CREATE TABLE people (id_number TEXT PRIMARY KEY, name TEXT, age INTEGER)")
    (check,) = [each for each in checks if each.state == "error"]
    assert ("rights", True) == (check.topic, "read-only for this account" in check.text)


def test_a_query_is_asked_for_its_plan(people: DataStoreTree) -> None:
    """A query that the database does not understand is an error of the rights to read."""
    made(people, "CREATE TABLE people (id_number TEXT)")
    sources = {
        "good": SqlSource(query="SELECT id_number FROM people", columns=("id_number",)),
        "bad": SqlSource(query="SELECT nothing FROM people", columns=("nothing",)),
    }
    states: Mapping[str, Any] = {
        each.text.partition(":")[0]: each.state
        for each in examined_for_reading(people, sources)
        if each.topic == "rights"
    }
    assert {"good": "ok", "bad": "error"} == states


@each_server
def test_a_clock_that_is_far_away_is_told(
    tmp_path: Path, kind: type[ServerSystem], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute and more is a warning: times would be wrong by so much."""
    tree = kind(tmp_path).tree()
    assert [] == [each for each in tree.importer.examine() if each.topic == "clock" and each.state != "ok"]
    import time

    now = time.time()
    monkeypatch.setattr("dss_runtime.adapters.sql._examine.time.time", lambda: now - 500)
    (check,) = [each for each in tree.importer.examine() if each.topic == "clock"]
    assert ("warning", True) == (check.state, "from ours" in check.text)


def test_a_server_that_takes_no_writes(tmp_path: Path) -> None:
    """A replica is an error for a target."""
    system = SERVERS[0](tmp_path)
    system.execute(f"ALTER ROLE {system.account} SET default_transaction_read_only = on")
    checks = list(system.tree().template.examine())
    assert ("rights", "error") in wrong(checks)
    assert "the server takes no writes" in {each.text for each in checks}


def test_what_mariadb_does_not_undo_or_hold(tmp_path: Path) -> None:
    """A table without transactions is an error, one that cannot hold every letter a warning."""
    system = SERVERS[1](tmp_path)
    system.execute("ALTER TABLE items ENGINE = MyISAM", "ALTER TABLE items CONVERT TO CHARACTER SET latin1")
    texts = [each.text for each in found(system.tree()) if each.state != "ok"]
    assert any("items is a table of MyISAM, which undoes nothing" in each for each in texts)
    assert any("not every letter can be held in" in each for each in texts)
    assert any("a statement may hold" in each.text for each in found(system.tree()))
