"""What a generated file must consist of, held against what its text really parses to.

Should a text of a schema ever break out of its literal, the parsed file has a statement, a class or a
method too many or too few, and nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..problems import GeneratorError
from .outline import outline, syntax_outline


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
        found = outline(source)
        if found.definitions != meant.definitions:
            # What has a scope of its own is each Python's affair: only the syntax tree may say no.
            found = syntax_outline(source)
    except (SyntaxError, ValueError) as error:
        raise BrokenOutputError(f"{path}: the generated text is no Python: {error}") from error
    if found.definitions != meant.definitions:
        extra = [name for name in found.definitions if name not in meant.definitions]
        missing = [name for name in meant.definitions if name not in found.definitions]
        raise BrokenOutputError(f"{path}: definitions differ: unexpected {extra}, missing {missing}")
    if meant.statements is not None and found.statements != meant.statements:
        raise BrokenOutputError(
            f"{path}: {found.statements} statements at the top level, {meant.statements} were meant"
        )
