"""Finding the files of a branch, and never one outside of the tree's folder: for adapters that read files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from dss_runtime._errors import Place, SettingsError, SourceError

VERSION = re.compile(r"[0-9]+(?:[._-][0-9]+)*")
"""What stands for the `*` in the names of a family: 4.1, 4.10 or 2026-09-01."""


class Found(NamedTuple):
    """A file that exists: its path, and its name as the user knows it."""

    path: Path
    shown: str


def folder_of(tree: str, settings: Mapping[str, Any]) -> Path:
    """Return the folder that the settings of *tree* name (SettingsError where they name none)."""
    folder: object = settings.get("folder")
    if isinstance(folder, (str, Path)) and str(folder):
        return Path(folder)
    problem = (
        "has no folder to read from" if folder in (None, "") else f"has a folder that is no text: {folder!r}"
    )
    raise SettingsError(f'{tree} {problem}: set it in dss.toml, [trees.{tree}] folder = "…"')


def written(found: Sequence[Found]) -> tuple[datetime, int]:
    """Return when the oldest of the files was written, and how many bytes they are in all."""
    stats = [each.path.stat() for each in found]
    return datetime.fromtimestamp(min(each.st_mtime for each in stats), UTC), sum(
        each.st_size for each in stats
    )


class Unchanged:
    """Holds that an open file stays what it is while it is read."""

    def __init__(self, file: IO[Any], shown: str) -> None:
        self._file = file
        self._shown = shown
        self._before = self._state()

    def check(self) -> None:
        """Raise SourceError where the file has changed since this was made."""
        if self._state() != self._before:
            raise SourceError(
                Place(self._shown), "has changed while it was read: run again when the export is complete"
            )

    def _state(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns


def find_files(folder: Path, paths: Sequence[str], *, newest: bool) -> list[Found]:
    """Return the files that *paths* stand for, in that order, those of a `*` by name.

    With *newest*, a path with a `*` stands for its newest version alone. Raises SourceError for a folder or
    file that is missing or lies outside of *folder*, and where two files are the newest.
    """
    if not folder.is_dir():
        raise SourceError(Place(str(folder)), "no such folder: is `folder` right, and is the share mounted?")
    found: dict[str, Found] = {}
    for pattern in paths:
        names = _matches(folder, pattern) if "*" in pattern else [pattern]
        if newest and "*" in pattern:
            names = [_newest(folder, pattern, names)]
        for name in names:
            found[name] = Found(_inside(folder, name), str(folder / name))
    return list(found.values())


def _inside(folder: Path, name: str) -> Path:
    """Return the path of the file *name*, with links followed, which must end in *folder*."""
    shown = Place(str(folder / name))
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise SourceError(shown, f"cannot be found: {error}") from error
    if not inside:
        raise SourceError(
            shown, f"lies outside of the tree's folder {folder}, and nothing is read from there"
        )
    if not path.exists():
        raise SourceError(shown, "no such file: has the export run, and is it complete?")
    if not path.is_file():
        raise SourceError(shown, "is not a file")
    return path


def _matches(folder: Path, pattern: str) -> list[str]:
    """Return the names, relative to *folder*, that *pattern* matches, sorted (SourceError for none)."""
    before, _, after = pattern.partition("*")
    parent, _, prefix = before.rpartition("/")
    suffix, slash, rest = after.partition("/")
    names = [
        "/".join(filter(None, (parent, name, rest)))
        for name in sorted(_names(_directory(folder, parent)))
        if len(name) >= len(prefix) + len(suffix) and name.startswith(prefix) and name.endswith(suffix)
        if prefix.startswith(".") or not name.startswith(".")  # as in a shell, `*` leaves out hidden files
    ]
    if slash:
        names = [name for name in names if (folder / name).exists()]
    if not names:
        raise SourceError(
            Place(str(folder / pattern)), "no file matches: has the export run, and is it complete?"
        )
    return names


def _directory(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_dir():
        raise SourceError(Place(str(path)), "no such folder: has the export run, and is it complete?")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SourceError(Place(str(path)), f"lies outside of the tree's folder {folder}")
    return path


def _names(directory: Path) -> Iterator[str]:
    try:
        yield from os.listdir(directory)
    except OSError as error:
        raise SourceError(Place(str(directory)), f"cannot be listed: {error.strerror}") from error


def _newest(folder: Path, pattern: str, names: Sequence[str]) -> str:
    """Return the name with the highest version; what has none in place of the `*` is not of the family."""
    before, _, after = pattern.partition("*")
    versions: dict[str, tuple[int, ...]] = {}
    for name in names:
        version = name[len(before) : len(name) - len(after)]
        if VERSION.fullmatch(version):
            versions[name] = tuple(map(int, re.split(r"[._-]", version)))
    place = Place(str(folder / pattern))
    if not versions:
        raise SourceError(
            place, f"no file has a version such as 4.10 in place of the `*`; there is {names[0]!r}"
        )
    highest = max(versions.values())
    newest = [name for name, version in versions.items() if version == highest]
    if len(newest) > 1:
        raise SourceError(
            place, f"{' and '.join(map(repr, newest))} have the same version: remove one of them"
        )
    return newest[0]
