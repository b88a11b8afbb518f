"""A draft as the text of a schema file, its comments beside what they are about."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..adapters import ADAPTERS
from ..texts import refused_at
from .draft import Draft, DraftField, DraftTable
from .yaml_values import Value, entry, scalar

widest = 110
"""How long a line with a comment is at most."""
_FARTHEST = 56
"""The last column in which comments of one block may be lined up."""


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """Whose name a line of the text has: that of a table's model or branch, by number, or the tree's."""

    what: Literal["branch", "model", "tree"]
    table: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """The text, and what each of its lines, counted from 1, is about."""

    text: str
    owners: dict[int, Owner]


def written(draft: Draft) -> Written:
    """Return the text of *draft*: equal drafts give equal texts."""
    page = _Page()
    page.comment(
        f"A first schema, written by `{draft.command}` for the tree {draft.tree}: yours to edit now.",
        0,
    )
    page.comment('Comments give the evidence; look first at what they call "doubt:".', 0)
    page.gap()
    page.line("models:")
    for number, table in enumerate(draft.tables):
        if number:
            page.gap()
        _model(page, table, number)
    page.gap()
    page.line("branches:")
    for number, table in enumerate(draft.tables):
        for line in entry(table.branch, {"model": table.model}, 2):
            page.line(line, Owner("branch", number))
    page.gap()
    page.line("trees:")
    if draft.hint:
        page.comment(draft.hint, 2)
    page.line(f"  {draft.tree}:", Owner("tree"))
    page.line(f"    adapter: {draft.adapter}")
    page.line("    branches:")
    for number, table in enumerate(draft.tables):
        _held(page, table, number, maps_columns=ADAPTERS[draft.adapter].maps_columns)
    return page.done()


@dataclass(slots=True)
class _Page:
    """The lines so far."""

    lines: list[str] = field(default_factory=list[str])
    owners: dict[int, Owner] = field(default_factory=dict[int, Owner])

    def line(self, text: str, owner: Owner | None = None) -> None:
        self.lines.append(text)
        if owner is not None:
            self.owners[len(self.lines)] = owner

    def gap(self) -> None:
        self.lines.append("")

    def comment(self, text: str, indent: int) -> None:
        start = " " * indent + "# "
        for line in textwrap.wrap(text, widest - len(start), break_long_words=False, break_on_hyphens=False):
            self.lines.append(start + line)

    def done(self) -> Written:
        return Written("\n".join(self.lines) + "\n", self.owners)


def _model(page: _Page, table: DraftTable, number: int) -> None:
    page.comment(f"{table.title}: {table.scope}." if table.scope else f"{table.title}.", 2)
    for note in table.notes:
        page.comment(f"{note}.", 2)
    for doubt in table.doubts:
        page.comment(f"doubt: {doubt}.", 2)
    page.line(f"  {table.model}:", Owner("model", number))
    if table.doc:
        page.line(f"    doc: {scalar(table.doc)}")
    key: Value = table.key[0] if len(table.key) == 1 else list(table.key)
    (line,) = entry("key", key, 4)
    _commented(page, [(line, _said(table.key_facts, table.key_doubts))])
    page.line("    fields:")
    block: list[tuple[str, str]] = []
    for each in table.fields:
        first, *rest = entry(each.name, _spec(each), 6)
        block.append((first, _said(each.facts, each.doubts)))
        block.extend((line, "") for line in rest)
    _commented(page, block)
    for out in table.left_out:
        where = (
            _shown(out.source) if isinstance(out.source, str) and out.source else f"column {out.index + 1}"
        )
        said = "".join(f"; doubt: {doubt}" for doubt in out.doubts)
        page.comment(f"left out: {where}, which {out.why}{said}", 6)


def _shown(name: str) -> str:
    """Return a column's name for a comment, which holds no character that the language refuses."""
    return name if refused_at(name, lines=False) is None and name.isprintable() else ascii(name)


def _spec(each: DraftField) -> Value:
    """Return what the schema says of a field: a type alone, or a mapping."""
    typed = each.typed
    spec: dict[str, Value] = {}
    if each.ref:
        spec["ref"] = each.ref
    elif typed.name == "enum":
        spec["enum"] = list(typed.members)
    else:
        spec["type"] = typed.name
    if typed.of:
        spec["of"] = typed.of
    if each.optional:
        spec["optional"] = True
    spec.update(typed.options)
    if each.sensitive:
        spec["sensitive"] = True
    if each.doc:
        spec["doc"] = each.doc
    return typed.name if list(spec) == ["type"] else spec


def _said(facts: Sequence[str], doubts: Sequence[str]) -> str:
    return "; ".join([*facts, *(f"doubt: {doubt}" for doubt in doubts)])


def _commented(page: _Page, block: Sequence[tuple[str, str]]) -> None:
    """Add lines with their comments: behind them, lined up, where there is room, else above."""
    fitting = [len(line) for line, said in block if said and len(line) < _FARTHEST]
    column = max(fitting, default=0) + 2
    for line, said in block:
        start = max(column, len(line) + 2)
        if said and start + 2 + len(said) <= widest:
            page.line(f"{line:<{start}}# {said}")
            continue
        if said:
            page.comment(said, len(line) - len(line.lstrip()))
        page.line(line)


def _held(page: _Page, table: DraftTable, number: int, *, maps_columns: bool) -> None:
    spec: dict[str, Value] = dict(table.options)
    columns: dict[str, Value] = {
        each.name: each.source for each in table.fields if table.positional or each.source != each.name
    }
    transform: dict[str, Value] = {each.name: each.transform for each in table.fields if each.transform}
    if columns and maps_columns:
        spec["columns"] = columns
    if transform and maps_columns:
        spec["transform"] = transform
    if table.where:
        spec["where"] = table.where
    for line in entry(table.branch, spec, 6):
        page.line(line, Owner("branch", number) if line.startswith(" " * 6 + table.branch) else None)
