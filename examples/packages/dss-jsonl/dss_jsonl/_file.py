"""A file of JSON lines."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from dss_runtime.extending import DataStoreTree, Place, SettingsError, SourceError


def folder_of(tree: DataStoreTree) -> Path:
    """Return the folder in the settings of *tree* (SettingsError when there is none)."""
    folder = tree.settings.get("folder")
    if not folder:
        raise SettingsError(f"{tree.name} has no folder: set it in dss.toml, [trees.{tree.name}]")
    return Path(str(folder))


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file with their ends (SourceError when it cannot be read)."""
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            return list(file)
    except (OSError, UnicodeError) as error:
        raise SourceError(Place(str(path)), f"cannot be read: {error}") from error


def object_of(line: str) -> dict[str, Any] | None:
    """Return the object in *line*, None when it is something else."""
    try:
        found: object = json.loads(line)
    except ValueError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def line_of(found: dict[str, Any]) -> str:
    """Return the line that holds an object."""
    return json.dumps(found, ensure_ascii=False) + "\n"


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file in one step: who reads it sees the old lines or the new ones."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        os.chmod(name, path.stat().st_mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
