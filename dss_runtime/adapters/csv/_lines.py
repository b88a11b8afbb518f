"""The lines of one text file, decoded strictly, many at a time or one."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from dss_runtime import Place, SourceError
from dss_runtime._files import Unchanged

LONGEST_LINE = 1 << 20
"""Characters of a line that are looked at; a file without line ends must not fill the memory."""

BATCH = 256
"""How many lines are looked at together, as long as nothing is wrong with any of them."""

_CHUNK = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Lines:
    """Iterates over the lines of a file with their ends, and says of the last ones what is wrong with them.

    Before that, `batch` gives many lines at a time for as long as they are sound.

    `flaw` is what is wrong with a line since it was set to "" last, `ended` whether the last line had an end,
    `exhausted` whether there are no more.
    """

    def __init__(self, path: Path, shown: str, encoding: str) -> None:
        self.path = path
        self.shown = shown
        self.encoding = encoding
        self.flaw = ""
        self.ended = True
        self.exhausted = False
        self.number = 0
        self._file = self._open()
        self._unchanged = Unchanged(self._file, shown)
        self._read = iter(partial(self._file.readline, LONGEST_LINE), "")
        self._waiting: list[str] = []
        self._error: UnicodeError | OSError | None = None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def position(self) -> int:
        """How many bytes were taken from the file; the line that was yielded last ends a bit before that."""
        return self._file.buffer.tell()

    def batch(self) -> list[str]:
        """Return the next lines, after the first; none where one of them is not sound, or there are no more.

        Iterating goes on with what was not returned, and tells what is wrong with it.
        """
        lines: list[str] = []
        try:
            lines.extend(islice(self._read, BATCH))
        except (UnicodeError, OSError) as error:
            self._error = error
        if lines and self._error is None and _sound(lines):
            self.number += len(lines)
            return lines
        self._waiting = lines
        return []

    def __iter__(self) -> Iterator[str]:
        try:
            yield from self._lines()
        except UnicodeError as error:
            raise self._undecodable(error) from None
        except OSError as error:
            raise SourceError(
                Place(self.shown, self.number), f"cannot be read on: {error.strerror}"
            ) from error
        self._unchanged.check()

    def _rest(self) -> Iterator[str]:
        """Yield the lines that no batch had."""
        yield from self._waiting
        if self._error is not None:
            raise self._error
        yield from self._read

    def _lines(self) -> Iterator[str]:
        rest = self._rest()
        for line in rest:
            if self.number == 0:
                line = line.removeprefix("\ufeff")
                if not line:
                    break
            self.number += 1
            self.ended = line.endswith(("\n", "\r"))
            if "\0" in line:
                self.flaw = "holds a NUL byte: is the file damaged, or its `encoding` another?"
            if not self.ended and len(line) >= LONGEST_LINE - 1:
                self._skip_rest(rest)
            yield line
        self.exhausted = True

    def _skip_rest(self, lines: Iterator[str]) -> None:
        """Take what is too long of a line from *lines*, to its end, and forget it."""
        rest = next(lines, "")
        if not rest:
            return
        self.flaw = f"a line of more than {LONGEST_LINE:,} characters: has a quote not been closed?"
        while rest and not rest.endswith(("\n", "\r")):
            rest = next(lines, "")
        self.ended = rest != ""

    def _open(self) -> TextIO:
        place = Place(self.shown)
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise SourceError(place, f"cannot be opened: {error.strerror}") from error
        try:
            self._check_start(file.peek(4)[:4])
            return io.TextIOWrapper(file, encoding=self.encoding, errors="strict", newline="")
        except LookupError:
            file.close()
            raise SourceError(
                place, f"there is no encoding {self.encoding!r}: did you mean utf-8 or cp1252?"
            ) from None
        except BaseException:
            file.close()
            raise

    def _check_start(self, start: bytes) -> None:
        """Refuse an empty file, and one whose byte order mark contradicts its encoding."""
        if len(start) <= 1:
            raise SourceError(Place(self.shown), "is empty: has the export run, and is it complete?")
        marked = next((name for mark, name in _BOMS if start.startswith(mark)), None)
        if marked is not None and not codecs.lookup(self.encoding).name.startswith(marked):
            raise SourceError(
                Place(self.shown, 1),
                f"begins with the byte order mark of {marked}, but is declared to be {self.encoding}:"
                f" declare `encoding: {marked}`",
            )

    def _undecodable(self, error: UnicodeError) -> SourceError:
        """Find the byte again that is no text: what the reader of lines says counts from within a buffer."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        read = 0
        text_before = _LineCounter()
        with self.path.open("rb") as file:
            while True:
                chunk = file.read(_CHUNK)
                read += len(chunk)
                try:
                    text_before.add(decoder.decode(chunk, final=not chunk))
                except UnicodeDecodeError as found:
                    offset = read - len(found.object) + found.start
                    text_before.add(found.object[: found.start].decode(self.encoding, errors="ignore"))
                    byte = found.object[found.start]
                    return SourceError(
                        Place(self.shown, text_before.line),
                        f"the byte 0x{byte:02x} at offset {offset} is not {self.encoding}"
                        f"{self._hint()}; nothing of the file is used",
                    )
                except UnicodeError as found:
                    return SourceError(Place(self.shown, 1), f"is not {self.encoding}: {found}")
                if not chunk:
                    return SourceError(Place(self.shown), f"is not {self.encoding}: {error}")

    def _hint(self) -> str:
        if codecs.lookup(self.encoding).name.startswith("utf"):
            return ": declare the file's encoding, such as `encoding: cp1252`"
        return ": declare the file's encoding, such as `encoding: utf-8`"


def _sound(lines: list[str]) -> bool:
    """Whether each of *lines* has an end, none is too long and none holds a NUL character."""
    shorter = max(map(len, lines)) < LONGEST_LINE - 1
    return shorter and lines[-1].endswith(("\n", "\r")) and "\0" not in "".join(lines)


class _LineCounter:
    """Counts line ends of any kind in text that comes in pieces."""

    def __init__(self) -> None:
        self.line = 1
        self._carriage_return = False

    def add(self, text: str) -> None:
        """Count the line ends of *text*; one that two pieces share counts once."""
        if not text:
            return
        if self._carriage_return and text.startswith("\n"):
            self.line -= 1
        self.line += text.count("\n") + text.count("\r") - text.count("\r\n")
        self._carriage_return = text.endswith("\r")
