"""Writing files: only what changed, each whole or not at all, and pruning only what is ours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .custom.formats import FORMATS, SENTENCE

COMMAND = "run `dss generate`"
"""What the header of a file says that belongs to the generated package."""
HEADER = 1_000
"""In how many characters, from the beginning, it says so."""

BEGINNINGS = {
    **{suffix: kind.mark for suffix, kind in FORMATS.items()},
    ".svg": f"<!-- {SENTENCE}",
}
"""How a file begins that the generator owns, by the end of its name."""


def owned(path: Path) -> bool:
    """Return whether *path* is a file that the generator wrote."""
    beginning = BEGINNINGS.get(path.suffix)
    if beginning is None:
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(len(beginning)) == beginning


def read_owned(folder: Path) -> dict[str, str]:
    """Return the text of every file below *folder* that `dss generate` wrote, by its path in the folder.

    Other commands mark their files in the same way, but name themselves in the header.
    """
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and owned(path) and COMMAND in (text := read(path))[:HEADER]:
            found[path.relative_to(folder).as_posix()] = text
    return found


def read(path: Path) -> str:
    """Return the text of *path* for a diff: whatever is no text is shown as such, "" for what is no file."""
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def foreign_files(folder: Path, names: Iterable[str]) -> list[str]:
    """Return those of *names* in *folder* that are there and do not begin as the generator's files do."""
    paths = {name: folder / name for name in names}
    return [name for name, path in paths.items() if path.exists() and not (path.is_file() and owned(path))]


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
