"""What a Python text consists of, as Python itself parses it: its definitions and its other statements.

A syntax tree of a large file takes longer to make than all that it is made from, most of it for objects that
nobody looks at. So the text is parsed piece by piece, and of a piece that is a single block only the table of
its scopes is asked for, which has the name of every class and function in it.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_BETWEEN = re.compile(r"\n\n+(?=\S)")
_ONE_BLOCK = re.compile(r"(?:@[^\n\r\f]*\n)*(?:class|def|if) [^\n\r\f]*(?:\n(?: [^\n\r\f]*)?)*")
"""A definition, or an `if` without an `else`: nothing after its header begins at the margin, so nothing but
the block can be a statement there."""
_COMPREHENSIONS = frozenset(("genexpr", "listcomp", "setcomp", "dictcomp"))
"""How the table of scopes calls what has no name; a function may be called so too, but not `lambda`."""


class Outline(NamedTuple):
    """The classes and functions of a text, dotted and in order, and the number of its other statements.

    Imports, texts that stand alone, and `if` statements are not counted; what an `if` defines is named.
    """

    definitions: tuple[str, ...]
    statements: int


def outline(source: str) -> Outline:
    """Return what *source* consists of (SyntaxError or ValueError when it is no Python)."""
    try:
        # Pieces that begin at the margin and are Python, each by itself, are together what the whole is.
        return _joined(map(_piece, _BETWEEN.split(source)))
    except (SyntaxError, ValueError):
        return syntax_outline(source)  # a text may hold what looks like the end of a piece


def _joined(pieces: Iterator[Outline]) -> Outline:
    names, statements = list[str](), 0
    for piece in pieces:
        names += piece.definitions
        statements += piece.statements
    return Outline(tuple(names), statements)


def _piece(source: str) -> Outline:
    scopes = _scopes(source) if _ONE_BLOCK.fullmatch(source) else None
    return syntax_outline(source) if scopes is None else Outline(scopes, 0)


def _scopes(source: str) -> tuple[str, ...] | None:
    """Return the definitions in *source*, None where a comprehension could be one of them."""
    names: list[str] = []
    _add_scopes(names, symtable.symtable(source, "<generated>", "exec"), "")
    return None if any(name.rpartition(".")[2] in _COMPREHENSIONS for name in names) else tuple(names)


def _add_scopes(names: list[str], table: symtable.SymbolTable, prefix: str) -> None:
    for scope in table.get_children():
        name = prefix + scope.get_name()
        if scope.get_name() != "lambda":
            names.append(name)
        if scope.has_children():
            _add_scopes(names, scope, f"{name}." if scope.get_type() == "class" else f"{name}().")


def syntax_outline(source: str) -> Outline:
    """Return what `outline` does, from the syntax tree alone: slower, and however Python makes scopes."""
    body = ast.parse(source).body
    return Outline(tuple(_definitions(body, "")), sum(map(_is_other, body)))


def _definitions(body: Sequence[ast.stmt], prefix: str) -> list[str]:
    names: list[str] = []
    for statement in body:
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            names.append(prefix + statement.name)
            if isinstance(statement, ast.ClassDef):
                names.extend(_definitions(statement.body, f"{prefix}{statement.name}."))
            else:
                names.extend(_definitions(statement.body, f"{prefix}{statement.name}()."))
        elif isinstance(statement, ast.If):
            names.extend(_definitions([*statement.body, *statement.orelse], prefix))
    return names


def _is_other(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom, ast.If)):
        return False
    return not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
