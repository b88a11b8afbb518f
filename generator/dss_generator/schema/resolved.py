"""The meaning of a schema: frozen values that every artefact is rendered from.

Nothing here knows about YAML or about Python source text. `resolve` builds these values from the
positioned nodes of `reader`; artefacts only read them. Sequences are tuples in the order of the files,
so that equal schemas give equal values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ..marks import override
from ..positions import Position as Position

if TYPE_CHECKING:
    from ..adapters import Adapter
    from ..fieldtypes import TypeClass

type_names = (
    "str", "int", "float", "decimal", "bool", "date", "datetime", "time",
    "uuid", "bytes", "enum", "json", "set", "list", "ref",
)  # fmt: skip
"""The field types' names; their meaning is in `dss_runtime.types`, one file each."""

Scalar = str | int | bool
SyncPolicy = Literal["always", "create_only", "fill_empty", "never"]
Duplicates = Literal["error", "first", "last", "merge", "quarantine"]
Granularity = Literal["field", "record"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model.

    `options` holds what the field type understands (`compare`, `scale`, `max_length`, `zone`, …) as plain
    Python values; `members` the texts of an enum; `of` the element type of a set or list; `ref` the name of
    the model referred to, in which case `type` is the type of that model's key and `key_type` equals it.
    `default` is the text of the schema (a tuple of texts for lists and sets), None when there is none.
    `packaged` has the class of `type`, and of `of`, by name, where a package adds it.
    """

    name: str
    type: str
    position: Position
    optional: bool = False
    default: str | tuple[str, ...] | None = None
    sensitive: bool = False
    doc: str = ""
    of: str = ""
    members: tuple[str, ...] = ()
    ref: str = ""
    options: tuple[tuple[str, Scalar | tuple[str, ...]], ...] = ()
    renamed_from: str = ""
    packaged: tuple[tuple[str, TypeClass], ...] = ()

    @property
    def required(self) -> bool:
        """Whether a record cannot be made without a value for it."""
        return not self.optional and self.default is None


@dataclass(frozen=True, slots=True)
class Derived:
    """A property that the project writes; it takes part in the comparison. `packaged` is as of a `Field`."""

    name: str
    type: str
    position: Position
    packaged: tuple[tuple[str, TypeClass], ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A record class. `fields` and `derived` hold the inherited ones first; `own_*` only its own."""

    name: str
    position: Position
    abstract: bool
    extends: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    own_fields: tuple[Field, ...]
    derived: tuple[Derived, ...] = ()
    own_derived: tuple[Derived, ...] = ()
    doc: str = ""
    renamed_from: str = ""

    def field(self, name: str) -> Field:
        """Return the field called *name* (KeyError when there is none)."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def key_fields(self) -> tuple[Field, ...]:
        """The fields of the key, in the key's order."""
        return tuple(self.field(name) for name in self.key)


@dataclass(frozen=True, slots=True)
class Limit:
    """A guard's limit: *amount* records, or *amount* per cent of what the target holds."""

    amount: float
    percent: bool

    @override
    def __str__(self) -> str:
        """Return the limit as a schema writes it: `25` or `12.5%`, whatever its size."""
        return f"{Decimal(repr(self.amount)).normalize():f}{'%' if self.percent else ''}"


@dataclass(frozen=True, slots=True)
class Branch:
    """The records of one model, by key; the same name on every tree that holds them.

    `guard` are (kind, limit) pairs; of a kind that has two limits the stricter counts.
    """

    name: str
    position: Position
    model: Model
    guard: tuple[tuple[str, Limit], ...] = ()
    duplicates: Duplicates = "error"
    granularity: Granularity = "field"
    doc: str = ""
    renamed_from: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a tree's branch reads: its alias in the schema and its name or 0-based position."""

    alias: str
    source: str | int


@dataclass(frozen=True, slots=True)
class Step:
    """One transform with its arguments: integers, texts, or (key, value) pairs for `map`."""

    name: str
    arguments: tuple[int | str | tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A template and the steps applied to its text.

    `template` alternates literal texts and names: ("text", "{name}") pairs are kept as `Part`s.
    """

    template: tuple[Part, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template: literal `text`, or, when `column` / `field` is set, that value as text.

    `column` is an index into the branch's `columns`; `field` is the name of a field resolved earlier.
    """

    text: str = ""
    column: int | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`columns[column] operator literal(s)`: numeric when `numeric`, else over text."""

    column: int
    operator: Literal["==", "!=", "<", "<=", ">", ">=", "in"]
    literals: tuple[str, ...]
    numeric: bool


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` / `or` over its operands, or `not` over the single one."""

    operator: Literal["and", "or", "not"]
    operands: tuple[Comparison | Junction, ...]


Condition = Comparison | Junction


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a tree takes a field's value from; exactly one of column, pipeline, const and computed is set."""

    field: Field
    column: int | None = None
    pipeline: Pipeline | None = None
    const: str | tuple[str, ...] | None = None
    computed: bool = False
    separator: str = ","


@dataclass(frozen=True, slots=True)
class Generated:
    """A field that gets a name when a record is created, from the first of `patterns` that is free.

    `shared_with` are the other branches of the tree that have their names in common with this one.
    """

    field: Field
    patterns: tuple[Pipeline, ...]
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OldPolicy:
    """What a record gets that the left side no longer has; `set` and `returns` are (column, value) pairs.

    `delete_after` is after how many days a record that was set aside is deleted, 0 for never.
    """

    kind: Literal["delete", "keep", "set"] = "delete"
    set: tuple[tuple[str, Scalar], ...] = ()
    returns: tuple[tuple[str, Scalar], ...] = ()
    delete_after: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """The fields by which a record without a key is known; `moved_keys`: one whose key is gone, as well."""

    by: tuple[str, ...]
    moved_keys: bool = False


@dataclass(frozen=True, slots=True)
class TreeBranch:
    """A branch as one tree holds it.

    `sources` are in an order in which each needs only what comes before it (empty where the project
    itself reads the branch). `omitted` fields are not held by this tree and never compared on it.
    `generated` fields are in an order in which each needs only what comes before it; `sync` has them as
    `create_only`. `options` are the adapter's own keys, checked and typed by its row in the adapter table.
    `derived_from` is None for a branch that is read from the system.
    """

    branch: Branch
    position: Position
    columns: tuple[Column, ...] = ()
    sources: tuple[FieldSource, ...] = ()
    omitted: tuple[str, ...] = ()
    where: Condition | None = None
    derived_from: tuple[str, ...] | None = None
    sync: tuple[tuple[str, SyncPolicy], ...] = ()
    generated: tuple[Generated, ...] = ()
    old: OldPolicy = OldPolicy()
    match: Match | None = None
    unreadable: Literal["quarantine", "error"] = "quarantine"
    options: tuple[tuple[str, object], ...] = ()

    @property
    def held(self) -> tuple[str, ...]:
        """The names of the fields that this tree holds, in the model's order."""
        return tuple(each.name for each in self.branch.model.fields if each.name not in self.omitted)

    def option(self, name: str, default: object = None) -> object:
        """Return the adapter's option *name*."""
        return dict(self.options).get(name, default)

    def sync_policy(self, name: str) -> SyncPolicy:
        """Return who owns the field *name* on this tree."""
        return dict(self.sync).get(name, "always")


@dataclass(frozen=True, slots=True)
class Tree:
    """One system; `adapter` is the name of the kind of system that it is, `system` that adapter's row."""

    name: str
    position: Position
    adapter: str
    branches: tuple[TreeBranch, ...]
    system: Adapter
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Sync:
    """A named pair of trees: `left` is the truth, `right` follows."""

    name: str
    position: Position
    left: str
    right: str
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A whole schema, resolved. `branches` are in the order of refs: parents before children."""

    models: tuple[Model, ...]
    branches: tuple[Branch, ...]
    trees: tuple[Tree, ...]
    syncs: tuple[Sync, ...]
    files: tuple[str, ...] = ()
    digest: str = field(default="", compare=False)
