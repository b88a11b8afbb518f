"""What has to come into a file of the user, and before which line: classes, methods, imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .expected import Method, StubClass
from .source import HandlerFileError, Source, definitions, unconditional
from .text import class_imports, class_text, method_text

_MARKS = ("final", "override")


@dataclass(frozen=True, slots=True)
class Insertion:
    """Lines to insert before the line number *line*, and the import statements that they need."""

    line: int
    text: str
    imports: tuple[str, ...]


def new_class(source: Source, stub: StubClass) -> Insertion:
    """Return the class with its stubs, for the end of the file."""
    return Insertion(len(source.lines) + 1, f"\n\n{class_text(stub)}\n", tuple(class_imports(stub)))


def new_methods(source: Source, node: ast.ClassDef, methods: Iterable[Method]) -> Iterator[Insertion]:
    """Yield the stubs of *methods*, for the end of a class.

    Raises HandlerFileError where the class stands on one line, so that there is no room.
    """
    methods = tuple(methods)
    if not methods:
        return
    indent = source.indentation(node)
    if indent is None:
        message = (
            f"class {node.name} stands on one line, so that no stub fits in; put its body on lines of its own"
        )
        raise HandlerFileError([source.problem(node, "handler-file", message)])
    line = source.comments_after(source.line_after(node.body, len(node.body) - 1), indent)
    for method in methods:
        needed = ("from dss_runtime import override", *method.imports)
        yield Insertion(line, f"\n{method_text(method, indent)}\n", needed)


def missing(stub: StubClass, defined: Iterable[str]) -> list[Method]:
    """Return the required methods that are not among the names *defined*."""
    known = {*defined}
    return [method for method in stub.methods if method.required and method.name not in known]


def with_imports(source: Source, insertions: Iterable[Insertion]) -> list[tuple[int, str]]:
    """Return the texts to insert, each with its line: imports that the file lacks, then *insertions*."""
    insertions = tuple(insertions)
    bound = _bound_names(source)
    needed = dict.fromkeys(statement for each in insertions for statement in each.imports)
    lines = "".join(f"{statement}\n" for statement in needed if statement.split()[-1] not in bound)
    imports = [(_after_imports(source), lines)] if lines else []
    return [*imports, *((each.line, each.text) for each in insertions)]


def _bound_names(source: Source) -> set[str]:
    """Return the names of the file that a stub can use, whatever they are bound to.

    What only type checkers see does for annotations that are never evaluated, not for decorators.
    """
    seen = definitions(source.tree.body, at_run_time=True).keys()
    if not any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in source.tree.body):
        return {*seen}
    return {*seen, *(definitions(source.tree.body).keys() - _MARKS)}


def _after_imports(source: Source) -> int:
    """The line after the last plain import before any class, or after the docstring, or the first."""
    body = source.tree.body
    last: int | None = None
    for at, node in enumerate(body):
        if any(isinstance(each, ast.ClassDef) for each in unconditional([node])):
            break
        if isinstance(node, (ast.Import, ast.ImportFrom)) or (at == 0 and _is_docstring(node)):
            last = at
    return source.first_code() if last is None else source.line_after(body, last)


def _is_docstring(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
