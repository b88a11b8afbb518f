"""How the sql adapter writes many records in few statements, and still knows what became of each."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from dss_runtime.adapters.sql import SqlTarget
from dss_runtime.adapters.sql._database import engine_of
from dss_runtime.adapters.sql._unique import is_unique
from tests.adapters.accounts import (
    KINDS,
    TABLE,
    Account,
    AccountsTemplate,
    Database,
    account,
    home_of,
    reasons,
)
from tests.services.databases import execute, new_database

ROWS = [(f"{at:02}", "old", "a@b", "", "", "x", 0) for at in range(12)]
INDEX: Mapping[str, str] = {
    "sqlite": "CREATE UNIQUE INDEX by_key ON accounts (id_number)",
    "postgresql": "CREATE UNIQUE INDEX by_key ON accounts (id_number)",
    "mariadb": "CREATE UNIQUE INDEX by_key ON accounts (id_number(20))",
}
CHANGES: Sequence[tuple[str, str]] = (("new", "a@b"), ("old", "new@b"), ("new", "new@b"))
"""Names and addresses that make changes of three shapes."""


@contextmanager
def statements(database: Database) -> Generator[list[str]]:
    """Give what is sent to a database in the block, but for what begins, ends and undoes."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        sent.append(statement)

    engine = engine_of(database.tree)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", KINDS)
def test_of_changes_of_several_shapes_just_those_fail_that_hit_nothing(kind: str) -> None:
    """With a unique key the sums of hits are enough to tell, whatever the shapes of the changes are."""

    @settings(max_examples=settings().max_examples if kind == "sqlite" else 5)
    @given(st.lists(st.tuples(st.booleans(), st.sampled_from(CHANGES)), min_size=1, max_size=12))
    def check(there: list[tuple[bool, tuple[str, str]]]) -> None:
        with TemporaryDirectory() as folder:
            rows = ROWS[: len(there)]
            database = Database(home_of(kind, Path(folder)), rows)
            database.execute(INDEX[kind])
            database.tree.load()
            for row, (is_there, _) in zip(rows, there, strict=True):
                if not is_there:
                    database.execute(f"DELETE FROM accounts WHERE id_number = '{row[0]}'")
            wanted = {row[0]: change for row, (_, change) in zip(rows, there, strict=True)}
            result = database.sync(*(account(key, *change) for key, change in wanted.items()), load=False)
            gone = [row[0] for row, (is_there, _) in zip(rows, there, strict=True) if not is_there]
            assert dict.fromkeys(gone, "failed: there is no such row any more") == reasons(result)
            left = {key: change for key, change in wanted.items() if key not in gone}
            assert left == {row[0]: (row[1], row[2]) for row in database.rows}

    check()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unique", [True, False])
def test_many_changes_take_a_statement_for_each_shape(kind: str, unique: bool, tmp_path: Path) -> None:
    """Only where the key need not be unique, or nothing is known of it, is the database asked about that."""
    database = Database(home_of(kind, tmp_path), ROWS)
    if unique:
        database.execute(INDEX[kind])
    changed = [account(row[0], *CHANGES[at % len(CHANGES)]) for at, row in enumerate(ROWS)]
    database.tree.load()
    with statements(database) as sent:
        assert {} == reasons(database.sync(*changed, load=False))
    updates = [each for each in sent if each.startswith("UPDATE")]
    assert len(CHANGES) == len(updates)
    assert (kind == "postgresql" and unique) == all("unnest(" in each for each in updates)
    asked = [each for each in sent if "HAVING count(*)" in each]
    assert (0 if unique and kind != "mariadb" else 1) == len(asked)


def test_old_rows_are_disabled_and_returned_by_one_statement() -> None:
    """Constants stand beside the arrays, whatever their types."""
    database = Database(new_database("postgresql"), ROWS)
    database.execute(INDEX["postgresql"])
    with statements(database) as sent:
        assert {} == reasons(database.sync())
    assert [True] * len(ROWS) == [row[6] for row in database.rows]
    with statements(database) as back:
        assert {} == reasons(database.sync(*(account(row[0], "back") for row in ROWS)))
    assert [("back", False)] * len(ROWS) == [(row[1], row[6]) for row in database.rows]
    updates = [[each for each in those if each.startswith("UPDATE")] for those in (sent, back)]
    assert [1, 1] == [len(those) for those in updates]
    assert all("unnest(" in each for those in updates for each in those)


NARROW: Mapping[str, tuple[str, str, str]] = {
    "varchar(3)": ("abc", "abcd", "too long"),
    "character(3)": ("abc", "abcd", "too long"),
    "short": ("abc", "abcd", "check constraint"),
    "mood": ("sad", "bad", "invalid input value for enum"),
    "uuid": ("00000000-0000-0000-0000-000000000001", "x", "invalid input syntax for type uuid"),
    "numeric(3, 1)": ("12.5", "1250", "numeric field overflow"),
    "bit(3)": ("101", "1010", "does not match type"),
}
"""Types of a column, with a text that fits, one that does not, and what the database says of that."""


@pytest.mark.parametrize("kind", NARROW)
def test_what_a_column_cannot_hold_is_refused_alone_and_never_cut(kind: str) -> None:
    """In an array too, a value becomes one of the column's own type as if it came by itself."""
    good, bad, why = NARROW[kind]
    database = Database(new_database("postgresql"), ROWS)
    database.execute(INDEX["postgresql"])
    database.execute("CREATE TYPE mood AS ENUM ('sad')")
    database.execute("CREATE DOMAIN short AS text CHECK (length(value) < 4)")
    database.execute(f"ALTER TABLE accounts ALTER email TYPE {kind} USING NULL")
    wanted = [account(row[0], "old", bad if row[0] == "05" else good) for row in ROWS]
    found = reasons(database.sync(*wanted))
    assert ["05"] == list(found)
    assert why in found["05"]
    held = {str(row[0]): row[2] for row in database.rows}
    assert None is held.pop("05")
    assert {good} == {str(each) for each in held.values()}


