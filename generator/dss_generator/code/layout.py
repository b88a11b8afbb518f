"""How generated text is laid out: what a formatter would do, in memory and the same everywhere."""

from __future__ import annotations

import re


def laid_out(text: str) -> str:
    """Return *text* without trailing blanks, with the blank lines of PEP 8 and one newline at its end.

    Lines inside of triple-quoted literals are never touched: generated ones escape their line breaks or
    are docstrings, whose trailing blanks mean nothing.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    result: list[str] = []
    blanks = 0
    for line in lines:
        if not line:
            blanks += 1
            continue
        # Without a blank line before it, a line that is indented never gets one.
        if result and (blanks or line[0] != " "):
            result.extend([""] * _blank_lines(result[-1], line, blanks))
        result.append(line)
        blanks = 0
    return "\n".join(result) + "\n"


def _blank_lines(before: str, line: str, blanks: int) -> int:
    """How many blank lines stand between two lines: two around definitions, one between methods."""
    indented = line.startswith(" ")
    opens = re.match(r"\s*(@|class |def )", line) is not None
    decorator_before = re.match(r"\s*@", before) is not None
    if decorator_before:
        return 0
    if not indented and (opens or (before.startswith(" ") and not line.startswith((")", "]", "}")))):
        return 2
    if opens and before.endswith(":") and not before.lstrip().startswith("#"):
        return 0
    return min(blanks, 1)
