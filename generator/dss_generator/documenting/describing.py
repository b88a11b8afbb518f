"""From a resolved schema to the data dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ..schema.resolved import (
    Branch,
    Comparison,
    Condition,
    Field,
    FieldSource,
    Model,
    Schema,
    Tree,
    TreeBranch,
)
from .dictionary import (
    MASK,
    BranchEntry,
    Dictionary,
    FieldEntry,
    HeldEntry,
    ModelEntry,
    NameEntry,
    Origin,
    SyncEntry,
    TreeEntry,
)
from .expressions import condition_text, pipeline_text


def describe(schema: Schema) -> Dictionary:
    """Return the data dictionary of *schema*: its parts in the order of the schema's files."""
    models = {each.name: each for each in schema.models}
    return Dictionary(
        models=tuple(_model(each, models, schema) for each in schema.models),
        branches=tuple(_branch(each, schema) for each in schema.branches),
        trees=tuple(_tree(each, schema) for each in schema.trees),
        syncs=tuple(SyncEntry(each.name, each.left, each.right, each.branches) for each in schema.syncs),
    )


def _model(model: Model, models: dict[str, Model], schema: Schema) -> ModelEntry:
    owners = {each.name: owner.name for owner in _line(model, models) for each in owner.own_fields}
    return ModelEntry(
        name=model.name,
        doc=model.doc,
        abstract=model.abstract,
        extends=model.extends,
        key=model.key,
        fields=tuple(_field(each, owners[each.name], each.name in model.key) for each in model.fields),
        derived=tuple((each.name, each.type) for each in model.derived),
        branches=tuple(each.name for each in schema.branches if each.model.name == model.name),
    )


def _line(model: Model, models: dict[str, Model]) -> Iterator[Model]:
    """Yield *model* and those that it extends, directly or through others."""
    yield model
    if model.extends:
        yield from _line(models[model.extends], models)


def _field(field: Field, model: str, key: bool) -> FieldEntry:
    default = field.default
    if field.sensitive and default is not None:
        default = MASK
    return FieldEntry(
        name=field.name,
        type=f"{field.type}[{field.of}]" if field.of else field.type,
        model=model,
        key=key,
        optional=field.optional,
        sensitive=field.sensitive,
        default=default,
        members=field.members,
        ref=field.ref,
        rules=tuple((name, _option(value)) for name, value in field.options),
        doc=field.doc,
    )


def _branch(branch: Branch, schema: Schema) -> BranchEntry:
    return BranchEntry(
        name=branch.name,
        doc=branch.doc,
        model=branch.model.name,
        trees=tuple(
            tree.name for tree in schema.trees for held in tree.branches if held.branch.name == branch.name
        ),
        guard=tuple((kind, str(limit)) for kind, limit in branch.guard),
        duplicates=branch.duplicates,
        granularity=branch.granularity,
    )


def _tree(tree: Tree, schema: Schema) -> TreeEntry:
    syncs = [each for each in schema.syncs if each.right == tree.name]
    followed = {name for each in syncs for name in each.branches}
    return TreeEntry(
        name=tree.name,
        doc=tree.doc,
        adapter=tree.adapter,
        adapter_doc=tree.system.doc,
        follows=tuple(dict.fromkeys(each.left for each in syncs)),
        branches=tuple(_held(each, each.branch.name in followed) for each in tree.branches),
    )


def _held(held: TreeBranch, followed: bool) -> HeldEntry:
    sources = {each.field.name: each for each in held.sources}
    fields = held.branch.model.fields
    return HeldEntry(
        branch=held.branch.name,
        model=held.branch.model.name,
        options=tuple((name, _option(value)) for name, value in held.options),
        derived_from=held.derived_from or (),
        where=condition_text(held.where, held.columns) if held.where is not None else "",
        columns=_renamed(held),
        positions=any(isinstance(each.source, int) for each in held.columns),
        origins=tuple(_origin(each, sources.get(each.name), held) for each in fields),
        names=tuple(
            NameEntry(
                each.field.name,
                tuple(pipeline_text(given, ()) for given in each.patterns),
                each.shared_with,
            )
            for each in held.generated
        ),
        unreadable=held.unreadable,
        old=held.old.kind if followed else "",
        old_set=tuple((name, _option(value)) for name, value in held.old.set) if followed else (),
        returns=tuple((name, _option(value)) for name, value in held.old.returns) if followed else (),
        delete_after=held.old.delete_after if followed else 0,
        match=held.match.by if held.match is not None and followed else (),
        moved_keys=held.match is not None and held.match.moved_keys and followed,
    )


def _renamed(held: TreeBranch) -> tuple[tuple[str, str], ...]:
    """Return the columns that a text of the dictionary, or a method of the project, calls by another name."""
    mentioned = set(_compared(held.where)) if held.where is not None else set[int]()
    for each in held.sources:
        if each.pipeline is not None:
            mentioned.update(part.column for part in each.pipeline.template if part.column is not None)
    own = {each.column for each in held.sources if each.column is not None} - mentioned
    return tuple(
        (each.alias, str(each.source))
        for index, each in enumerate(held.columns)
        if each.alias != each.source and index not in own
    )


def _compared(condition: Condition) -> Iterator[int]:
    if isinstance(condition, Comparison):
        yield condition.column
    else:
        for each in condition.operands:
            yield from _compared(each)


def _origin(field: Field, source: FieldSource | None, held: TreeBranch) -> Origin:
    sync = held.sync_policy(field.name)
    if field.name in held.omitted:
        return Origin(field.name, "omitted", "", sync)
    if source is None:
        return Origin(field.name, "project", "", sync)
    if source.pipeline is not None:
        return Origin(field.name, "pipeline", pipeline_text(source.pipeline, held.columns), sync)
    if source.const is not None:
        const = MASK if field.sensitive else source.const
        return Origin(field.name, "const", const if isinstance(const, str) else ", ".join(const), sync)
    if source.column is not None:
        return Origin(field.name, "column", str(held.columns[source.column].source), sync)
    return Origin(field.name, "computed", "", sync)


def _option(value: object) -> str:
    """Return the value of an option as a text: what an adapter's options or a field's may hold."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case tuple():
            items = cast("tuple[object, ...]", value)
            return ", ".join(" = ".join(map(_option, _pair(each))) for each in items)
        case _:
            return str(value)


def _pair(value: object) -> tuple[object, ...]:
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
