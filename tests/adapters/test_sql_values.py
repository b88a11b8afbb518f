"""What is written to a column is what the field's type reads from it, or is refused: never a little less."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql, sqlite

from dss_runtime import New
from dss_runtime._template import Work
from dss_runtime.adapters.sql import SqlTarget
from dss_runtime.adapters.sql._columns import real_types
from dss_runtime.adapters.sql._database import engine_for
from dss_runtime.adapters.sql._lenient import readable
from dss_runtime.adapters.sql._statements import Statements
from dss_runtime.adapters.sql._values import binder
from dss_runtime.adapters.sql._writer import Writer
from dss_runtime.codegen import override
from dss_runtime.types import DatetimeType, DecimalType, FieldType, IntType, TimeType
from tests.adapters.accounts import AccountsTree
from tests.services.databases import new_database

SERVERS = ("postgresql", "mariadb")
MOMENTS = st.datetimes(timezones=st.none() | st.timezones())
KINDS: Mapping[str, FieldType[Any]] = {
    "utc": DatetimeType(),
    "vienna": DatetimeType(zone="Europe/Vienna"),
    "naive": DatetimeType(zone="naive"),
    "seconds": DatetimeType(precision="second"),
    "clock": TimeType(precision="millisecond"),
    "price": DecimalType(scale=2),
}
"""Fields, each as the only one of a table beside a number."""
COLUMNS: Mapping[str, Mapping[str, sa.types.TypeEngine[Any]]] = {
    "with a zone": {"postgresql": sa.DateTime(timezone=True)},
    "without a zone": {"postgresql": sa.DateTime(), "mariadb": mysql.DATETIME(fsp=6)},
    "whole seconds": {
        "postgresql": postgresql.TIMESTAMP(precision=0),
        "mariadb": mysql.DATETIME(),
    },
    "stamp": {"mariadb": mysql.TIMESTAMP(fsp=6)},
    "clock": {"postgresql": postgresql.TIME(precision=3), "mariadb": mysql.TIME(fsp=3)},
    "number": {"postgresql": sa.Numeric(12, 2), "mariadb": sa.Numeric(12, 2)},
    "whole number": {"postgresql": sa.Numeric(12, 0), "mariadb": sa.Numeric(12, 0)},
}
"""What the column of the field may really be."""
CASES = [
    (field, column, server)
    for field, columns in {
        "utc": ("with a zone", "without a zone", "whole seconds", "stamp"),
        "vienna": ("with a zone", "without a zone"),
        "naive": ("without a zone",),
        "seconds": ("with a zone", "without a zone", "whole seconds"),
        "clock": ("clock",),
        "price": ("number", "whole number"),
    }.items()
    for column in columns
    for server in COLUMNS[column]
]
HOURS_THAT_COME_TWICE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


class Holder:
    """A record."""

    def __init__(self, number: int, value: Any) -> None:
        self.number, self.value = number, value


@cache
def place(field: str, column: str, server: str) -> tuple[sa.Engine, SqlTarget]:
    """Return a database with a table, and how the field is written to it."""
    url = new_database(server)
    real = sa.Table(
        "held",
        sa.MetaData(),
        sa.Column("number", sa.BigInteger()),
        sa.Column("value", COLUMNS[column][server]),
    )
    real.metadata.create_all(sa.create_engine(url, poolclass=sa.NullPool))
    declared = eval(KINDS[field].sql, {"_sa": sa})
    table = _table(declared)
    types = {"number": IntType(), "value": KINDS[field]}
    target = SqlTarget(table=table, columns={each: each for each in types}, key=("number",), types=types)
    return engine_for(url, "url"), target


def _table(kind: sa.types.TypeEngine[Any]) -> sa.Table:
    columns = (sa.Column("number", sa.BigInteger()), sa.Column("value", kind))
    return sa.Table("held", sa.MetaData(), *columns)


def written(field: str, column: str, server: str, values: list[Any]) -> dict[int, Any]:
    """Write values, and return what the field's type reads of those that were not refused, by position."""
    engine, target = place(field, column, server)
    with engine.connect() as connection:
        statements = Statements(target, connection.dialect, real_types(connection, target.table))
        branch: Any = AccountsTree(settings={}).branches[0]
        works = [
            Work("new", "held", at, (New("held", at, Holder(at, value)),)) for at, value in enumerate(values)
        ]
        outcomes = Writer(connection, target, statements, branch).write(works)
        found: Any = connection.execute(sa.select(*map(readable, target.table.columns)))
        held = {int(number): KINDS[field].parse(value) for number, value in found}
        assert [at for at, outcome in enumerate(outcomes) if outcome.ok] == sorted(held)
        return held


