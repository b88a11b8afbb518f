"""The rows of a stand-in, and the transaction that each call is."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from tests.moodle.stand_in import tables as t
from tests.moodle.stand_in.errors import not_written

ROLES = (
    "manager",
    "coursecreator",
    "editingteacher",
    "teacher",
    "student",
    "guest",
    "user",
    "frontpage",
    "parent",
)
SYSTEM, USER, COURSE = 10, 30, 50


class Site:
    """A Moodle's database as a new installation has it: a guest, an administrator and the service's user."""

    def __init__(self, url: sa.URL | str = "sqlite://") -> None:
        options: dict[str, Any] = {"poolclass": sa.NullPool}  # so that nothing is left open
        if str(url) == "sqlite://":
            options = {"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}}
        self.engine = sa.create_engine(url, **options)
        self._lock = threading.Lock()
        self._last: Counter[str] = Counter()
        t.METADATA.create_all(self.engine)
        with self.transaction() as rows:
            if rows.all(sa.select(t.user.c.id)):
                for table in t.METADATA.sorted_tables:
                    self._last[table.name] = rows.scalar(sa.select(sa.func.max(table.c.id))) or 0
                return
            for number, name in enumerate(("guest", "admin", "wsuser"), start=1):
                rows.insert(
                    t.user, username=name, confirmed=1, firstname=name, lastname=name, email=f"{name}@site"
                )
                self.context(rows, USER, number)
            for name in ROLES:
                rows.insert(t.role, shortname=name)
            rows.insert(t.category, name="Category 1", idnumber=None)
            rows.insert(t.course, category=0, fullname="The school", shortname="school", format="site")
            rows.insert(t.config, name="release", value="4.3 (a stand-in)")
            self.context(rows, SYSTEM, 0)

    @contextmanager
    def transaction(self) -> Generator[Rows]:
        """Give the rows to one call at a time, and undo what it did when it raises."""
        with self._lock, self.engine.connect() as connection, connection.begin():
            yield Rows(self, connection)

    def next_id(self, table: sa.Table) -> int:
        """Return the next id of a table, which a sequence does not give twice."""
        self._last[table.name] += 1
        return self._last[table.name]

    def context(self, rows: Rows, level: int, instance: int) -> int:
        """Return the id of a context, which is made when it is first needed."""
        found = rows.one(t.context, contextlevel=level, instanceid=instance)
        return int(found.id) if found else rows.insert(t.context, contextlevel=level, instanceid=instance)


class Rows:
    """The rows of a site, within one transaction."""

    def __init__(self, site: Site, connection: sa.Connection) -> None:
        self.site = site
        self._connection = connection

    def insert(self, table: sa.Table, **values: Any) -> int:
        """Make a row and return its id; a text that is too long is refused, as PostgreSQL does."""
        self._check(table, values)
        made = self.site.next_id(table)
        self._write(sa.insert(table), {"id": made, **values})
        return made

    def update(self, table: sa.Table, number: int, **values: Any) -> None:
        """Change a row."""
        self._check(table, values)
        if values:
            self._write(_changing(table), {**values, "of": number})

    def delete(self, table: sa.Table, **where: Any) -> None:
        """Remove rows."""
        self._connection.execute(_removing(table, tuple(where)), where)

    def one(self, table: sa.Table, **where: Any) -> sa.Row[Any] | None:
        """Return the row with these values, None where there is none."""
        return self._connection.execute(_choosing(table, tuple(where)), where).first()

    def many(self, table: sa.Table, **where: Any) -> list[sa.Row[Any]]:
        """Return the rows with these values, by id."""
        return list(self._connection.execute(_choosing(table, tuple(where)), where))

    def all(self, query: sa.Select[Any], **values: Any) -> list[sa.Row[Any]]:
        """Return the rows of a query."""
        return list(self._connection.execute(query, values))

    def scalar(self, query: sa.Select[Any]) -> Any:
        """Return the one value of a query."""
        return self._connection.scalar(query)

    def _write(self, statement: sa.Insert | sa.Update, values: dict[str, Any]) -> None:
        """Carry out a statement; what the database refuses is Moodle's error."""
        try:
            self._connection.execute(statement, values)
        except exc.IntegrityError as error:
            raise not_written(f"ERROR:  {error.orig}") from error

    def _check(self, table: sa.Table, values: dict[str, Any]) -> None:
        for name, value in values.items():
            length = getattr(table.c[name].type, "length", None)
            if length is not None and value is not None and len(str(value)) > length:
                raise not_written(f"ERROR:  value too long for type character varying({length})")


# Statements are made once: ten thousand accounts are as many of each.


@cache
def _changing(table: sa.Table) -> sa.Update:
    return sa.update(table).where(table.c.id == sa.bindparam("of"))


@cache
def _removing(table: sa.Table, names: tuple[str, ...]) -> sa.Delete:
    return sa.delete(table).where(*_matches(table, names))


@cache
def _choosing(table: sa.Table, names: tuple[str, ...]) -> sa.Select[Any]:
    return sa.select(table).where(*_matches(table, names)).order_by(table.c.id)


def _matches(table: sa.Table, names: tuple[str, ...]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == sa.bindparam(name) for name in names]
