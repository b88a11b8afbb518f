"""One branch as one tree holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal, cast

from .. import fieldtypes
from ..adapters import Adapter
from ..problems import Problems, shown
from .columns import Columns, resolve_columns
from .conditions import parse_condition
from .known_columns import verdict
from .nodes import MapNode, ScalarNode
from .resolve_generated import Generating
from .resolve_match import resolve_match
from .resolve_models import report_unknown_field
from .resolve_sources import Sources
from .resolved import Branch, Condition, Generated, OldPolicy, Scalar, SyncPolicy, TreeBranch
from .text_scanner import TextError
from .values import set_values

_of_derived = ("derived_from", "omit", "sync", "old", "returns")


def resolve_tree_branch(
    key: ScalarNode, node: MapNode, branch: Branch, partial: bool, adapter: Adapter, problems: Problems
) -> TreeBranch:
    """Return what *node* says of *branch*; what is wrong is noted. *partial*: some fields are not known."""
    derived_from = node.scalars("derived_from") if node.get("derived_from") is not None else None
    if derived_from is not None:
        for name, _ in node:
            if name.text not in _of_derived:
                message = f"a derived branch is made by a method of the project; remove {name.text!r}"
                problems.add(name.position, "derived-keys", message)
        options: tuple[tuple[str, object], ...] = ()
    else:
        options = adapter.options(node, problems)
    maps = adapter.maps_columns and derived_from is None
    positional = maps and adapter.positional(options)
    columns = resolve_columns(node.mapping("columns"), branch.model, partial, positional, problems)
    sources = Sources(node, branch.model, partial, columns, problems)
    omitted = sources.omitted()
    generated = Generating(node, branch, partial, sources.claims, problems).resolve()
    found = TreeBranch(
        branch=branch,
        position=key.position,
        sources=sources.resolve() if maps else (),
        omitted=omitted,
        where=_where(node, sources, columns, problems) if maps else None,
        derived_from=tuple(each.text for each in derived_from) if derived_from is not None else None,
        sync=(*_sync(node, branch, omitted, partial, problems), *_left_alone(node, generated)),
        generated=generated,
        old=_old(node, adapter, problems),
        unreadable=cast('Literal["quarantine", "error"]', node.text("unreadable", "quarantine")),
        options=options,
        columns=tuple(columns.found) if maps else (),
    )
    if maps:
        _check_return(node, found, problems)
        _check_split(node, branch, sources, partial, problems)
        adapter.check(node, found, partial, problems)
    names = node.key("generate")
    if names is not None and not adapter.can_write:
        message = f"a {adapter.name} tree is only read; nothing is created there"
        problems.add(names.position, "generate", message)
    if found.old.kind == "set" and not adapter.writes(found) and (old := node.get("old")) is not None:
        message = "nothing here can set columns; write 'keep' or 'delete', and let a handler do it"
        problems.add(old.position, "old", message)
    return replace(found, match=resolve_match(node, branch, found, partial, adapter, problems))


def _where(node: MapNode, sources: Sources, columns: Columns, problems: Problems) -> Condition | None:
    text = node.scalar("where")
    if text is None:
        return None

    def column(name: str, offset: int) -> int:
        index = columns[name]
        if index is not None or name in columns.broken:
            return index or 0
        way = sources.claims.get(name)
        if way in ("computed", "const", "omit"):
            raise TextError(offset, f"{shown(name)} is in {way!r}, and 'where' sees columns only")
        if columns.positional:
            raise TextError(offset, f"there is no column {shown(name)}{columns.hint(name)}")
        return columns.named(name)

    try:
        return parse_condition(text, column)
    except TextError as error:
        problems.add(text.at(error.offset), "where", error.message)
        return None


def _check_return(node: MapNode, found: TreeBranch, problems: Problems) -> None:
    """Note a `where` that leaves out what `old` sets aside: a return would make the record a second time."""
    where, set_ = node.scalar("where"), dict(found.old.set)
    if where is None or found.where is None or not set_:
        return
    known = {at: set_[each.source] for at, each in enumerate(found.columns) if each.source in set_}
    if verdict(found.where, known) is False:
        message = (
            "this leaves out what 'old' sets aside, so that the return of such a record could not be seen; "
            f"leave {', '.join(shown(str(found.columns[at].source)) for at in known)} out of it: "
            "what is set aside is known by what 'old' sets"
        )
        problems.add(where.position, "old", message)


def _check_split(node: MapNode, branch: Branch, sources: Sources, partial: bool, problems: Problems) -> None:
    fields = {each.name: each for each in branch.model.fields}
    for name, value in node.mapping("split"):
        found = fields.get(name.text)
        if found is None:
            if not partial:
                report_unknown_field(name, branch.model, problems)
        elif found.type not in ("set", "list"):
            message = f"{shown(name.text)} holds one value; only a set or a list is split"
            problems.add(name.position, "split", message)
        elif sources.claims.get(name.text) in ("computed", "const", "omit"):
            message = f"{shown(name.text)} is in {sources.claims[name.text]!r}, so there is no cell to split"
            problems.add(name.position, "split", message)
        elif isinstance(value, ScalarNode):
            try:
                fieldtypes.field_type(found, value.text)
            except ValueError as error:
                problems.add(value.position, "split", str(error))


def _left_alone(node: MapNode, generated: Iterable[Generated]) -> Iterator[tuple[str, SyncPolicy]]:
    """Yield the policy of generated fields of which the schema does not say it: nobody's name changes."""
    for each in generated:
        if node.mapping("sync").get(each.field.name) is None:
            yield each.field.name, "create_only"


