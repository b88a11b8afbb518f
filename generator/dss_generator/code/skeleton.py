"""What a generated file must consist of, held against what its text really parses to.

Should a text of a schema ever break out of its literal, the parsed file has a statement, a class or a
method too many or too few, and nothing is written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..problems import GeneratorError


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The classes and functions that a file defines, dotted and in order, such as `Student.__init__`.

    `statements` counts the other statements at the top level, imports aside; None where any number is right.
    """

    definitions: tuple[str, ...]
    statements: int | None = None


class BrokenOutputError(GeneratorError):
    """A generated file is not what was meant: a fault of the generator, never of the schema."""


def check(path: str, source: str, meant: Skeleton) -> None:
    """Raise BrokenOutputError unless *source* parses to what was meant."""
    found = _outline(path, source)
    if found.definitions != meant.definitions:
        extra = [name for name in found.definitions if name not in meant.definitions]
        missing = [name for name in meant.definitions if name not in found.definitions]
        raise BrokenOutputError(f"{path}: definitions differ: unexpected {extra}, missing {missing}")
    if meant.statements is not None and found.statements != meant.statements:
        raise BrokenOutputError(
            f"{path}: {found.statements} statements at the top level, {meant.statements} were meant"
        )


def _outline(path: str, source: str) -> Skeleton:
    """Return what *source* parses to (BrokenOutputError when it does not)."""
    try:
        return _joined(map(ast.parse, _parts(source)))
    except (SyntaxError, ValueError):
        pass  # a text may hold what looks like the beginning of a part
    try:
        return _joined([ast.parse(source, path)])
    except (SyntaxError, ValueError) as error:
        raise BrokenOutputError(f"{path}: the generated text is no Python: {error}") from error


def _parts(source: str) -> list[str]:
    """Return the pieces of *source* between which there are two blank lines, as around each definition.

    Pieces that begin at the margin, and of which each is Python by itself, are together what the whole is.
    The tree of a large file at once takes the memory, and half as much time again, to make.
    """
    return re.split(r"\n\n\n(?=\S)", source)


def _joined(trees: Iterable[ast.Module]) -> Skeleton:
    """Return the skeleton of a file that consists of *trees*, of which no more than one is kept."""
    names, others = list[str](), 0
    for tree in trees:
        names += _definitions(tree.body, "")
        others += sum(map(_is_other, tree.body))
    return Skeleton(tuple(names), others)


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
