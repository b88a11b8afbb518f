"""The files that `dss pull` writes: never over another one, and all of them or none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._settings import DEFAULTS
from dss_runtime.cli._toml_file import shown_path

SETTINGS = "dss.toml"


def refuse_existing(paths: Iterable[Path]) -> None:
    """Raise CommandError where one of *paths* is there already."""
    for path in paths:
        if path.exists() or path.is_symlink():
            raise CommandError(f"{shown_path(path)} is there already, and nothing is overwritten")


def project_files(folder: Path, table: Sequence[str]) -> dict[Path, str]:
    """Return the files, beside the schema, of a new project in *folder*; *table* are the lines of its tree.

    A pyproject.toml that is there is left as it is: it is somebody's.
    """
    lines = [f'{key} = "{value}"' for key, value in DEFAULTS.items() if key != "root"]
    settings = ["# Folders are relative to this file.", *lines, *([""] if table else []), *table, ""]
    found = {folder / SETTINGS: "\n".join(settings)}
    project = folder / "pyproject.toml"
    if not project.exists():
        text = (files("dss_runtime.cli") / "new_project" / "pyproject.toml.txt").read_text("utf-8")
        name = re.sub(r"[^A-Za-z0-9]+", "-", folder.name).strip("-") or "project"
        found[project] = text.replace("@NAME@", name)
    return found


def write_new(contents: Mapping[Path, str]) -> None:
    """Write every file, or none: what was written goes again when a later one fails (CommandError)."""
    from dss_generator.output import write

    refuse_existing(contents)
    done: list[Path] = []
    try:
        for path, text in contents.items():
            write(path, text.encode())
            done.append(path)
    except BaseException as error:
        for path in done:
            path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        where = shown_path(Path(error.filename)) if error.filename else "a file"
        raise CommandError(f"{where}: cannot be written: {error.strerror}; nothing was written") from error


def relative_to(path: Path, folder: Path) -> str:
    """Return *path* as the settings in *folder* say it: relative, with slashes, if both are on one disk."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def setting(key: str, value: str) -> str:
    """Return a line of TOML."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{key} = "{escaped}"'
