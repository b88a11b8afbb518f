"""The statements that write records, each compiled once for many of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from dss_runtime import Work
from dss_runtime._unclaimed import Unclaimed
from dss_runtime.adapters.sql._arrays import rows_of
from dss_runtime.adapters.sql._columns import AsText, Types
from dss_runtime.adapters.sql._exactly import needs_octets, same_octets
from dss_runtime.adapters.sql._ids import Ids
from dss_runtime.adapters.sql._parameters import Encode, Parameter, Statement
from dss_runtime.adapters.sql._selection import Selection
from dss_runtime.adapters.sql._target import SqlTarget
from dss_runtime.adapters.sql._values import binder, prepared, unchanged


class Statements:
    """Makes the statements of one target for one dialect; `types` are those that the columns really have.

    `ids` are what values of fields with a lookup stand for: they have to be asked for what is written.
    `computed` are the columns that the database fills itself; no more is written to these than to those of
    the target's `unwritten` fields. `arrays` are the types of arrays of columns, where one statement can take
    many rows so.
    """

    def __init__(
        self,
        target: SqlTarget,
        dialect: sa.Dialect,
        types: Types = MappingProxyType({}),
        ids: Mapping[str, Ids] = MappingProxyType({}),
        computed: frozenset[str] = frozenset(),
        arrays: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._target = target
        self._dialect = dialect
        self._types = types
        self._ids = ids
        self._arrays = arrays
        self.computed = frozenset(name for name, column in target.columns.items() if column in computed)
        self.unwritten = target.unwritten | self.computed
        self.given = [name for name in target.columns if name in self.unwritten and name not in target.key]
        """The fields in which rows have something that is never written."""
        self._written = [name for name in target.columns if name not in self.unwritten]
        self._made: dict[tuple[str, ...], Statement] = {}
        self._updates: dict[tuple[str, ...], Statement | None] = {}

    def insert(self) -> Statement:
        """A new row: every field that is ever written, and the constants of new rows."""
        return self._cached(("insert",), self._written, self._target.insert)

    def revive(self, kept: frozenset[str]) -> Statement:
        """The return of a disabled row: every field that is written but those *kept*, and its constants."""
        fields = [name for name in self._taken_over(kept) if name not in self._target.key]
        return self._cached(("revive", *sorted(kept)), fields, self._target.returns)

    def adopt(self, found: Unclaimed, kept: frozenset[str]) -> Statement:
        """What an adopted row gets: its key, the fields that are written but *kept*, what a return gets.

        It is found by its former key, or by the lack of one and by what it is known by.
        """
        nulls = [name for name, cell in found.cells.items() if cell is None]
        by = "key" if found.key is not None else "cells"
        shape = ("adopt", by, *sorted(kept), "", *found.cells, "", *nulls)
        return self._cached(shape, self._taken_over(kept), self._target.returns, found)

    def update(self, attributes: Sequence[str]) -> Statement | None:
        """The given fields of a row; None when there is none among them that may be written."""
        shape = tuple(attributes)
        if shape not in self._updates:
            fields = [name for name in self._changeable() if name in attributes]
            self._updates[shape] = self._cached(("update", *fields), fields, {}) if fields else None
        return self._updates[shape]

    def old(self) -> Statement:
        """What becomes of the row of an old record: it goes, or has the constants of disabled rows."""
        if self._target.old == "set":
            return self._cached(("set",), (), self._target.set)
        return self._cached(("delete",), (), {})

    def delete_disabled(self) -> Statement:
        """The end of a disabled row: one that somebody has enabled meanwhile is not hit."""
        return self._cached(("delete", "disabled"), (), {})

    def key_values(self, holder: Any) -> tuple[Any, ...]:
        """Return what the key columns of *holder*'s row hold, before SQLAlchemy makes it the driver's."""
        return tuple(self._held(name, getattr(holder, name)) for name in self._target.key)

    def _held(self, name: str, value: Any) -> Any:
        """Return what the column of a field of the key holds for *value*."""
        if name in self._ids:
            return self._ids[name].of(value)
        column = self._type(self._target.columns[name])
        return prepared(self._dialect, column, self._target.types[name])(value)

    def ask(self, connection: sa.Connection, pairs: Sequence[tuple[Work, Any]]) -> None:
        """Ask for the ids of all that the works name, each given with the record of its row."""
        for name, ids in self._ids.items():
            values = [value for work, holder in pairs for value in self._named(name, work, holder)]
            ids.ask(connection, values)

    def _named(self, name: str, work: Work, holder: Any) -> Iterator[Any]:
        """Yield the values of a field that a work names."""
        if work.left is not None:
            yield getattr(work.left, name)
        if not isinstance(holder, Unclaimed):
            yield getattr(holder, name)
        elif name in self._target.key and holder.key is not None:
            yield self._part(holder.key, self._target.key.index(name))
        elif holder.cells.get(name) is not None:
            yield self._target.types[name].parse(holder.cells[name])

    def _part(self, key: Hashable, at: int) -> Any:
        whole: Any = key
        return whole if len(self._target.key) == 1 else whole[at]

    def key_columns(self) -> list[sa.ColumnElement[Any]]:
        """Return the columns that tell rows apart."""
        return [self._column(self._target.columns[name]) for name in self._target.key]

    def among(self, keys: Sequence[tuple[Any, ...]]) -> sa.ColumnElement[bool]:
        """Return the condition that a row's key is one of *keys* to the database."""
        columns = self.key_columns()
        if len(columns) == 1:
            return columns[0].in_([key[0] for key in keys])
        return sa.tuple_(*columns).in_(list(keys))

    def selection(self, names: Sequence[str]) -> Selection:
        """Return a SELECT of the columns *names*."""
        held = {self._target.columns[name]: ids for name, ids in self._ids.items()}
        lookups = {column: ids.lookup for column, ids in held.items()}
        types = {column: ids.types for column, ids in held.items()}
        return Selection(self._target.table, names, lookups, types)

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
        return [_tied(self._column(name), value, value) for name, value in self._target.scope.items()]

    def _column(self, name: str) -> sa.ColumnElement[Any]:
        column = self._target.table.columns[name]
        return sa.type_coerce(column, self._types[name]) if name in self._types else column

    def _type(self, column: str) -> TypeEngine[Any]:
        return self._types.get(column, self._target.table.columns[column].type)

    def _changeable(self) -> list[str]:
        target = self._target
        fixed = {*self.unwritten, *target.create_only, *target.key}
        return [name for name in target.columns if name not in fixed]

    def _taken_over(self, kept: frozenset[str]) -> list[str]:
        """Return the fields that a row gets which was there before, as a new one gets them."""
        fixed = self.unwritten | kept
        return [name for name in self._target.columns if name not in fixed]

    def _cached(
        self,
        shape: tuple[str, ...],
        fields: Sequence[str],
        constants: Mapping[str, object],
        found: Unclaimed | None = None,
    ) -> Statement:
        if shape not in self._made:
            self._made[shape] = self._make(shape, fields, constants, found)
        return self._made[shape]

    def _make(
        self,
        shape: tuple[str, ...],
        fields: Sequence[str],
        constants: Mapping[str, object],
        found: Unclaimed | None,
    ) -> Statement:
        """Compile a statement that gives *constants* and, where they overlap, rather *fields* to columns."""
        bound: dict[str, tuple[str, Parameter]] = {}

        def bind(column: str, parameter: Parameter) -> sa.ColumnElement[Any]:
            name = f"dss_value_{len(bound)}"
            bound[name] = column, parameter
            return sa.bindparam(name, type_=self._type(column))

        compiled = self._clause(shape, fields, constants, found, bind).compile(dialect=self._dialect)
        names = list(bound if compiled.positiontup is None else compiled.positiontup)
        exactly = shape[0] != "insert"
        several = ""
        if exactly and found is None and all(column in self._arrays for column, _ in bound.values()):
            several = self._several(shape, fields, constants, bound)
        return Statement(
            str(compiled),
            tuple(bound[name][1] for name in names),
            tuple(names) if compiled.positiontup is None else None,
            exactly,
            several,
        )

    def _several(
        self,
        shape: tuple[str, ...],
        fields: Sequence[str],
        constants: Mapping[str, object],
        bound: Mapping[str, tuple[str, Parameter]],
    ) -> str:
        """Return the statement for many rows at once, whose parameters are arrays, but for constants."""
        rows = rows_of({name: self._arrays[column] for name, (column, each) in bound.items() if each.read})
        names = iter(bound)

        def bind(column: str, parameter: Parameter) -> sa.ColumnElement[Any]:
            name = next(names)
            return rows.c[name] if parameter.read else sa.bindparam(name, type_=self._type(column))

        return str(self._clause(shape, fields, constants, None, bind).compile(dialect=self._dialect))

    def _clause(
        self,
        shape: tuple[str, ...],
        fields: Sequence[str],
        constants: Mapping[str, object],
        found: Unclaimed | None,
        bind: Callable[[str, Parameter], sa.ColumnElement[Any]],
    ) -> sa.Insert | sa.Update | sa.Delete:
        """Return what `_make` compiles; *bind* gives what stands for a parameter that goes to a column."""
        target, table, kind = self._target, self._target.table, shape[0]
        new: dict[str, sa.ColumnElement[Any]] = {}
        written = {target.columns[name] for name in fields}
        for column, value in constants.items():
            if column not in written:
                new[column] = bind(column, self._constant(column, value))
        for name in fields:
            new[target.columns[name]] = bind(target.columns[name], self._from_record(name))
        if kind == "insert":
            return sa.insert(table).values(new).inline()
        held: Mapping[str, Parameter | None] = {
            name: self._from_record(name, by_holder=True) for name in target.key
        }
        if found is not None:
            held = self._from_unclaimed(found)
        where = [
            table.columns[target.columns[name]].is_(None)
            if parameter is None
            else table.columns[target.columns[name]] == bind(target.columns[name], parameter)
            for name, parameter in held.items()
        ]
        where += [
            same_octets(table.columns[column], bind(column, parameter))
            for name, parameter in held.items()
            if parameter is not None
            and needs_octets(self._dialect, table.columns[column := target.columns[name]])
        ]
        ties = [*target.scope.items(), *(target.set.items() if shape[1:] == ("disabled",) else ())]
        where += [
            _tied(table.columns[name], bind(name, self._constant(name, value)), value) for name, value in ties
        ]
        return (
            sa.delete(table).where(*where) if kind == "delete" else sa.update(table).where(*where).values(new)
        )

    def _from_record(self, name: str, *, by_holder: bool = False) -> Parameter:
        return Parameter(attrgetter(name), self._encoder(name), by_holder)

    def _from_unclaimed(self, found: Unclaimed) -> dict[str, Parameter | None]:
        """Return by what a row like *found* is known: its former key, or its cells; None for NULL."""
        if found.key is not None:
            return {name: self._from_key(name, at) for at, name in enumerate(self._target.key)}
        return {name: None if cell is None else self._from_cell(name) for name, cell in found.cells.items()}

    def _from_key(self, name: str, at: int) -> Parameter:
        return Parameter(lambda holder: self._part(holder.key, at), self._encoder(name), by_holder=True)

    def _from_cell(self, name: str) -> Parameter:
        if name in self._ids:
            parse = self._target.types[name].parse
            return Parameter(lambda holder: parse(holder.cells[name]), self._encoder(name), by_holder=True)
        bind = binder(self._dialect, self._type(self._target.columns[name]))
        encode = None if bind is None else _each(bind)
        return Parameter(lambda holder: holder.cells[name], encode, by_holder=True)

    def _constant(self, column: str, value: object) -> Parameter:
        bind = binder(self._dialect, self._type(column))
        return Parameter(value=value if bind is None else bind(value))

    def _encoder(self, name: str) -> Encode | None:
        """Return what makes the driver's values from a field's, None where they are the same."""
        target = self._target
        column = self._type(target.columns[name])
        prepare = prepared(self._dialect, column, target.types[name])
        bind = binder(self._dialect, column)
        if name in self._ids:
            return _each(self._ids[name].of, bind)
        if isinstance(column, AsText) and name in target.nulls_as_empty:
            # What is no text of a database cannot be empty.
            return lambda values: [None if each is None or each == "" else prepare(each) for each in values]
        null = "" if name in target.nulls_as_empty else None
        if prepare is unchanged and null is None:
            return None if bind is None else _each(bind)
        if bind is None:
            return lambda values: [null if each is None else prepare(each) for each in values]
        return lambda values: [bind(null if each is None else prepare(each)) for each in values]


def _tied(column: sa.ColumnElement[Any], given: Any, value: object) -> sa.ColumnElement[bool]:
    """Return the condition that a column holds a *value* of the schema, which *given* stands for.

    NULL is read as the empty text.
    """
    return sa.or_(column == given, column.is_(None)) if value == "" else column == given


def _each(encode: Callable[[Any], Any], bind: Callable[[Any], Any] | None = None) -> Encode:
    """Return what makes the driver's values one by one, by both functions where there are two."""
    if bind is None:
        return lambda values: list(map(encode, values))
    return lambda values: list(map(bind, map(encode, values)))
