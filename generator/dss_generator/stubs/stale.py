"""Handlers that nothing calls any more: the one mistake that no type checker sees without `@override`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..problems import Problem, did_you_mean
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
) -> Iterator[Problem]:
    """Yield a problem for each method of a class that its base does not have.

    That is what has a name of before, and functions that look like handlers: helpers of the project begin
    with an underscore. A handler that is there and filled in is not what a stale one was meant to be.
    """
    yield from renamed_before(source, f"{stub.name}.", following)
    told = {*following.before}
    filled = {name for name, places in defined.items() if not all(_unfilled(each.node) for each in places)}
    free = [name for name in stub.names if name.startswith(_PREFIXES) and name not in filled]
    for name, places in defined.items():
        if name in stub.names or name in told or not name.startswith(_PREFIXES):
            continue
        for each in places:
            if isinstance(each.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield _stale(source, each, f"{stub.name}.{name}", did_you_mean(name, free))


def _unfilled(node: ast.AST) -> bool:
    """Whether a function holds a docstring or `...` and nothing else: its code may be in the stale one."""
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and all(
        isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in node.body
    )


def renamed_before(source: Source, owner: str, following: Following) -> Iterator[Problem]:
    """Yield a problem for each definition that has a name of before, with what it is called today."""
    for rename in following.renames:
        hint = f"; it was renamed: did you mean {rename.new!r}? `dss generate --apply-renames` renames it"
        yield _stale(source, rename.definition, owner + rename.definition.name, hint)
    for conflict in following.conflicts:
        new = " or ".join(map(repr, conflict.new))
        hint = f"; it was renamed: did you mean {new}? put it right by hand, since {conflict.reason}"
        yield _stale(source, conflict.definition, owner + conflict.definition.name, hint)


def still_used(source: Source, nodes: Iterable[ast.AST], renamed: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each of *nodes* that uses a name of before: {before: today}."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in renamed:
            before, back = node.attr, len(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in renamed:
            before, back = node.id, 0
        else:
            continue
        message = f"{before} is called {renamed[before]} now; change it here too"
        yield source.problem(node, "renamed-use", message, back=back, severity="warning")


def uses_in(node: ast.ClassDef) -> Iterator[ast.AST]:
    """Yield what may use a method of a class: attributes anywhere in it, and names where its own are seen."""
    yield from (each for each in ast.walk(node) if isinstance(each, ast.Attribute))
    stack: list[ast.AST] = [*node.body]
    while stack:
        each = stack.pop()
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):  # its body does not see them
            stack += [*each.decorator_list, each.args]
        elif isinstance(each, ast.Name):
            yield each
        else:
            stack += ast.iter_child_nodes(each)


def _stale(source: Source, definition: Definition, what: str, hint: str) -> Problem:
    return source.problem(definition.node, "stale-handler", f"{what} handles nothing in the schema{hint}")
