"""The files that `dss pull` writes: never over another one, and all of them or none."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._new_project import text_of
from dss_runtime.cli._toml_file import shown_path

SETTINGS = "dss.toml"


def not_files(paths: Iterable[Path]) -> list[str]:
    """Return what is wrong with each of *paths* that is no file."""
    return [
        f"{shown_path(path)}: "
        + ("is a folder: name the files in it" if path.is_dir() else "there is no such file")
        for path in paths
        if not path.is_file()
    ]


def below_one_folder(paths: Iterable[Path]) -> tuple[Path, list[Path]]:
    """Return the folder that *paths* have in common, and each of them once, absolute."""
    whole = list(dict.fromkeys(path.absolute() for path in paths))
    return Path(os.path.commonpath([path.parent for path in whole])), whole


def refuse_existing(paths: Iterable[Path]) -> None:
    """Raise CommandError, with all that are, where any of *paths* is there already."""
    found = [shown_path(path) for path in paths if path.exists() or path.is_symlink()]
    if found:
        are = "is" if len(found) == 1 else "are"
        raise CommandError(f"{' and '.join(found)} {are} there already, and nothing is overwritten")


def project_files(folder: Path, table: Sequence[str]) -> dict[Path, str]:
    """Return the files, beside the schema, of a new project in *folder*; *table* are the lines of its tree.

    They are those of `dss init` without its example. Beside the settings, a file that is there is left as it
    is: it is somebody's.
    """
    name = re.sub(r"[^A-Za-z0-9]+", "-", folder.name).strip("-") or "project"
    settings = [_general(SETTINGS), *([""] if table else []), *table, ""]
    shared = {
        "pyproject.toml": text_of("pyproject.toml", name),
        ".gitignore": f"{_general('.gitignore')}\n",
        ".gitattributes": text_of(".gitattributes"),
    }
    absent = {folder / file: text for file, text in shared.items() if not (folder / file).exists()}
    return {folder / SETTINGS: "\n".join(settings), **absent}


def json_schema_in(folder: Path) -> Path:
    """Return where a new project in *folder* keeps the JSON Schema of the language."""
    return folder / str(tomllib.loads(text_of(SETTINGS))["json_schema"])


def modeline(json_schema: Path, schema: Path) -> str:
    """Return the line at the top of the file *schema* by which editors find *json_schema*."""
    return f"# yaml-language-server: $schema={relative_to(json_schema, schema.parent)}\n"


def _general(target: str) -> str:
    """Return what a new project's file says before a blank line, which is not about the example."""
    return text_of(target).partition("\n\n")[0]


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