def _sync(
    node: MapNode, branch: Branch, omitted: tuple[str, ...], partial: bool, problems: Problems
) -> tuple[tuple[str, SyncPolicy], ...]:
    names = {each.name for each in branch.model.fields}
    found: list[tuple[str, SyncPolicy]] = []
    for name, value in node.mapping("sync"):
        if name.text not in names:
            if not partial:
                report_unknown_field(name, branch.model, problems)
        elif name.text in branch.model.key:
            problems.add(
                name.position, "sync-policy", f"{shown(name.text)} is in the key, which never changes"
            )
        elif name.text in omitted:
            problems.add(
                name.position, "sync-policy", f"{shown(name.text)} is omitted here, so it is never written"
            )
        elif isinstance(value, ScalarNode):
            found.append((name.text, cast("SyncPolicy", value.text)))
    return tuple(found)


def _old(node: MapNode, adapter: Adapter, problems: Problems) -> OldPolicy:
    old, returns = node.get("old"), node.key("returns")
    if not isinstance(old, MapNode):
        if returns is not None and "old" not in node.broken:
            message = "'returns' undoes what 'old: {set: ...}' set, and nothing is set"
            problems.add(returns.position, "old", message)
        return OldPolicy(cast('Literal["delete", "keep"]', node.text("old", "delete")))
    set_ = set_values(old.mapping("set"))
    undo: tuple[tuple[str, Scalar], ...] = set_values(node.mapping("returns").mapping("set"))
    if returns is None and "returns" not in node.broken:
        if not all(isinstance(value, bool) for _, value in set_):
            message = "what a record gets on its return is not plain; add 'returns: {set: {column: value}}'"
            problems.add(old.position, "old", message)
        undo = tuple((column, not value) for column, value in set_)
    if not set_ and not old.mapping("set").broken and "set" not in old.broken and old.get("set") is not None:
        problems.add(old.position, "old", "'set' names no column; write 'keep' to leave a record as it is")
    days = old.text("delete_after").partition(" ")[0]
    if days and not adapter.expires:
        at = old.key("delete_after") or ScalarNode(old.position, "")
        message = f"a {adapter.name} tree does not delete what was set aside"
        problems.add(at.position, "old", message)
    return OldPolicy("set", set_, undo, int(days or 0))
