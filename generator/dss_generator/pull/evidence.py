"""What is known of a source, before and after its rows are read: frozen values that everything here works on.

A source gives `SourceTable`s: names, what is declared, and a way to read cells. `profile` reads them once and
makes `Table`s: columns with a type that reads every value, and the evidence for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from .. import fieldtypes
from ..positions import Position
from ..problems import GeneratorError
from ..schema.resolved import Field, Scalar

Cells: TypeAlias = Callable[[tuple[int, ...]], Iterable[Sequence[object]]]
"""Gives, as often as it is asked, the cells of every row at these positions: text, or a driver's values."""


Option: TypeAlias = "tuple[str, str | bool | tuple[str, ...]]"
"""A key of a tree's branch that its adapter has, with its value: one text or several, or a truth value."""


class PullError(GeneratorError):
    """A source that no schema can be written from; the text says why, a line for each reason."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A field's type as the schema will say it; `transform` is what makes its text of a cell, if anything.

    `own` stands in a transform for the name of the field itself.
    """

    name: str
    members: tuple[str, ...] = ()
    of: str = ""
    options: tuple[tuple[str, Scalar], ...] = ()
    transform: str = ""

    @property
    def field(self) -> Field:
        """The resolved field by which the runtime's type is asked for."""
        place = Position("", 1, 1)
        return Field("value", self.name, place, members=self.members, of=self.of, options=self.options)

    def without(self, *names: str) -> Typed:
        """Return the type without the options *names*."""
        kept = tuple((name, value) for name, value in self.options if name not in names)
        return Typed(self.name, self.members, self.of, kept, self.transform)

    def reads(self, value: object) -> bool:
        """Return whether *value*, a cell that is not blank, is one of this type."""
        try:
            _parser(self)(value)
        except ValueError:
            return False
        return True


@lru_cache
def _parser(typed: Typed) -> Callable[[object], object]:
    return fieldtypes.field_type(typed.field).parse


TEXT = Typed("str")
AS_TEXT = Typed("str", transform="{own}")
"""Text, made of whatever a driver gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column as its source describes it.

    `source` is its name or position there, and `label` what its field is named after. `declared` is the type
    that the source or a standard gives it, `nullable` whether it says that a value may be missing (None where
    it says nothing). `doubt_if_blank` is what to say if one is missing nevertheless, `if_left_out` if the
    schema has no field for it. `unusable` is why the schema's language cannot name or hold it, if so.
    """

    source: str | int
    label: str
    declared: Typed | None = None
    nullable: bool | None = None
    sensitive: bool = False
    secret: bool = False
    facts: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    doubt_if_blank: str = ""
    if_left_out: str = ""
    doc: str = ""
    unusable: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that refers to the key column `to` of the table `table`, by its position here.

    `declared` says that the source itself vouches for it; otherwise the values are compared.
    """

    column: int
    table: str
    to: str | int
    declared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """A table as its source describes it.

    `key` and `unique` are positions of columns that the source declares to tell rows apart. `options` are the
    adapter's keys of the tree's branch. `model` and `branch` are names that a standard gives. `limit` is how
    many rows `cells` gives at most; `judged` is false where there are no rows to judge by at all, `enums`
    where a text that is declared is never one of a few.
    """

    name: str
    title: str
    columns: tuple[SourceColumn, ...]
    cells: Cells
    key: tuple[int, ...] = ()
    key_fact: str = "primary key"
    unique: tuple[tuple[int, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    options: tuple[Option, ...] = ()
    where: str = ""
    model: str = ""
    branch: str = ""
    doc: str = ""
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    limit: int | None = None
    judged: bool = True
    enums: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column whose values were looked at; `index` is its position in the source's table.

    `typed` reads every value, but for those that a doubt mentions. `unique` says that no value is there twice
    and none is blank; `type_facts` and `type_doubts` are about the type alone. `omitted` says why the schema
    has no field for the column, if it has none.
    """

    index: int
    source: str | int
    label: str
    typed: Typed
    optional: bool = False
    blank: int = 0
    unique: bool = False
    sensitive: bool = False
    facts: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    type_facts: tuple[str, ...] = ()
    type_doubts: tuple[str, ...] = ()
    doc: str = ""
    omitted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose rows were looked at; `columns` are those of the source, the ones left out included."""

    source: SourceTable
    columns: tuple[Column, ...]
    rows: int
    complete: bool = True

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns that become fields."""
        return tuple(column for column in self.columns if not column.omitted)

    def column(self, index: int) -> Column | None:
        """Return the column at *index* of the source, None where the schema leaves it out."""
        return next((column for column in self.kept if column.index == index), None)

    @property
    def scope(self) -> str:
        """What the evidence is about, such as "1,204 rows"."""
        counted = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        return counted if self.complete else f"the first {counted}"


@dataclass(frozen=True, slots=True)
class Key:
    """The columns that tell rows apart, by position, with the evidence for that, or the doubts about it."""

    columns: tuple[int, ...]
    facts: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A column that refers to the key of another table, with the evidence."""

    column: int
    table: str
    facts: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A table with its key and refs, and doubts about columns that came up with them."""

    table: Table
    key: Key
    refs: tuple[Ref, ...] = ()
    doubts: tuple[tuple[int, str], ...] = ()
