"""Files of text, each row a line: hashed line by line, so that only some lines need to be parsed."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Any

from dss_runtime._reading import SourceRows
from dss_runtime._tabular import State, TextFile, TextRows, check_unchanged, is_row
from dss_runtime._typing import override
from dss_runtime.engines.fingerprints._facts import WIDTH, Hashing
from dss_runtime.engines.fingerprints._rows import Rows

_AT_ONCE = 1 << 22
_LONGEST = 1 << 17
"""Bytes of a line that is hashed; what is longer is read in full, and perhaps refused."""


class Lines(Rows):
    """The lines of files. What a line holds counts, and where in it the cells are that are read.

    A line that was a row is one again if the line before it has ended a row. That it has is known by
    induction: of the lines left out from before, of all others by parsing each as a row of its own.
    """

    def __init__(self, rows: TextRows, key: bytes) -> None:
        source: Any = rows
        super().__init__(source)
        self._rows = rows
        self._source: SourceRows = source
        self._key = key
        self._states = [State.of(file) for file in rows.text_files()]
        self._files = rows.text_files()  # as they are now: `check` notices what they become from here on
        self._counts: list[int] = []

    @override
    def fingerprints(self) -> bytes | str:
        found = bytearray()
        for file in self._files:
            begun = len(found)
            try:
                reason = _unsuitable(file) or self._hash(file, found)
            except OSError as error:
                reason = f"cannot be read: {error.strerror}"
            if reason:
                return f"{file.shown} {reason}"
            self._counts.append((len(found) - begun) // WIDTH)
            if not self._counts[-1]:
                return f"{file.shown} has no row"
        return bytes(found)

    def _hash(self, file: TextFile, found: bytearray) -> str:
        """Add the fingerprint of each line below the header to *found*; return what forbids it."""
        hashing, header = Hashing(self._key, _shape(file)), file.header
        with file.path.open("rb") as opened:
            while piece := opened.read(_AT_ONCE):
                piece += opened.readline()
                lines = piece.removesuffix(b"\n").split(b"\n")
                if header and not is_row(file, lines.pop(0)):
                    return "has a header that is not its first line alone"
                header = False
                reason = _irregular(piece, lines)
                if reason:
                    return reason
                found += b"".join(map(hashing, lines))
        return ""

    @override
    def picked(self, wanted: bytearray) -> SourceRows:
        self.check()
        ends = [sum(self._counts[: at + 1]) for at in range(len(self._counts))]
        parts = [wanted[end - count : end] for end, count in zip(ends, self._counts, strict=True)]
        return self._rows.lines_of(self._files, parts)

    @override
    def all(self) -> SourceRows:
        return self._source

    @override
    def check(self) -> None:
        check_unchanged(self._files, self._states)


def _shape(file: TextFile) -> str:
    """Return what decides beside its text which cells a line has."""
    return repr((file.wanted, file.cells, file.delimiter, file.quote, codecs.lookup(file.encoding).name))


def _unsuitable(file: TextFile) -> str:
    """Return what makes lines of a file no rows whatever they hold, "" for nothing."""
    if codecs.lookup(file.encoding).name not in ("utf-8", "utf-8-sig"):
        return f"is in {file.encoding}, and only UTF-8 can be read a line at a time"
    return "has a single column, so that a row may be blank" if file.cells < 2 else ""


def _irregular(piece: bytes, lines: Sequence[bytes]) -> str:
    """Return what some lines of a file have that makes them no rows of their own, "" for nothing."""
    if b"\0" in piece:
        return "holds a NUL byte"
    if piece.count(b"\r") != piece.count(b"\r\n"):
        return "holds a carriage return without a line feed"
    if max(map(len, lines), default=0) > _LONGEST:
        return f"has a line of more than {_LONGEST:,} bytes"
    return ""
