"""Whether a file of rows is so regular that Python and DuckDB read the same from it.

What DuckDB itself refuses (a row with too many cells, a broken quote, a byte that is no UTF-8) need not be
looked for: such a branch is read into objects, which tells what is wrong with it.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from dss_runtime._tabular import State, TextFile

_AT_ONCE = 1 << 23
_PATTERNS = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class Regular:
    """A regular file: how many lines it has, the header included, and and its state."""

    lines: int
    state: State


def regular(file: TextFile) -> Regular | str:
    """Return what is known of a regular file, or what it has that is not regular."""
    if codecs.lookup(file.encoding).name not in ("utf-8", "utf-8-sig"):
        return f"{file.shown} is in {file.encoding}, and only UTF-8 is read in columns"
    if not _PATTERNS.isdisjoint(str(file.path)):
        return f"{file.shown} has a character in its path that stands for several"
    if file.cells < 2:
        return f"{file.shown} has a single column"
    state, lines, returns, ended = State.of(file), 0, 0, True
    quoting = _Quoting(file) if file.quote else None
    with file.path.open("rb") as opened:
        while piece := opened.read(_AT_ONCE):
            piece += opened.readline()
            reason = _irregular(piece) or (quoting.irregular(piece) if quoting else "")
            if reason:
                return f"{file.shown} {reason}"
            ended = piece.endswith(b"\n")
            lines += piece.count(b"\n") + (not ended)
            returns += piece.count(b"\r\n")
    if returns and returns != lines - (not ended):
        return f"{file.shown} ends its lines in two ways"
    return Regular(lines, state)


def _irregular(piece: bytes) -> str:
    """Return what is wrong with some lines of a file, "" when nothing is."""
    if b"\0" in piece:
        return "holds a NUL byte"
    if piece.startswith((b"\n", b"\r\n")) or b"\n\n" in piece or b"\n\r\n" in piece:
        return "has an empty line"
    if piece.count(b"\r") != piece.count(b"\r\n"):
        return "holds a carriage return without a line feed"
    return ""


class _Quoting:
    """Python takes a space beside a quoted cell for text, or for an error; DuckDB drops it."""

    def __init__(self, file: TextFile) -> None:
        quote, delimiter = file.quote.encode(), re.escape(file.delimiter.encode())
        self._near = [each for space in (b" ", b"\t") for each in (space + quote, quote + space)]
        mark = re.escape(quote)
        self._beside = re.compile(
            rb"(?:^|[\r\n]|%b)[ \t]+%b|%b[ \t]+(?:$|[\r\n]|%b)" % (delimiter, mark, mark, delimiter)
        )

    def irregular(self, piece: bytes) -> str:
        """Return what is wrong with some lines, "" when nothing is."""
        if any(each in piece for each in self._near) and self._beside.search(piece):
            return "has a space beside a quoted cell"
        return ""
