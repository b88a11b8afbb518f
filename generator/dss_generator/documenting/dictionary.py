"""The data dictionary as values: what a schema says, in the words that its readers use.

Everything is a text, a number, true or false, so that the pages and the JSON are written from the same.
"""

from __future__ import annotations

from dataclasses import dataclass

MASK = "***"
"""What stands for a value of a sensitive field."""


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """A field of a model. `type` is how a value is typed (`set[str]`; of a ref, its key's type).

    `rules` are the options that say how it compares and what it may hold, as (name, text) pairs; `model` is
    the one that declares it. A default is masked where the field is sensitive.
    """

    name: str
    type: str
    model: str
    key: bool
    optional: bool
    sensitive: bool
    default: str | tuple[str, ...] | None
    members: tuple[str, ...]
    ref: str
    rules: tuple[tuple[str, str], ...]
    doc: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model: its fields, the inherited ones first; `branches` are those that hold its records."""

    name: str
    doc: str
    abstract: bool
    extends: str
    key: tuple[str, ...]
    fields: tuple[FieldEntry, ...]
    derived: tuple[tuple[str, str], ...]
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BranchEntry:
    """A branch, and the trees that hold it. `guard` are the limits that the schema gives, as texts."""

    name: str
    doc: str
    model: str
    trees: tuple[str, ...]
    guard: tuple[tuple[str, str], ...]
    duplicates: str
    granularity: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tree has a field's value from.

    `kind` is "column" (`text` is its name, or its position from 0), "pipeline", "const", "computed" (a
    method of the importer), "project" (the whole record comes from the project's own code) or "omitted".
    `sync` says who owns the value: `always` the left side, …; see the schema language.
    """

    field: str
    kind: str
    text: str
    sync: str


@dataclass(frozen=True, slots=True)
class NameEntry:
    """A field that new records get a name in: from which patterns, and which branches share the names."""

    field: str
    patterns: tuple[str, ...]
    shared_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """A branch as a tree holds it.

    `options` are the adapter's own keys as (name, text) pairs; `columns` the columns that pipelines and
    `where` call by another name, as (name, column) pairs; with `positions`, columns have no names and are
    counted from 0. `names` are the fields whose values are generated. `match` are the fields by which
    records without a key are known, `moved_keys` says whether others may get another key, `delete_after`
    after how many days what was set aside is deleted (0: never). `old_set` and `returns` are what `old` sets,
    and takes back, as (column, text) pairs; `old` is "" where the tree follows no other.
    """

    branch: str
    model: str
    options: tuple[tuple[str, str], ...]
    derived_from: tuple[str, ...]
    where: str
    columns: tuple[tuple[str, str], ...]
    positions: bool
    origins: tuple[Origin, ...]
    names: tuple[NameEntry, ...]
    unreadable: str
    old: str
    old_set: tuple[tuple[str, str], ...]
    returns: tuple[tuple[str, str], ...]
    delete_after: int
    match: tuple[str, ...]
    moved_keys: bool


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A system. `follows` are the trees that syncs bring it in step with."""

    name: str
    doc: str
    adapter: str
    adapter_doc: str
    follows: tuple[str, ...]
    branches: tuple[HeldEntry, ...]


@dataclass(frozen=True, slots=True)
class SyncEntry:
    """A named pair of trees: `right` follows `left`, in these branches."""

    name: str
    left: str
    right: str
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A whole schema."""

    models: tuple[ModelEntry, ...]
    branches: tuple[BranchEntry, ...]
    trees: tuple[TreeEntry, ...]
    syncs: tuple[SyncEntry, ...]
