"""The statements that write records, each compiled once for many of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from dss_runtime import Branch, Work
from dss_runtime.adapters.sql._columns import AsText, Types
from dss_runtime.adapters.sql._exactly import needs_octets, same_octets
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._values import prepared

Values: TypeAlias = "tuple[Any, ...] | dict[str, Any]"
"""The parameters of one execution, as the driver takes them."""
Getter: TypeAlias = Callable[[Any, Any], Any]
"""Gets a value as the driver takes it from the record that is written and the one that tells its key."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text for the driver, and what its parameters are made from.

    Handing them to the driver directly takes a third of the time of SQLAlchemy's own bulk insert. `exactly`
    is true where each execution must hit one row, which an INSERT always does.
    """

    sql: str
    getters: Mapping[str, Getter]
    order: tuple[str, ...] | None
    exactly: bool

    def values(self, record: Any, holder: Any) -> Values:
        """Return the parameters for writing *record* to the row of *holder*; either may be all there is."""
        getters = self.getters
        if self.order is None:
            return {name: get(record, holder) for name, get in getters.items()}
        return tuple(getters[name](record, holder) for name in self.order)


class Statements:
    """Makes the statements of one target for one dialect; `types` are those that the columns really have."""

    def __init__(self, target: SqlTarget, dialect: sa.Dialect, types: Types = MappingProxyType({})) -> None:
        self._target = target
        self._dialect = dialect
        self._types = types
        self._made: dict[tuple[str, ...], Statement] = {}

    def insert(self) -> Statement:
        """A new row: every field that is ever written, and the constants of new rows."""
        fields = [name for name in self._target.columns if name not in self._target.unwritten]
        return self._cached(("insert",), fields, self._target.insert)

    def revive(self) -> Statement:
        """The return of a disabled row: every field that is written more than once, and its constants."""
        return self._cached(("revive",), self._changeable(), self._target.returns)

    def update(self, attributes: Sequence[str]) -> Statement | None:
        """The given fields of a row; None when there is none among them that may be written."""
        fields = [name for name in self._changeable() if name in attributes]
        return self._cached(("update", *fields), fields, {}) if fields else None

    def old(self) -> Statement:
        """What becomes of the row of an old record: it goes, or has the constants of disabled rows."""
        if self._target.old == "set":
            return self._cached(("set",), (), self._target.set)
        return self._cached(("delete",), (), {})

    def key_values(self, holder: Any) -> tuple[Any, ...]:
        """Return what the key columns of *holder*'s row hold, before SQLAlchemy makes it the driver's."""
        columns = self._target.columns
        return tuple(
            prepared(self._dialect, self._type(columns[name]), self._target.types[name])(
                getattr(holder, name)
            )
            for name in self._target.key
        )

    def key_columns(self) -> list[sa.ColumnElement[Any]]:
        """Return the columns that tell rows apart."""
        return [self._column(self._target.columns[name]) for name in self._target.key]

    def has_key(self, key: Sequence[Any]) -> list[sa.ColumnElement[bool]]:
        """Return the conditions that a row meets just when its key is *key*."""
        return [*self._equal(key), *self._same(key)]

    def others_alike(self, key: Sequence[Any]) -> sa.Select[Any] | None:
        """Return a query for rows whose key is not *key*, but equal to the database; None if none can be."""
        same = self._same(key)
        if not same:
            return None
        return sa.select(sa.literal(1)).where(*self._equal(key), sa.not_(sa.and_(*same))).limit(1)

    def _equal(self, key: Sequence[Any]) -> list[sa.ColumnElement[bool]]:
        return [column == value for column, value in zip(self.key_columns(), key, strict=True)]

    def _same(self, key: Sequence[Any]) -> list[sa.ColumnElement[bool]]:
        return [
            same_octets(column, sa.literal(value))
            for column, value in zip(self.key_columns(), key, strict=True)
            if needs_octets(self._dialect, column)
        ]

    def scope(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions that a row of the branch meets, whatever its key."""
        return [self._column(name) == value for name, value in self._target.scope.items()]

    def _column(self, name: str) -> sa.ColumnElement[Any]:
        column = self._target.table.columns[name]
        return sa.type_coerce(column, self._types[name]) if name in self._types else column

    def _type(self, column: str) -> TypeEngine[Any]:
        return self._types.get(column, self._target.table.columns[column].type)

    def _changeable(self) -> list[str]:
        target = self._target
        fixed = {*target.unwritten, *target.create_only, *target.key}
        return [name for name in target.columns if name not in fixed]

    def _cached(
        self, shape: tuple[str, ...], fields: Sequence[str], constants: Mapping[str, object]
    ) -> Statement:
        if shape not in self._made:
            self._made[shape] = self._make(shape[0], fields, constants)
        return self._made[shape]

    def _make(self, kind: str, fields: Sequence[str], constants: Mapping[str, object]) -> Statement:
        """Compile a statement that gives *constants* and, where they overlap, rather *fields* to columns."""
        target, table = self._target, self._target.table
        getters: dict[str, Getter] = {}

        def bind(column: str, getter: Getter) -> sa.BindParameter[Any]:
            name = f"dss_value_{len(getters)}"
            getters[name] = getter
            return sa.bindparam(name, type_=self._type(column))

        new: dict[str, sa.BindParameter[Any]] = {}
        written = {target.columns[name] for name in fields}
        for column, value in constants.items():
            if column not in written:
                new[column] = bind(column, self._constant(column, value))
        for name in fields:
            new[target.columns[name]] = bind(target.columns[name], self._from_record(name))
        clause: sa.Insert | sa.Update | sa.Delete
        if kind == "insert":
            clause = sa.insert(table).values(new).inline()
        else:
            where = [
                table.columns[target.columns[name]] == bind(target.columns[name], self._from_holder(name))
                for name in target.key
            ]
            where += [
                table.columns[name] == bind(name, self._constant(name, value))
                for name, value in target.scope.items()
            ]
            where += [
                same_octets(table.columns[column], bind(column, self._from_holder(name)))
                for name in target.key
                if needs_octets(self._dialect, table.columns[column := target.columns[name]])
            ]
            clause = (
                sa.delete(table).where(*where)
                if kind == "delete"
                else sa.update(table).where(*where).values(new)
            )
        compiled = clause.compile(dialect=self._dialect)
        order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        return Statement(str(compiled), getters, order, exactly=kind != "insert")

    def _from_record(self, name: str) -> Getter:
        encode = self._encoder(name)
        return lambda record, _holder: encode(getattr(record, name))

    def _from_holder(self, name: str) -> Getter:
        encode = self._encoder(name)
        return lambda _record, holder: encode(getattr(holder, name))

    def _constant(self, column: str, value: object) -> Getter:
        bound = _binder(self._dialect, self._type(column))
        ready = value if bound is None else bound(value)
        return lambda _record, _holder: ready

    def _encoder(self, name: str) -> Callable[[Any], Any]:
        """Return what makes the driver's value from a field's."""
        target = self._target
        column = self._type(target.columns[name])
        prepare = prepared(self._dialect, column, target.types[name])
        bind = _binder(self._dialect, column)
        if isinstance(column, AsText) and name in target.nulls_as_empty:
            # What is no text of a database cannot be empty.
            return lambda value: None if value is None or value == "" else prepare(value)
        null = "" if name in target.nulls_as_empty else None
        if bind is None:
            return lambda value: null if value is None else prepare(value)
        return lambda value: bind(null if value is None else prepare(value))


def holder_of(work: Work, branch: Branch[Any, Any]) -> Any:
    """Return the record whose key is as the database holds it: the right side's, where there is one."""
    if work.right is not None:
        return work.right
    return branch.retired.get(work.key, work.left)


def _binder(dialect: sa.Dialect, column: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    return column.dialect_impl(dialect).bind_processor(dialect)
