"""What a generated file must consist of, held against what its text really parses to.

Should a text of a schema ever break out of its literal, the parsed file has a statement, a class or a
method too many or too few, and nothing is written.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
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
    try:
        tree = ast.parse(source, path)
    except (SyntaxError, ValueError) as error:
        raise BrokenOutputError(f"{path}: the generated text is no Python: {error}") from error
    found = tuple(_definitions(tree.body, ""))
    if found != meant.definitions:
        extra = [name for name in found if name not in meant.definitions]
        missing = [name for name in meant.definitions if name not in found]
        raise BrokenOutputError(f"{path}: definitions differ: unexpected {extra}, missing {missing}")
    counted = sum(1 for statement in tree.body if _is_other(statement))
    if meant.statements is not None and counted != meant.statements:
        raise BrokenOutputError(
            f"{path}: {counted} statements at the top level, {meant.statements} were meant"
        )


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