def values_of(field: str) -> st.SearchStrategy[Any]:
    """Return a strategy of values that a server's column can hold, with more digits than it may keep."""
    match KINDS[field]:
        case TimeType():
            return st.times()
        case DecimalType():
            return st.decimals(-(10**8), 10**8, allow_nan=False, places=4)
        case DatetimeType() as kind:
            zone = st.none() if kind.zone == "naive" else st.just(UTC)
            # The years of a TIMESTAMP of MariaDB.
            return st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=zone)
        case _:
            raise AssertionError


@pytest.mark.parametrize(("field", "column", "server"), CASES)
def test_what_is_written_is_read(field: str, column: str, server: str) -> None:
    """A value comes back equal in canonical form, or its record fails: no rounding goes unseen."""
    kind = KINDS[field]

    @settings(max_examples=4, phases=[Phase.explicit, Phase.generate])
    @given(values=st.lists(values_of(field), min_size=1, max_size=20))
    def check(values: list[Any]) -> None:
        held = written(field, column, server, values)
        assert {at: kind.canonical(values[at]) for at in held} == {
            at: kind.canonical(value) for at, value in held.items()
        }

    check()


@pytest.mark.parametrize("server", SERVERS)
def test_an_hour_that_comes_twice_is_held_once(server: str) -> None:
    """Without a zone, a column cannot tell the second of two equal hours in autumn: its record fails."""
    assert [0] == list(written("vienna", "without a zone", server, list(HOURS_THAT_COME_TWICE)))


@pytest.mark.parametrize("server", SERVERS)
def test_what_the_column_cannot_hold_is_refused(server: str) -> None:
    """A database would round it without a word; a field that rounds by itself is written all the same."""
    fraction = datetime(2026, 9, 1, 8, 30, 0, 500_000, tzinfo=UTC)
    assert {} == written("utc", "whole seconds", server, [fraction])
    assert {0: fraction.replace(microsecond=0)} == written("seconds", "whole seconds", server, [fraction])
    assert {1: Decimal(2)} == written("price", "whole number", server, [Decimal("1.25"), Decimal("2.00")])
    assert {0: Decimal("0.12")} == written("price", "number", server, [Decimal("0.125")])
    assert {0: time(8, 30, 0, 2000)} == written("clock", "clock", server, [time(8, 30, 0, 2500)])


@given(MOMENTS, st.sampled_from([sa.Date(), sa.DateTime()]))
def test_sqlite_holds_days_and_moments_as_sqlalchemy_writes_them(
    moment: datetime, column: sa.types.TypeEngine[Any]
) -> None:
    """Made in fewer steps, the text is the same; what is no such value is refused as well."""
    dialect = sqlite.dialect()
    theirs, ours = column.dialect_impl(dialect).bind_processor(dialect), binder(dialect, column)
    assert theirs is not None
    assert ours is not None
    assert theirs(moment) == ours(moment)
    assert ours(None) is None
    with pytest.raises(TypeError):
        ours("2026-09-01")


def test_a_column_that_is_text_in_sqlite_alone_is_written_as_text() -> None:
    """What holds a moment elsewhere takes here whatever text it was given, as SQLAlchemy has it."""
    bind = binder(sqlite.dialect(), sa.DateTime().with_variant(sa.String(), "sqlite"))
    assert bind is None or bind("1795-05-13T23:07:30+00:00") == "1795-05-13T23:07:30+00:00"
    own = sqlite.DATETIME(storage_format="%(year)04d/%(month)02d/%(day)02d", regexp="(.*)")  # type: ignore[no-untyped-call]
    bind = binder(sqlite.dialect(), sa.DateTime().with_variant(own, "sqlite"))
    assert bind is not None
    assert bind(datetime(2026, 9, 1)) == "2026/09/01"


class _Utc(sa.types.TypeDecorator[datetime]):
    """Moments as the clocks of UTC show them, as SQLAlchemy's documentation has it."""

    impl = sa.DateTime
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)


class _Zoned(_Utc):
    """The same, which takes nothing without a zone."""

    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise TypeError("a moment needs a zone")
        return super().process_bind_param(value, dialect)


class _Inherited(sqlite.DATETIME):
    """The same, made from SQLite's own type."""

    @override
    def bind_processor(self, dialect: sa.Dialect) -> Any:
        text_of: Any = super().bind_processor(dialect)

        def bound(value: datetime) -> Any:
            return text_of(value if value.tzinfo is None else value.astimezone(UTC))

        return bound


@given(
    st.datetimes(datetime(1970, 1, 2), timezones=st.timezones()),
    st.sampled_from([_Utc(), _Zoned(), _Inherited()]),  # type: ignore[no-untyped-call]
)
def test_a_type_of_the_project_makes_itself_what_sqlite_holds(
    moment: datetime, column: sa.types.TypeEngine[Any]
) -> None:
    """Whatever it does to some moments, as the only type of a column or as the one for SQLite."""
    expected = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    for each in (column, sa.DateTime().with_variant(column, "sqlite")):
        bind = binder(sqlite.dialect(), each)
        assert bind is not None
        assert bind(moment) == expected
