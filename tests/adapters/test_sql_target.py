"""How the sql adapter writes records to a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from dss_runtime import Changed, New, Outcome, Status
from dss_runtime._template import MissingHandlerError, Work
from dss_runtime.adapters.sql import SqlTarget
from dss_runtime.adapters.sql._parameters import Statement
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._writer import Writer
from dss_runtime.codegen import Field, ModelInfo, override
from dss_runtime.types import DateType, DecimalType, IntType, ListType, StrType
from tests.adapters.accounts import (
    KINDS,
    TABLE,
    Account,
    AccountsTemplate,
    Database,
    Home,
    account,
    home_of,
    reasons,
)

COUNTS = st.lists(st.integers(0, 3), min_size=1, max_size=12)


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Where a new database may be, of each kind in turn."""
    return home_of(request.param, tmp_path)


def test_a_new_row_has_fields_and_constants(home: Home) -> None:
    """A new row holds what is ever written, the constants, and "" for a None that its column cannot hold."""
    database = Database(home)
    assert {} == reasons(database.sync(account("1", "Ä", None, "note", "secret"), account("2", "B", "b@b")))
    assert [
        ("1", "Ä", "", None, "secret", "ldap", 0),
        ("2", "B", "b@b", None, "", "ldap", 0),
    ] == database.rows


def test_a_change_touches_its_own_columns_only(home: Home) -> None:
    """What differs is written; what somebody else has written since is left alone."""
    database = Database(home, [("1", "A", "a@b", "n", "p", "manual", 0), ("2", "A", "a@b", "n", "p", "x", 0)])
    database.tree.load()
    database.execute("UPDATE accounts SET pw = 'new', email = 'new'")
    result = database.sync(
        account("1", "B", note="n", password="p"), account("2", note="n", password="p"), load=False
    )
    assert {} == reasons(result)
    assert [
        ("1", "B", "new", "n", "new", "manual", 0),
        ("2", "A", "new", "n", "new", "x", 0),
    ] == database.rows


def test_what_the_schema_forbids_is_not_written(home: Home) -> None:
    """A field that is never written, or in new rows only, is skipped; others of its record are written."""
    row = ("1", "A", "a@b", "n", "p", "ldap", 0)
    database = Database(home, [row])
    result = database.sync(account("1", note="other", password="other"))
    assert {"1": "skipped: note, password: by the schema, this is not written here"} == reasons(result)
    assert [row] == database.rows
    assert {} == reasons(database.sync(account("1", "B", note="other", password="other")))
    assert [("1", "B", "a@b", "n", "p", "ldap", 0)] == database.rows


def test_old_rows_are_disabled_and_revived(home: Home) -> None:
    """An old record's row stays, disabled; its return enables it, with all fields that may change."""
    database = Database(home, [("1", "A", "a@b", "n", "p", "manual", 0)])
    assert {} == reasons(database.sync())
    assert [("1", "A", "a@b", "n", "p", "manual", 1)] == database.rows
    assert 0 == len(database.sync())
    assert {} == reasons(database.sync(account("1", "B", "b@b", "x", "x")))
    assert [("1", "B", "b@b", "n", "p", "manual", 0)] == database.rows


def test_a_revived_row_that_is_gone_fails(home: Home) -> None:
    """Reviving is an update, and needs its row."""
    database = Database(home, [("1", "A", "a@b", "n", "p", "manual", 1)])
    database.tree.load()
    database.execute("DELETE FROM accounts")
    assert {"1": "failed: there is no such row any more"} == reasons(database.sync(account("1"), load=False))


def test_old_rows_may_be_kept(home: Home) -> None:
    """Where old records are kept, an action for one that comes nevertheless is skipped."""

    class Keeping(AccountsTemplate):
        targets: ClassVar[Mapping[str, SqlTarget]] = {
            "accounts": SqlTarget(
                table=TABLE, columns={"idnumber": "id_number"}, key=("idnumber",), types={}, old="keep"
            )
        }

    row = ("1", "A", "a@b", "n", "p", "manual", 0)
    database = Database(home, [row], Keeping)
    assert {"1": "skipped: old records of this branch are kept"} == reasons(database.sync())
    assert [row] == database.rows


