"""The files of a set: in a folder, or in a zip, and nothing that is not at its root."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dss_runtime import Place, SourceError
from dss_runtime.codegen import override

LARGEST = 2 << 30
"""Bytes that one file of a zip may have when it is unpacked, and all together."""


_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What zipfile raises for one that is not as it should be."""


class Members(ABC):
    """The files of a set, by their names as they are; `sealed` says whether a cut of one cannot go unseen."""

    sealed: bool

    def __init__(self, path: Path) -> None:
        self.path = path

    def shown(self, name: str) -> str:
        """Return the path of the file *name* as people know it."""
        return str(self.path / name)

    @property
    @abstractmethod
    def names(self) -> Sequence[str]:
        """The names of the files."""

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """Open a file (SourceError when it cannot be)."""

    @abstractmethod
    def state(self) -> object:
        """Return what is another thing once somebody has changed the set."""

    @abstractmethod
    def size(self, name: str) -> int:
        """Return how many bytes a file has, unpacked."""

    @abstractmethod
    def modified(self, name: str) -> float:
        """Return when a file was last written, in seconds since 1970."""

    def read(self, name: str) -> bytes:
        """Return all of a file."""
        with self.told(name), self.open(name) as file:
            return file.read()

    @contextmanager
    def told(self, name: str) -> Generator[None]:
        """Around what reads a file: SourceError for what is wrong with the file as a whole."""
        try:
            yield
        except _DAMAGE as error:
            raise SourceError(Place(self.shown(name)), f"is damaged: {error}") from error
        except OSError as error:
            raise SourceError(Place(self.shown(name)), f"cannot be read: {error.strerror}") from error


def members_of(path: Path) -> Members:
    """Return the files at *path*, a folder or a zip (SourceError when it is neither)."""
    if path.is_dir():
        return _Folder(path)
    if path.is_file():
        return _Zip(path)
    raise SourceError(Place(str(path)), "no such folder or zip: has the export run, and is it complete?")


class _Folder(Members):
    sealed = False

    @property
    @override
    def names(self) -> Sequence[str]:
        with self.told(""):
            return sorted(each.name for each in self.path.iterdir() if each.suffix.lower() == ".csv")

    @override
    def open(self, name: str) -> BinaryIO:
        path = (self.path / name).resolve()
        if not path.is_relative_to(self.path.resolve()):
            raise SourceError(Place(self.shown(name)), f"lies outside of {self.path}")
        return path.open("rb")

    @override
    def state(self) -> object:
        with self.told(""):
            found = [(name, os.stat(self.path / name)) for name in self.names]
        return [(name, each.st_size, each.st_mtime_ns) for name, each in found]

    @override
    def size(self, name: str) -> int:
        with self.told(name):
            return os.stat(self.path / name).st_size

    @override
    def modified(self, name: str) -> float:
        with self.told(name):
            return os.stat(self.path / name).st_mtime


class _Zip(Members):
    """Every file of a zip has a checksum, and the list of files is at the end: a cut one cannot be opened."""

    sealed = True

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with self.told(""):
            data = path.read_bytes()
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._check(self._zip.infolist())

    def _check(self, found: Sequence[zipfile.ZipInfo]) -> None:
        """Refuse a zip that is not a plain list of files of a sensible size."""
        place, seen, size = Place(str(self.path)), set[str](), 0
        for each in found:
            name = each.filename
            if "/" in name or "\\" in name or each.is_dir():
                raise SourceError(
                    place, f"{name!r} is in a folder: all files of a set are at the root of its zip"
                )
            if each.flag_bits & 1:
                raise SourceError(place, f"{name!r} is encrypted")
            if name.casefold() in seen:
                raise SourceError(place, f"{name!r} is there twice: nobody knows which one is meant")
            seen.add(name.casefold())
            size += each.file_size
        if size > LARGEST:
            raise SourceError(place, f"has {size:,} bytes when it is unpacked; {LARGEST:,} are the limit")

    @property
    @override
    def names(self) -> Sequence[str]:
        return self._zip.namelist()

    @override
    def open(self, name: str) -> BinaryIO:
        with self.told(name):
            return self._zip.open(name)  # type: ignore[return-value]

    @override
    def state(self) -> object:
        with self.told(""):
            found = os.stat(self.path)
        return found.st_size, found.st_mtime_ns

    @override
    def size(self, name: str) -> int:
        return self._zip.getinfo(name).file_size

    @override
    def modified(self, name: str) -> float:
        with self.told(""):
            return os.stat(self.path).st_mtime
