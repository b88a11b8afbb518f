"""Diagrams in Mermaid. Only names reach them, no free text of a schema.

A line's style says nothing: Mermaid 12 draws some dotted lines solid where lines cross.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .dictionary import Dictionary, FieldEntry, ModelEntry, TreeEntry

MOST_CHARACTERS = 50_000
MOST_ARROWS = 500
"""Beyond these, Mermaid shows an error in place of a diagram (its settings maxTextSize and maxEdges)."""
_harmless = re.compile(r"[A-Za-z0-9_ .()-]")
_JOINER = "\u2060"
"""A character that is not seen. Put before `pk`, it keeps Mermaid from taking the name for its own word."""


def models_diagram(dictionary: Dictionary) -> str:
    """Return every model with its key and refs; "" where that is too much for one diagram."""
    return _entities(
        (model, [each for each in model.fields if each.model == model.name and (each.key or each.ref)])
        for model in dictionary.models
    )


def model_diagram(name: str, dictionary: Dictionary) -> str:
    """Return the model *name* with all its fields, amid the models that it and that have to do with it."""
    near = {name}
    for model in dictionary.models:
        around = {model.extends, *(each.ref for each in model.fields if each.model == model.name)} - {""}
        if model.name == name:
            near |= around
        elif name in around:
            near.add(model.name)
    return _entities(
        (model, list(model.fields) if model.name == name else [])
        for model in dictionary.models
        if model.name in near
    )


def systems_diagram(dictionary: Dictionary) -> str:
    """Return the trees, and an arrow for each sync; "" where that is too much for one diagram."""
    ids = {tree.name: f"t{number}" for number, tree in enumerate(dictionary.trees)}
    lines = [f"  {ids[tree.name]}[{label(f'{tree.name} ({tree.adapter})')}]" for tree in dictionary.trees]
    lines += [f"  {ids[each.left]} -->|{label(each.name)}| {ids[each.right]}" for each in dictionary.syncs]
    return _diagram("flowchart LR", lines, len(dictionary.syncs))


def tree_diagram(tree: TreeEntry, dictionary: Dictionary) -> str:
    """Return the branches of *tree*, what is derived from what, and the systems that it is synced with."""
    ids = {each.branch: f"b{number}" for number, each in enumerate(tree.branches)}
    lines = [f"  subgraph t[{label(tree.name)}]"]
    lines += [f"    {ids[each.branch]}[{label(each.branch)}]" for each in tree.branches]
    arrows = [
        f"    {ids[source]} --> {ids[each.branch]}" for each in tree.branches for source in each.derived_from
    ]
    lines += [*arrows, "  end"]
    for number, sync in enumerate(dictionary.syncs):
        if sync.right == tree.name:
            lines += [f"  s{number}[{label(sync.left)}]", f"  s{number} -->|{label(sync.name)}| t"]
        elif sync.left == tree.name:
            lines += [f"  s{number}[{label(sync.right)}]", f"  t -->|{label(sync.name)}| s{number}"]
    return _diagram("flowchart LR", lines, len(arrows) + len(dictionary.syncs))


def label(text: str) -> str:
    """Return what shows *text*, whatever it holds."""
    return '"' + "".join(each if _harmless.match(each) else f"#{ord(each)};" for each in text) + '"'


def _entities(models: Iterable[tuple[ModelEntry, list[FieldEntry]]]) -> str:
    shown = list(models)
    ids = {model.name: f"m{number}" for number, (model, _) in enumerate(shown)}
    lines: list[str] = []
    for model, fields in shown:
        lines.append(f"  {ids[model.name]}[{label(model.name)}] {{")
        lines += [f"    {field.type} {_word(field.name)}{_marks(field)}" for field in fields]
        lines.append("  }")
    arrows = [arrow for model, _ in shown for arrow in _arrows(model, ids)]
    return _diagram("erDiagram", [*lines, *arrows], 0)


def _arrows(model: ModelEntry, ids: dict[str, str]) -> Iterator[str]:
    """Yield what *model* extends and refers to, as far as it is in the diagram."""
    if model.extends in ids:
        yield f"  {ids[model.extends]} ||--o| {ids[model.name]} : {label('is a')}"
    for field in model.fields:
        if field.model == model.name and field.ref in ids:
            end = "o|" if field.optional else "||"
            yield f"  {ids[model.name]} }}o--{end} {ids[field.ref]} : {label(field.name)}"


def _marks(field: FieldEntry) -> str:
    marks = ", ".join(mark for mark, holds in (("PK", field.key), ("FK", bool(field.ref))) if holds)
    return f" {marks}" if marks else ""


def _word(name: str) -> str:
    return f"{_JOINER}{name}" if name.lower() in ("pk", "fk", "uk") else name


def _diagram(kind: str, lines: list[str], arrows: int) -> str:
    text = "\n".join([kind, *lines]) + "\n"
    return text if len(text) <= MOST_CHARACTERS and arrows <= MOST_ARROWS else ""
