"""The rows of one file, each checked to be one of its standard."""

from __future__ import annotations

import csv
import io
import logging
import os
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from dss_runtime import Place, SourceError
from dss_runtime.adapters.oneroster._header import wrong_header
from dss_runtime.adapters.oneroster._manifest import State
from dss_runtime.adapters.oneroster._set import RosterSet
from dss_runtime.adapters.oneroster._standards import BOOLEANS

log = logging.getLogger("dss_runtime")

STATUS = ("active", "tobedeleted")
CHANGED = "dateLastModified"


class Table:
    """Iterates over the rows of a file, all cells of each; what is no row is collected in `unreadable`.

    `header` names the cells once the iteration has begun, `line` is where the last row began. Cells in the
    columns *needed* that the standard requires are never blank. A file without a row, one that is cut off and
    one whose header is not the standard's raise SourceError.
    """

    def __init__(self, held: RosterSet, file: str, needed: Sequence[str] = ()) -> None:
        held.require(file)
        self._set = held
        self._file = file
        self._needed = held.standard.files[file].required.intersection(needed)
        self._needed_at: list[int] = []
        self._booleans_at: list[int] = []
        self._status_at: int | None = None
        self._told: set[str] = set()
        self.shown = held.shown(file)
        self.state: State = held.manifest.state(file)
        self.header: list[str] = []
        self.line = 1
        self.unreadable: list[tuple[Place, str]] = []
        self._open: BinaryIO | None = None

    @property
    def share(self) -> float:
        """Which part of the file was read, from 0 to 1, while it is read; 0 otherwise."""
        size = self._set.members.size(self._set.name(self._file))
        return 0.0 if self._open is None or size == 0 else min(self._open.tell() / size, 1.0)

    def __iter__(self) -> Iterator[list[str]]:
        members, name = self._set.members, self._set.name(self._file)
        with members.told(name), members.open(name) as file:
            before = _state(file)
            self._open = file
            try:
                yield from self._rows(file)
            finally:
                self._open = None
            if _state(file) != before:
                raise SourceError(
                    Place(self.shown), "has changed while it was read: run again when it is complete"
                )

    def _rows(self, file: BinaryIO) -> Iterator[list[str]]:
        lines = _Lines(io.TextIOWrapper(file, encoding="utf-8-sig", errors="strict", newline=""))
        reader = csv.reader(lines, strict=True)
        try:
            self.header = next(reader, list[str]())
            self._check_header()
            empty = True
            self.line = reader.line_num + 1
            for row in reader:
                if row:
                    empty = False
                    problem = self._problem(row)
                    if problem is None:
                        yield row
                    else:
                        column, reason = problem
                        self.unreadable.append((Place(self.shown, self.line, column), reason))
                self.line = reader.line_num + 1
        except csv.Error as error:
            raise SourceError(
                Place(self.shown, self.line),
                f"cannot be told from the next row: {error}; is a quote not closed?",
            ) from error
        except UnicodeDecodeError as error:
            raise SourceError(
                Place(self.shown, reader.line_num + 1), f"is not UTF-8 from here on: {error.reason}"
            ) from error
        finally:
            lines.detach()
        if empty:
            raise SourceError(
                Place(self.shown), "is without a row, and such a file may not be: has the export run?"
            )
        if not lines.ended and not self._set.members.sealed:
            raise SourceError(
                Place(self.shown, self.line),
                "the last line has no end: the file is cut off (in a zip that could be told)",
            )

    def _check_header(self) -> None:
        if not self.header:
            raise SourceError(Place(self.shown), "is empty: has the export run, and is it complete?")
        wrong = wrong_header(self.header, self._file, self._set.standard)
        if wrong is None and self.state == "delta" and not {"status", CHANGED} <= set(self.header):
            wrong = f"has no columns status and {CHANGED}, and a delta needs both"
        if wrong is not None:
            raise SourceError(Place(self.shown, 1), wrong)
        self._needed_at = [at for at, name in enumerate(self.header) if name in self._needed]
        self._booleans_at = [at for at, name in enumerate(self.header) if name in BOOLEANS]
        if self._set.standard.version and "status" in self.header:
            self._status_at = self.header.index("status")

    def _problem(self, row: list[str]) -> tuple[str, str] | None:
        """Return the column in which a row is wrong, "" for none alone, and what was expected."""
        if len(row) != len(self.header):
            return "", f"expected {len(self.header)} cells, found {len(row)}"
        if "\0" in "".join(row):
            return "", "holds a NUL byte"
        for at in self._needed_at:
            if not row[at].strip():
                return self.header[at], f"is empty, and {self._set.standard.title} asks for a value"
        for at in self._booleans_at:
            if row[at] not in ("", "true", "false"):  # What it is stays untold: it may be sensitive.
                if row[at].lower() not in ("true", "false"):
                    return self.header[at], "expected true or false"
                self._tell(self.header[at], "true and false are written in small letters; taken for them")
        return self._status_problem(row) if self._status_at is not None else None

    def _status_problem(self, row: list[str]) -> tuple[str, str] | None:
        """In a delta every row says what has become of it; in bulk it need not."""
        status = row[self._status_at or 0]
        if status not in ("", *STATUS):
            return "status", f"expected active or tobedeleted, found {status!r}"
        if self.state == "delta" and not status:
            return "status", "is empty, and in a delta it is active or tobedeleted"
        if self.state == "delta" and not row[self.header.index(CHANGED)]:
            return CHANGED, "is empty, and in a delta it says when the record has changed"
        return None

    def _tell(self, column: str, text: str) -> None:
        """Say once for each column that something is tolerated."""
        if column not in self._told:
            self._told.add(column)
            log.warning("%s", f"{Place(self.shown, self.line, column)}: {text}")


class _Lines:
    """The lines of a text; `ended` says whether the last one had an end."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.ended = True

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.ended = line.endswith(("\n", "\r"))
            yield line

    def detach(self) -> None:
        """Leave the file to whoever has opened it."""
        self._text.detach()


def _state(file: BinaryIO) -> object:
    try:
        found = os.fstat(file.fileno())
    except (OSError, AttributeError):  # within a zip, which is held whole
        return None
    return found.st_size, found.st_mtime_ns