@pytest.mark.parametrize("kind", KINDS)
def test_every_change_hits_exactly_one_row(kind: str) -> None:
    """Of many changes in a batch, just those fail whose key has no row any more, or several."""

    @settings(max_examples=settings().max_examples if kind == "sqlite" else 5)
    @given(counts=COUNTS)
    def check(counts: list[int]) -> None:
        with TemporaryDirectory() as folder:
            check_hits(Database(home_of(kind, Path(folder)), ROWS[: len(counts)]), counts)

    check()


ROWS = [(f"{at:02}", "old", "a@b", "", "", "x", 0) for at in range(12)]


def check_hits(database: Database, counts: list[int]) -> None:
    """Change every row after each has come to be there as often as *counts* says, and check the outcomes."""
    rows = ROWS[: len(counts)]
    database.tree.load()
    database.execute("DELETE FROM accounts")
    database.insert(row for row, count in zip(rows, counts, strict=True) for _ in range(count))
    result = database.sync(*(account(row[0], "new") for row in rows), load=False)
    texts = {
        0: "failed: there is no such row any more",
        2: "failed: the key is not unique in the table: 2 rows have it",
        3: "failed: the key is not unique in the table: 3 rows have it",
    }
    expected = {row[0]: texts[count] for row, count in zip(rows, counts, strict=True) if count != 1}
    assert expected == reasons(result)
    changed = [row[0] for row, count in zip(rows, counts, strict=True) if count == 1]
    assert changed == [row[0] for row in database.rows if row[1] == "new"]


def test_values_that_the_driver_does_not_take_fail_alone(home: Home) -> None:
    """Text that is none, as half of a surrogate pair, fails its own record."""
    database = Database(home)
    result = database.sync(account("1"), account("2", "\ud800"), account("3"))
    assert ["2"] == list(reasons(result))
    assert ["1", "3"] == [row[0] for row in database.rows]


def test_sensitive_values_are_masked_in_reasons(tmp_path: Path) -> None:
    """What the database says of a record never shows the record's sensitive values."""

    class Secret(Account):
        __dss__ = ModelInfo("Secret", ("Secret",), ("idnumber",), (Field("name", StrType(), sensitive=True),))

    database = Database(tmp_path)
    database.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON accounts BEGIN SELECT RAISE(ABORT, 'refused: Gretel'); END"
    )
    result = database.sync(Secret("1", name="Gretel", email="", note="", password=""))
    assert {"1": "failed: refused: ***"} == reasons(result)


def test_what_follows_from_other_fields_needs_no_column(home: Home) -> None:
    """A derived value counts as written when the fields that it follows from are; or else needs a handler."""
    database = Database(home, [("1", "A", "a@b", "", "", "x", 0)])
    assert {} == reasons(database.sync(account("1", "B")))

    class Loud(Account):
        @property
        @override
        def shout(self) -> str:
            return "!"

    result = database.sync(Loud("1", name="B", email="a@b", note="", password=""))
    assert {"1": "rejected: shout: the table has no column for it; write a handler"} == reasons(result)

    class ByHand(AccountsTemplate):
        @override
        def changed_accounts_name(self, action: Any, /) -> Outcome:
            return self.write_one(action)

    database.tree = type(database.tree)(settings=database.tree.settings, template=ByHand)
    assert {} == reasons(database.sync(account("1", "C")))


def test_a_branch_without_target_needs_handlers(home: Home) -> None:
    """A branch that the adapter knows no table for is reported as not implemented."""

    class Bare(AccountsTemplate):
        targets: ClassVar[Mapping[str, SqlTarget]] = {}

    database = Database(home, template=Bare)
    result = database.sync(account("1"))
    assert ("new_accounts",) == result.not_implemented
    assert {"1": f"skipped: {MissingHandlerError('new_accounts')}"} == reasons(result)


