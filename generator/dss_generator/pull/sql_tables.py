"""Tables of a database: what its catalogue declares, and a bounded look at the rows."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Inspector
from sqlalchemy.types import TypeEngine

from ..texts import refused_at
from .evidence import PullError, Reference, SourceColumn, SourceTable, Typed
from .sql_names import TableName, chosen, every_table, longest_name, reason_against, told_apart
from .sql_types import Unheld, shown_type, typed_of
from .words import common_prefix

rows_at_most = 200_000
"""How many rows of a table are looked at."""
_AT_ONCE = 1_000
_LONGEST_DOC = 90
_GENERATED_ID = "primary key, which the database counts up"


@dataclass(frozen=True, slots=True)
class Found:
    """The tables that were asked for, and what was passed over, with the reason."""

    tables: tuple[SourceTable, ...]
    passed: tuple[str, ...]


def sql_tables(
    connection: sa.Connection,
    patterns: Sequence[str] = (),
    *,
    rows: int = rows_at_most,
    said: Callable[[BaseException], str] = str,
) -> Found:
    """Return the tables that *patterns* match, such as `mdl_user*` or `crm.person`; all of them for none.

    Views count where a pattern matches them. At most *rows* rows of each table are looked at. Raises
    PullError for a pattern that matches nothing; *said* tells an error of the driver without its secrets.
    """
    inspector = sa.inspect(connection)
    every = every_table(inspector, patterns)
    wanted = chosen(every, patterns)
    passed = [
        f"view {each.full}: views are taken where --table names them"
        for each in every
        if each.view and not patterns
    ]
    prefix = common_prefix([each.table for each in every if not each.view])
    names = told_apart(wanted, prefix)
    found: list[SourceTable] = []
    for name in wanted:
        reason = reason_against(name)
        if reason:
            passed.append(f"table {name.full}: {reason}")
            continue
        found.append(_Reflected(connection, inspector, name, names, rows, said).table())
    if not found:
        raise PullError("\n".join(passed) or "the database has no table")
    return Found(tuple(found), tuple(passed))


class _Reflected:
    """One table, as the inspector tells it."""

    def __init__(
        self,
        connection: sa.Connection,
        inspector: Inspector,
        name: TableName,
        names: dict[tuple[str | None, str], str],
        rows: int,
        said: Callable[[BaseException], str],
    ) -> None:
        self._connection = connection
        self._name = name
        self._names = names
        self._rows = rows
        self._said = said
        self._columns = inspector.get_columns(name.table, schema=name.schema)
        self._places = {str(column["name"]): at for at, column in enumerate(self._columns)}
        self._key = tuple(
            map(str, _asked(inspector.get_pk_constraint, name).get("constrained_columns") or ())
        )
        self._foreign = list(_asked_many(inspector.get_foreign_keys, name))
        self._unique = list(_asked_many(inspector.get_unique_constraints, name))

    def table(self) -> SourceTable:
        """Return what the catalogue says, and the way to the rows."""
        name = self._name
        references, notes = self._references()
        return SourceTable(
            name=self._names[name.schema, name.table],
            title=name.full,
            columns=tuple(self._column(column) for column in self._columns),
            cells=self._cells,
            key=self._at(self._key),
            key_fact=_GENERATED_ID if self._counts() else "primary key",
            unique=tuple(self._at(each["column_names"]) for each in self._unique),
            references=references,
            options=(("table", name.full),),
            notes=notes,
            limit=self._rows,
        )

    def _counts(self) -> bool:
        """Whether the database gives out the key by itself."""
        if len(self._key) != 1:
            return False
        column = self._columns[self._places[self._key[0]]]
        return isinstance(column["type"], sa.Integer) and column.get("autoincrement") in (True, "auto")

    def _at(self, names: Iterable[Any]) -> tuple[int, ...]:
        """Return the positions of the columns *names*; none where one of them is an expression."""
        found = [self._places.get(str(name)) for name in names]
        return tuple(at for at in found if at is not None) if None not in found else ()

    def _references(self) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
        found: list[Reference] = []
        notes: list[str] = []
        for each in self._foreign:
            columns, target = each["constrained_columns"], str(each["referred_table"])
            called = self._names.get((each.get("referred_schema"), target), target)
            others: list[str] = each["referred_columns"]
            if len(columns) == 1 and str(columns[0]) in self._places:
                found.append(Reference(self._places[str(columns[0])], called, others[0] if others else ""))
            else:
                notes.append(
                    f"({', '.join(map(str, columns))}) refers to {target}, which no single field can"
                )
        return tuple(found), tuple(notes)

    def _column(self, column: Any) -> SourceColumn:
        name = str(column["name"])
        nullable = bool(column.get("nullable", True)) and name not in self._key
        shown = shown_type(column["type"], self._connection.dialect)
        unusable = ""
        if len(name) > longest_name or not name or refused_at(name, lines=False) is not None:
            unusable = "has a name that is too long, or holds characters that a schema does not"
        declared = None
        try:
            declared = typed_of(column["type"])
        except Unheld:
            unusable = f"is of type {shown}, for which there is no field type"
        required = not nullable and column.get("default") is None and name not in self._key
        return SourceColumn(
            source=name,
            label=name,
            declared=declared,
            nullable=nullable,
            facts=(shown,) if _worth_saying(column["type"], declared) else (),
            doc=_comment(column.get("comment")),
            unusable=unusable,
            if_left_out="a new row needs it: `insert` has to give it" if required else "",
        )

    def _cells(self, positions: tuple[int, ...]) -> Iterable[Sequence[object]]:
        """Yield the values of the first rows as the driver gives them, which is what field types read."""
        names = [str(self._columns[at]["name"]) for at in positions]
        # Columns without a type: SQLAlchemy leaves their values alone.
        table = sa.table(self._name.table, *map(sa.column, names), schema=self._name.schema)
        statement = sa.select(*(table.c[name] for name in names)).limit(self._rows)
        options: dict[str, Any] = {"stream_results": True, "max_row_buffer": _AT_ONCE}
        try:
            with self._connection.execute(statement, execution_options=options) as result:
                for rows in result.partitions(_AT_ONCE):
                    yield from (tuple(row) for row in rows)
        except exc.SQLAlchemyError as error:
            self._connection.rollback()  # else some databases refuse whatever is asked after it
            raise PullError(f"table {self._name.full} cannot be read: {self._said(error)}") from None


def _worth_saying(found: TypeEngine[Any], declared: Typed | None) -> bool:
    """Return whether a column's type tells more than the field's type does."""
    if declared is None:
        return not isinstance(found, sa.types.NullType)
    return isinstance(found, sa.Numeric) and not isinstance(found, sa.Float) and found.precision is not None


def _comment(text: str | None) -> str:
    """Return what the database says of a column, in a line of what the language takes."""
    plain = "".join(" " if refused_at(each, lines=False) is not None else each for each in text or "")
    return textwrap.shorten(plain, _LONGEST_DOC, placeholder=" …")


def _asked(ask: Any, name: TableName) -> dict[str, Any]:
    """Return what a method of the inspector says, nothing where the dialect cannot tell, as of views."""
    try:
        return dict(ask(name.table, schema=name.schema) or {})
    except (NotImplementedError, exc.NoSuchTableError):
        return {}


def _asked_many(ask: Any, name: TableName) -> Iterable[Any]:
    try:
        return list(ask(name.table, schema=name.schema) or ())
    except (NotImplementedError, exc.NoSuchTableError):
        return ()
