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

    Only methods that look like handlers count; helpers of the project begin with an underscore.
    """
    node = source.class_named(stub.name)
    known = stub.known
    for statement in unconditional(node.body if node is not None else ()):
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        name = statement.name
        if name in known or not name.startswith(_PREFIXES):
            continue
        today = next((new for new, old in renames.items() if old == name), None)
        hint = f"; it was renamed: did you mean {today!r}?" if today else did_you_mean(name, known)
        place = f"{source.path}:{statement.lineno}:{statement.col_offset + 1}"
        yield f"{place}: error: {stub.name}.{name} handles nothing in the schema{hint} [stale-handler]"
