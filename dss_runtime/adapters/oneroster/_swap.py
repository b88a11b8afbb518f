"""Putting a new set in the place of the old one, whole: whoever is killed in between leaves one of both."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of the files in a zip: the same records make the same bytes."""


def is_nothing(path: Path) -> bool:
    """Return whether there is nothing at *path*, or an empty folder."""
    return not path.exists() or (path.is_dir() and not any(path.iterdir()))


def restore(path: Path) -> None:
    """Put the old folder back where a run was killed after it had moved it away."""
    old = _beside(path, "old")
    if old.is_dir() and not path.exists():
        old.rename(path)


def replace(path: Path, files: Mapping[str, bytes], gone: frozenset[str]) -> None:
    """Make *files* those of the set at *path*, without those *gone*; what else is there stays.

    A path that ends in .zip, or is a file, is a zip, which takes one step. A folder takes two: for a moment
    there is none, and the old one lies beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() or (path.suffix.lower() == ".zip" and not path.is_dir()):
        _replace_zip(path, files, gone)
    else:
        _replace_folder(path, files, gone)


def _replace_zip(path: Path, files: Mapping[str, bytes], gone: frozenset[str]) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in {**_others_in_zip(path, gone), **files}.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    beside = _beside(path, "new")
    write(beside, data.getvalue())
    _keep_mode(path, beside)
    beside.replace(path)
    _sync_folder(path.parent)


def _others_in_zip(path: Path, gone: frozenset[str]) -> dict[str, bytes]:
    if not path.exists():
        return {}
    with zipfile.ZipFile(path) as held:
        return {name: held.read(name) for name in held.namelist() if name not in gone}


def _replace_folder(path: Path, files: Mapping[str, bytes], gone: frozenset[str]) -> None:
    new, old = _beside(path, "new"), _beside(path, "old")
    shutil.rmtree(new, ignore_errors=True)
    if path.exists():
        shutil.rmtree(old, ignore_errors=True)
    new.mkdir()
    for each in path.iterdir() if path.exists() else ():
        if each.is_dir():
            shutil.copytree(each, new / each.name)
        elif each.name not in files and each.name not in gone:
            shutil.copy2(each, new / each.name)
    for name, content in files.items():
        write(new / name, content)
        _keep_mode(path / name, new / name)
    _keep_mode(path, new)
    _sync_folder(new)
    if path.exists():
        path.rename(old)
    new.rename(path)
    _sync_folder(path.parent)
    shutil.rmtree(old, ignore_errors=True)


def _keep_mode(old: Path, new: Path) -> None:
    """Let whoever could read the old one read the new one."""
    if old.exists():
        shutil.copymode(old, new)


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f".{path.name}.{what}")


def write(path: Path, content: bytes) -> None:
    """Write a file, and have it on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Have the folder's entries on the disk too, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
