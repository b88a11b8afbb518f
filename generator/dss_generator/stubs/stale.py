"""Handlers that nothing calls any more: the one mistake that no type checker sees without `@override`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from ..problems import did_you_mean
from .expected import StubClass
from .source import Source, unconditional

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


def stale_handlers(source: Source, stub: StubClass, renames: Mapping[str, str]) -> Iterator[str]:
    """Yield a line `file:line:col: error: …` for each method of the class that its base does not have.

    Only methods that look like handlers count; helpers of the project begin with an underscore. A handler
    that is there and filled in is not what a stale one was meant to be.
    """
    node = source.class_named(stub.name)
    methods = [
        statement
        for statement in unconditional(node.body if node is not None else ())
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    free = stub.known - {each.name for each in methods if not _unfilled(each)}
    for statement in methods:
        name = statement.name
        if name in stub.known or not name.startswith(_PREFIXES):
            continue
        today = next((new for new, old in renames.items() if old == name), None)
        hint = f"; it was renamed: did you mean {today!r}?" if today else did_you_mean(name, free)
        place = f"{source.path}:{statement.lineno}:{statement.col_offset + 1}"
        yield f"{place}: error: {stub.name}.{name} handles nothing in the schema{hint} [stale-handler]"


def _unfilled(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it holds a docstring or `...` and nothing else: its code may be in the stale one."""
    return all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in method.body)
