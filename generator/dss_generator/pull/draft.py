"""What a schema file will say: frozen values between what was found and the YAML text."""

from __future__ import annotations

from dataclasses import dataclass

from .evidence import Option, Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftField:
    """A field, with where its tree takes it from, and the comments that say why it is so."""

    name: str
    source: str | int
    typed: Typed
    optional: bool = False
    sensitive: bool = False
    ref: str = ""
    doc: str = ""
    facts: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def transform(self) -> str:
        """The pipeline that makes the field's text of its cell, "" for none."""
        return "" if self.ref else self.typed.transform.replace("{own}", f"{{{self.name}}}")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column without a field, and why."""

    index: int
    source: str | int
    why: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTable:
    """A model, its branch, and how the tree holds that.

    `title` is the table in its system. `options` are the adapter's keys of the tree's branch, as the
    schema writes them.
    """

    title: str
    scope: str
    model: str
    branch: str
    key: tuple[str, ...]
    fields: tuple[DraftField, ...]
    left_out: tuple[LeftOut, ...] = ()
    options: tuple[Option, ...] = ()
    where: str = ""
    doc: str = ""
    key_facts: tuple[str, ...] = ()
    key_doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def positional(self) -> bool:
        """Whether columns have positions instead of names."""
        return any(isinstance(field.source, int) for field in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A whole file: one tree with its branches and models. `hint` is said where the tree is given."""

    command: str
    tree: str
    adapter: str
    tables: tuple[DraftTable, ...]
    hint: str = ""

    @property
    def doubts(self) -> int:
        """How many doubts the file mentions."""
        return sum(
            len(table.doubts)
            + len(table.key_doubts)
            + sum(len(field.doubts) for field in table.fields)
            + sum(len(each.doubts) for each in table.left_out)
            for table in self.tables
        )
