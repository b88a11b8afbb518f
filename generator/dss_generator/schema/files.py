"""The files of a schema folder: found in a fixed order, read within limits."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..positions import Position
from ..problems import Problems, shown
from ..texts import called, refused_at

max_bytes = 1 << 20
"""The largest schema file."""
_too_large = f"the file is larger than {max_bytes:,} bytes; split it"
max_files = 1_000
"""The most schema files in a folder."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A schema file: `name` relative to the schema folder's parent, with slashes, and its bytes."""

    name: str
    data: bytes


def read_folder(folder: Path, problems: Problems) -> tuple[SourceFile, ...]:
    """Return every ``*.yaml`` below *folder*, sorted by name.

    Files and folders whose name begins with a dot are left out. Links that lead out of the folder, folders
    that are links, and everything else that looks like a schema but cannot be read safely are problems.
    """
    root = folder.resolve()
    here = Position(root.name, 1, 1)
    if not root.is_dir():
        problems.add(
            here,
            "no-schema",
            f"there is no folder {shown(str(folder))}; create it and put *.yaml files in it",
        )
        return ()
    before = len(problems)
    paths = sorted(_walk(root, problems), key=lambda path: path.relative_to(root).parts)
    if not paths and len(problems) == before:
        problems.add(here, "no-schema", "the folder holds no *.yaml file; describe your records in one")
    if len(paths) > max_files:
        problems.add(here, "too-many-files", f"{len(paths)} schema files; at most {max_files} are read")
        return ()
    found = [_read(path, root, problems) for path in paths]
    return tuple(file for file in found if file is not None)


def named_files(folder: str, texts: Mapping[str, bytes], problems: Problems) -> tuple[SourceFile, ...]:
    """Return *texts*, by their names below a schema folder called *folder*, as `read_folder` would.

    They come from elsewhere than the file system, and keep the same limits.
    """
    names = sorted(texts, key=lambda name: name.split("/"))
    if not names:
        problems.add(Position(folder, 1, 1), "no-schema", "the folder holds no *.yaml file")
    if len(names) > max_files:
        problems.add(
            Position(folder, 1, 1),
            "too-many-files",
            f"{len(names)} schema files; at most {max_files} are read",
        )
        return ()
    found: list[SourceFile] = []
    for name in names:
        file = SourceFile(f"{folder}/{name}", texts[name])
        place = _place_of(file.name)
        if _has_plain_name(file.name, place, problems) and _has_suffix(name, place, problems):
            if len(file.data) > max_bytes:
                problems.add(place, "file-size", _too_large)
            else:
                found.append(file)
    return tuple(found)


def digest(files: tuple[SourceFile, ...]) -> str:
    """Return the SHA-256 of the files' names and bytes, each preceded by its length."""
    total = hashlib.sha256()
    for file in files:
        for part in (file.name.encode(), file.data):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()


def _walk(root: Path, problems: Problems) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(root, onerror=lambda error: _unreadable(error, root, problems)):
        for name in list(folders):
            if name.startswith("."):
                folders.remove(name)
            elif (path := Path(parent, name)).is_symlink():
                problems.add(
                    _place(path, root), "link", "a folder that is a link is not followed; put the files here"
                )
        for name in names:
            if name.startswith("."):
                continue
            path = Path(parent, name)
            if path.suffix.lower() in (".yaml", ".yml") and _has_suffix(name, _place(path, root), problems):
                found.append(path)
    return found


def _has_suffix(name: str, place: Position, problems: Problems) -> bool:
    if not name.endswith(".yaml"):
        problems.add(place, "file-suffix", "schema files end in .yaml; rename this one")
    return name.endswith(".yaml")


def _has_plain_name(name: str, place: Position, problems: Problems) -> bool:
    bad = refused_at(name, lines=False)
    if bad is not None:
        message = f"the file's name holds the character {called(name[bad])}; rename it"
        problems.add(place, "file-name", message)
    return bad is None


def _read(path: Path, root: Path, problems: Problems) -> SourceFile | None:
    place = _place(path, root)
    name = f"{root.name}/{path.relative_to(root).as_posix()}"
    if not _has_plain_name(name, place, problems):
        return None
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        problems.add(place, "link", "this link leads out of the schema folder; copy the file instead")
        return None
    if not path.is_file():
        problems.add(place, "file-unreadable", "this is not a regular file that exists")
        return None
    try:
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        _unreadable(error, root, problems, path)
        return None
    if len(data) > max_bytes:
        problems.add(place, "file-size", _too_large)
        return None
    return SourceFile(name, data)


def _unreadable(error: OSError, root: Path, problems: Problems, path: Path | None = None) -> None:
    place = _place(path or Path(str(error.filename)), root)
    problems.add(place, "file-unreadable", f"it cannot be read: {error.strerror}")


def _place(path: Path, root: Path) -> Position:
    return _place_of(f"{root.name}/{path.relative_to(root).as_posix()}")


def _place_of(name: str) -> Position:
    return Position(name if refused_at(name, lines=False) is None else ascii(name), 1, 1)
