"""Handlers that nothing calls any more: the one mistake that no type checker sees without `@override`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from ..problems import did_you_mean
from .expected import StubClass
from .renaming import Following
from .source import Definition, Source

_PREFIXES = (
    "new_",
    "old_",
    "changed_",
    "added_",
    "removed_",
    "computed_",
    "derived_",
    "load_",
    "merge_",
    "keep_",
)


def stale_handlers(
    source: Source, stub: StubClass, defined: Mapping[str, Sequence[Definition]], following: Following
) -> Iterator[str]:
    """Yield a line `file:line:col: error: …` for each method of a class that its base does not have.

    That is what has a name of before, and functions that look like handlers: helpers of the project begin
    with an underscore.
    """
    yield from renamed_before(source, f"{stub.name}.", following)
    told = {*following.before}
    for name, places in defined.items():
        if name in stub.names or name in told or not name.startswith(_PREFIXES):
            continue
        for each in places:
            if isinstance(each.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield _line(source, each, f"{stub.name}.{name}", did_you_mean(name, stub.names))


def renamed_before(source: Source, owner: str, following: Following) -> Iterator[str]:
    """Yield a line for each definition that has a name of before, with what it is called today."""
    for rename in following.renames:
        hint = f"; it was renamed: did you mean {rename.new!r}? `dss generate --apply-renames` renames it"
        yield _line(source, rename.definition, owner + rename.definition.name, hint)
    for conflict in following.conflicts:
        new = " or ".join(map(repr, conflict.new))
        hint = f"; it was renamed: did you mean {new}? put it right by hand, since {conflict.reason}"
        yield _line(source, conflict.definition, owner + conflict.definition.name, hint)


def still_used(source: Source, within: ast.AST, renamed: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each place in *within* that calls a method by its name of before: {before: today}."""
    for node in ast.walk(within):
        if isinstance(node, ast.Attribute) and node.attr in renamed:
            place = source.place(node, back=len(node.attr))
            today = renamed[node.attr]
            yield f"{place}: warning: {node.attr} is called {today} now; change it here too [renamed-call]"


def _line(source: Source, definition: Definition, what: str, hint: str) -> str:
    place = source.place(definition.node)
    return f"{place}: error: {what} handles nothing in the schema{hint} [stale-handler]"
