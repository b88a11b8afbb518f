"""Writing files: only what changed, each whole or not at all, and pruning only what is ours."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .problems import GeneratorError
from .rendering import MARK


def owned(path: Path) -> bool:
    """Return whether *path* is a file that the generator wrote."""
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()


def read_owned(folder: Path) -> dict[str, str]:
    """Return the text of every file below *folder* that the generator wrote, by its path in the folder."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        if path.is_file() and owned(path):
            found[path.relative_to(folder).as_posix()] = path.read_bytes().decode("utf-8", "replace")
    return found


def refuse_foreign(folder: Path, names: list[str]) -> None:
    """Raise GeneratorError when one of *names* in *folder* is there and was not written by the generator."""
    for name in names:
        path = folder / name
        if path.exists() and not (path.is_file() and owned(path)):
            raise GeneratorError(f"{path}: the generator did not write this file; move it away first")


def write(path: Path, content: bytes) -> None:
    """Write *content* to *path* in one step: a reader sees the old file or the new one, never half of it."""
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
