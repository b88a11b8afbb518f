"""From what was found to what the schema will say: names, keys and refs by name, comments in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..adapters import ADAPTERS
from ..names import branch_role, field_role, model_role
from ..naming import snake
from .draft import Draft, DraftField, DraftTable, LeftOut
from .evidence import Column, Judged, Ref, SourceTable, Typed
from .keys import few_rows
from .naming import Names, branch_wish, field_wish, model_wish, name_words

_NOT_IN_KEYS = ("compare", "null_equals_empty", "scale", "zone", "precision")


@dataclass(frozen=True, slots=True)
class Taken:
    """Names that the schema has already, in other files."""

    models: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()


NOTHING = Taken()


def draft_of(
    judged: Sequence[Judged],
    *,
    command: str,
    tree: str,
    adapter: str,
    taken: Taken = NOTHING,
    hint: str = "",
) -> Draft:
    """Return the file that says what *judged* found.

    Tables without a key are left out, since no branch can hold them.
    """
    held = [each for each in judged if each.key.columns]
    models = Names.beside(model_role, taken.models)
    branches = Names.beside(branch_role, taken.branches)
    names: dict[str, tuple[str, str]] = {}
    for each in held:
        source = each.table.source
        parts = name_words(source.name)
        model, branch = source.model or model_wish(parts), source.branch or branch_wish(parts)
        names[source.name] = (
            models.give(model, f"{tree}{model}"),
            branches.give(branch, f"{snake(tree).rstrip('_')}_{branch}"),
        )
    maps = ADAPTERS[adapter].maps_columns
    tables = tuple(_table(each, names, maps_columns=maps) for each in held)
    return Draft(command=command, tree=tree, adapter=adapter, tables=tables, hint=hint)


def _table(judged: Judged, names: dict[str, tuple[str, str]], *, maps_columns: bool) -> DraftTable:
    table, key = judged.table, judged.key
    model, branch = names[table.source.name]
    giver = Names(field_role)
    by_index = {
        column.index: giver.give(field_wish(column.label, f"column_{column.index + 1}"))
        for column in table.kept
    }
    refs = {ref.column: ref for ref in judged.refs if ref.table in names}
    fields = tuple(
        _field(judged, column, by_index[column.index], refs.get(column.index), names) for column in table.kept
    )
    if not maps_columns:
        fields = tuple(_telling_source(field) for field in fields)
    return DraftTable(
        title=table.source.title,
        scope=table.scope if table.source.judged else "",
        model=model,
        branch=branch,
        key=tuple(by_index[index] for index in key.columns),
        fields=fields,
        left_out=tuple(
            LeftOut(each.index, each.source, each.omitted, each.doubts)
            for each in table.columns
            if each.omitted
        ),
        options=table.source.options,
        where=table.source.where,
        doc=table.source.doc,
        key_facts=key.facts,
        key_doubts=key.doubts,
        notes=(*table.source.notes, *_unique(table.source, by_index)),
        doubts=table.source.doubts,
    )


def _field(
    judged: Judged, column: Column, name: str, ref: Ref | None, names: dict[str, tuple[str, str]]
) -> DraftField:
    in_key = column.index in judged.key.columns
    typed = column.typed.without(*_NOT_IN_KEYS) if in_key else column.typed
    facts, doubts = [*column.type_facts, *column.facts], [*column.type_doubts, *column.doubts]
    if ref is not None:
        typed = Typed("ref")
        # What is said of the type that the ref replaces is of no use to anybody.
        facts, doubts = [*column.facts, *ref.facts], [*ref.doubts, *column.doubts]
    if column.unique and judged.key.columns != (column.index,) and judged.table.rows >= few_rows:
        facts.append(f"unique in {judged.table.scope}")
    doubts += [text for index, text in judged.doubts if index == column.index]
    return DraftField(
        name=name,
        source=column.source,
        typed=typed,
        optional=column.optional and not in_key,
        sensitive=column.sensitive,
        ref=names[ref.table][0] if ref is not None else "",
        doc=column.doc,
        facts=tuple(facts),
        doubts=tuple(doubts),
    )


def _telling_source(field: DraftField) -> DraftField:
    """Return *field*, of a tree without a mapping of columns, with a comment where it is called otherwise."""
    if field.source == field.name:
        return field
    return replace(field, facts=(f"{field.source} there", *field.facts))


def _unique(source: SourceTable, names: dict[int, str]) -> Iterable[str]:
    for columns in source.unique:
        if columns != source.key and all(index in names for index in columns):
            yield f"also unique, as declared: {', '.join(names[index] for index in columns)}"
