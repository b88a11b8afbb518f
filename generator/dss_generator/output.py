"""Writing files: only what changed, each whole or not at all, and pruning only what is ours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .custom.formats import FORMATS
from .headers import SENTENCE

BEGINNINGS = {
    **{suffix: kind.mark for suffix, kind in FORMATS.items()},
    ".svg": f"<!-- {SENTENCE}",
}
"""How a file begins that the generator owns, by the end of its name."""


def owned(path: Path, command: str | None = None) -> bool:
    """Return whether *path* is a file that the generator wrote: *command*, where one is given.

    Commands mark their files in the same way; which of them keeps a file is in the line with the mark.
    """
    beginning = BEGINNINGS.get(path.suffix)
    if beginning is None:
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        is_ours = file.read(len(beginning)) == beginning
        return is_ours and (command is None or f"`{command}`" in file.readline())


def is_in_the_way(path: Path, command: str | None = None) -> bool:
    """Return whether something stands at *path* that is no file of ours: a link that leads nowhere, too."""
    return os.path.lexists(path) and not (path.is_file() and owned(path, command))


def read_owned(folder: Path, command: str, patterns: Iterable[str] = ("**/*",)) -> dict[str, str]:
    """Return the text of every file in *folder* that *command* wrote, by its path in the folder.

    Only what one of *patterns* leads to is looked at.
    """
    paths = (path for pattern in patterns for path in sorted(folder.glob(pattern)))
    return {
        path.relative_to(folder).as_posix(): read(path)
        for path in paths
        if path.is_file() and owned(path, command)
    }


def read(path: Path) -> str:
    """Return the text of *path* for a diff: whatever is no text is shown as such, "" for what is no file."""
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def foreign_files(folder: Path, names: Iterable[str], command: str) -> list[str]:
    """Return those of *names* in *folder* that are there and that *command* did not write."""
    return [name for name in names if is_in_the_way(folder / name, command)]


def write(path: Path, content: bytes) -> None:
    """Write *content* to *path* in one step: a reader sees the old file or the new one, never half of it."""
    path = path.resolve()  # a link stays one: its file is written
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, path.stat().st_mode if path.exists() else 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