KEYS: Sequence[tuple[str, str, bool]] = (
    ("sqlite", "CREATE TABLE accounts (id_number INTEGER PRIMARY KEY)", True),
    ("sqlite", "CREATE TABLE accounts (id_number TEXT PRIMARY KEY) WITHOUT ROWID", True),
    ("sqlite", "CREATE TABLE accounts (id_number TEXT UNIQUE, email TEXT)", True),
    ("sqlite", "CREATE TABLE accounts (id_number TEXT, email TEXT, UNIQUE (id_number, email))", False),
    ("sqlite", "CREATE TABLE accounts (id_number TEXT)", False),
    ("sqlite", "CREATE TABLE accounts (id_number TEXT COLLATE NOCASE UNIQUE)", False),
    ("sqlite", "CREATE TABLE a (id_number TEXT UNIQUE); CREATE VIEW accounts AS SELECT * FROM a", False),
    (
        "sqlite",
        "CREATE TABLE accounts (id_number TEXT); CREATE UNIQUE INDEX i ON accounts (id_number) WHERE 1",
        False,
    ),
    (
        "sqlite",
        "CREATE TABLE accounts (id_number TEXT); CREATE UNIQUE INDEX i ON accounts (lower(id_number))",
        False,
    ),
    ("postgresql", "CREATE TABLE accounts (id_number text PRIMARY KEY)", True),
    ("postgresql", "CREATE TABLE accounts (id_number text UNIQUE, email text)", True),
    ("postgresql", "CREATE TABLE accounts (id_number text, email text, UNIQUE (id_number, email))", False),
    ("postgresql", "CREATE TABLE accounts (id_number text)", False),
    ("postgresql", "CREATE TABLE accounts (id_number text UNIQUE DEFERRABLE)", False),
    ("postgresql", "CREATE TABLE a (id_number text UNIQUE); CREATE VIEW accounts AS SELECT * FROM a", False),
    (
        "postgresql",
        "CREATE TABLE accounts (id_number text, email text);"
        "CREATE UNIQUE INDEX i ON accounts (id_number) INCLUDE (email)",
        True,
    ),
    (
        "postgresql",
        "CREATE TABLE accounts (id_number text); CREATE UNIQUE INDEX i ON accounts (lower(id_number))",
        False,
    ),
    (
        "postgresql",
        "CREATE TABLE accounts (id_number text);"
        "CREATE UNIQUE INDEX i ON accounts (id_number) WHERE id_number > 'a'",
        False,
    ),
    (
        "postgresql",
        "CREATE COLLATION careless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
        "CREATE TABLE accounts (id_number text COLLATE careless);"
        'CREATE UNIQUE INDEX i ON accounts (id_number COLLATE "C")',
        False,
    ),
    (
        "postgresql",
        "CREATE TABLE accounts (id_number text UNIQUE); CREATE TABLE b () INHERITS (accounts)",
        False,
    ),
)
"""What makes a table, and whether its database then lets no two rows have one key."""


@pytest.mark.parametrize(("kind", "made", "unique"), KEYS)
def test_a_key_is_unique_where_the_database_sees_to_it(
    kind: str, made: str, unique: bool, tmp_path: Path
) -> None:
    """An index is trusted that holds at every moment, for all rows, and as `=` compares them."""
    home = home_of(kind, tmp_path)
    url = sa.URL.create("sqlite", database=str(home / "x.db")) if isinstance(home, Path) else home
    execute(url, *made.split(";"))
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        assert unique == is_unique(connection, TABLE, {"id_number"})


def test_a_key_may_become_less_than_unique_between_phases(tmp_path: Path) -> None:
    """What was found out about a table holds for one phase."""
    database = Database(tmp_path, ROWS)
    database.execute(INDEX["sqlite"])
    changed: list[Account] = [account(row[0], "new") for row in ROWS]
    assert {} == reasons(database.sync(*changed))
    database.tree.load()
    database.execute("DROP INDEX by_key")
    database.insert(ROWS[:1])
    database.execute("DELETE FROM accounts WHERE id_number = '01'")
    newer = [account(row[0], "newer") for row in ROWS]
    assert ["00", "01"] == list(reasons(database.sync(*newer, load=False)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unique", [True, False])
def test_a_branch_of_rows_with_nothing_in_a_column_has_those_with_null(
    kind: str, unique: bool, tmp_path: Path
) -> None:
    """Where `where` asks for the empty text, reading takes NULL for it, and so does what is written."""

    class Template(AccountsTemplate):
        target = replace(AccountsTemplate.target, scope={"auth": ""}, returns={}, set={"suspended": True})
        targets: ClassVar[Mapping[str, SqlTarget]] = {"accounts": target}

    held: Mapping[str, str | None] = {"1": "", "2": None, "3": "x", "4": "", "5": None, "6": "x"}
    rows = [(key, "A", "a@b", "", "", auth, 0) for key, auth in held.items()]
    database = Database(home_of(kind, tmp_path), rows, Template)
    if unique:
        database.execute(INDEX[kind])
    found = reasons(database.sync(*(account(key, "B") for key in "123")))
    assert dict.fromkeys("36", "failed: there is no such row any more") == found
    names = {row[0]: (row[1], bool(row[6])) for row in database.rows}
    changed, as_before, disabled = ("B", False), ("A", False), ("A", True)
    expected = {"1": changed, "2": changed, "3": as_before, "4": disabled, "5": disabled, "6": as_before}
    assert expected == names
