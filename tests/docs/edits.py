"""What a document's block may say of a file: a change to it, or a part of it."""

from __future__ import annotations

import textwrap


def apply_change(text: str, change: str) -> str:
    """Return *text* with the *change*, lines of a diff without file names and line numbers.

    Each run of lines between lines `@@` is one change. Raises ValueError where its lines are not in *text*,
    or are there more than once.
    """
    for part in change.split("@@\n"):
        lines = [line if line.strip() else " \n" for line in part.splitlines(keepends=True)]
        wrong = [line for line in lines if line[0] not in " +-"]
        if wrong:
            raise ValueError(f"a line of a diff begins with ' ', '+' or '-', not as {wrong[0]!r}")
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        if text.count(before) != 1:
            raise ValueError(f"the file holds this {text.count(before)} times:\n{before}")
        text = text.replace(before, after)
    return text


def is_excerpt(block: str, text: str) -> bool:
    """Return whether the lines of *block* follow each other in *text*, at whatever indentation."""
    wanted = textwrap.dedent(block).splitlines()
    lines = text.splitlines()
    height = len(wanted)
    windows = (lines[at : at + height] for at in range(len(lines) - height + 1))
    return any(textwrap.dedent("\n".join(window)).splitlines() == wanted for window in windows)
