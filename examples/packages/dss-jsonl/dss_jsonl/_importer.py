"""Reading a branch from its file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from dss_jsonl._file import folder_of, object_of, read_lines
from dss_runtime.extending import Cells, Importer, Place, SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonlSource:
    """A file, relative to the folder in the tree's settings, and the keys that are read from each object."""

    path: str
    columns: tuple[str | int, ...]


class JsonlRows:
    """Iterates over the values of each object, None where a key is absent."""

    def __init__(self, path: Path, source: JsonlSource, *, may_be_empty: bool) -> None:
        self._path = path
        self._source = source
        self._may_be_empty = may_be_empty
        self._line = 0
        self.unreadable: list[tuple[Place, str]] = []

    def place(self) -> Place:
        """Return the file and line of the row that was yielded last."""
        return Place(str(self._path), self._line)

    def __iter__(self) -> Iterator[Cells]:
        lines = read_lines(self._path)
        if not lines and not self._may_be_empty:
            raise SourceError(self.place(), "is empty: has the export run, and is it complete?")
        if lines and not lines[-1].endswith("\n"):
            raise SourceError(Place(str(self._path), len(lines)), "is cut off: the last line has no end")
        for self._line, line in enumerate(lines, start=1):
            found = object_of(line)
            if found is None:
                self.unreadable.append((self.place(), "expected a JSON object"))
            else:
                yield tuple(found.get(str(column)) for column in self._source.columns)


class JsonlImporter(Importer):
    """Reads branches from the files in the folder that the tree's settings name.

    An empty file is no data, so it stops a run; where a system may hold nothing at all, the setting
    `may_be_empty` says so.
    """

    known_settings = frozenset({"folder", "may_be_empty"})

    def open(self, source: JsonlSource) -> AbstractContextManager[JsonlRows]:
        """Return the rows of *source* (SettingsError without a folder)."""
        may_be_empty = self.settings.get("may_be_empty") is True
        return nullcontext(JsonlRows(folder_of(self.tree) / source.path, source, may_be_empty=may_be_empty))