# -- statements ---------------------------------------------------------------------------------------

PAIRS = SqlTarget(
    table=sa.Table(
        "pairs",
        sa.MetaData(),
        sa.Column("a", sa.Text()),
        sa.Column("b", sa.Date()),
        sa.Column("price", sa.Numeric().with_variant(sa.Text(), "sqlite")),
        sa.Column("marks", sa.Text()),
    ),
    columns={"a": "a", "b": "b", "price": "price", "marks": "marks"},
    key=("a", "b"),
    types={"a": StrType(), "b": DateType(), "price": DecimalType(), "marks": ListType(of=IntType())},
)


class Pair:
    """A record with a key of two parts."""

    marks: tuple[int, ...]

    def __init__(self, **fields: Any) -> None:
        vars(self).update(fields)


def rows_of(statement: Statement, record: object, holder: object) -> Sequence[object]:
    """Return the parameters for writing one record."""
    return statement.rows(statement.columns([record], [holder]))


def test_statements_fit_the_driver() -> None:
    """Parameters are positional or named, as the driver has them, and of the types that it takes."""
    left = Pair(a="x", b=date(2026, 9, 1), price=Decimal("1.50"), marks=(1, 2))
    right = Pair(a="x", b=date(2026, 9, 1), price=Decimal("1"), marks=())
    statements = Statements(PAIRS, sqlite.dialect())
    assert [("x", "2026-09-01", "1.50", "1,2")] == rows_of(statements.insert(), left, left)
    update = statements.update(["marks", "price"])
    assert update is not None
    assert "UPDATE pairs SET price=?, marks=? WHERE pairs.a = ? AND pairs.b = ?" == " ".join(
        update.sql.split()
    )
    assert [("1.50", "1,2", "x", "2026-09-01")] * 2 == [*rows_of(update, left, right)] * 2
    assert update is statements.update(["price", "marks"])
    named = Statements(PAIRS, sqlite.dialect(paramstyle="named")).old()
    assert [{"dss_value_0": "x", "dss_value_1": "2026-09-01"}] == rows_of(named, None, right)
    assert "DELETE FROM pairs WHERE pairs.a = :dss_value_0 AND pairs.b = :dss_value_1" == named.sql


def test_keys_of_several_parts_are_compared_as_a_whole(tmp_path: Path) -> None:
    """Two rows are the same just when all parts of the key are; a value of the wrong kind fails alone."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'pairs.db'}", poolclass=sa.NullPool)
    PAIRS.table.metadata.create_all(engine)
    branch = Database(tmp_path).tree.branches[0]
    rights = [Pair(a=a, b=date(2026, 9, day), price=None, marks=()) for a in "xy" for day in (1, 2)]
    lefts = [Pair(**{**vars(right), "marks": (at,)}) for at, right in enumerate(rights)]
    wrong = Pair(a="x", b="soon", price=None, marks=())
    new = [Work("new", "pairs", at, (New("pairs", at, each),)) for at, each in enumerate([*rights, wrong])]
    changed = [
        Work("changed", "pairs", at, (Changed("pairs", at, left, right, "marks", left.marks, ()),))
        for at, (left, right) in enumerate(zip(lefts, rights, strict=True))
    ]
    with engine.begin() as connection:
        statements = Statements(PAIRS, connection.dialect)
        *made, refused = Writer(connection, PAIRS, statements, branch).write(new)
        assert ([Outcome.applied()] * 4, Status.FAILED) == (made, refused.status)
        assert [Outcome.applied()] * 4 == Writer(connection, PAIRS, statements, branch).write(changed)
        rows = connection.exec_driver_sql("SELECT a, b, marks FROM pairs").all()
    days = ("2026-09-01", "2026-09-02")
    assert [("x", days[0], "0"), ("x", days[1], "1"), ("y", days[0], "2"), ("y", days[1], "3")] == rows
