"""What a file of rows has to be like, so that Python and DuckDB read the same from it.

Two things are looked at. Here, what the two take differently: other encodings, NUL bytes, carriage returns
alone, and bytes that are no UTF-8, of which DuckDB says nothing in a column that is not read. And then, where
cells are quoted, that DuckDB has lost nothing: every byte of the file is in a cell, or a quote, a delimiter
or the end of a line (`Regular.size`). It drops spaces beside quotes, for instance, which Python takes for
text.

What DuckDB itself refuses (a row with too many cells, a broken quote, a line of more characters than a cell
may have) need not be looked for: such a branch is read into objects, which tells what is wrong.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from dss_runtime._tabular import TextFile

_AT_ONCE = 1 << 23
_PATTERNS = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class Regular:
    """A file as it was looked at: its lines below the header, and with how many bytes each ends.

    `size` is how many bytes there are below the header that are no quote.
    """

    lines: int
    ending: int
    quoted: bool
    size: int


def regular(file: TextFile) -> Regular | str:
    """Return what is known of a file, or why DuckDB and Python would not read the same from it."""
    if codecs.lookup(file.encoding).name not in ("utf-8", "utf-8-sig"):
        return f"{file.shown} is in {file.encoding}, and only UTF-8 is read in columns"
    if not _PATTERNS.isdisjoint(str(file.path)):
        return f"{file.shown} has a character in its path that stands for several"
    if file.cells < 2:
        return f"{file.shown} has a single column"
    quote = file.quote.encode()
    lines = quotes = returns = size = 0
    with file.path.open("rb") as opened:
        start = opened.readline() if file.header else opened.read(len(codecs.BOM_UTF8))
        if not file.header and start != codecs.BOM_UTF8:
            start = b""
            opened.seek(0)
        last = b""
        while piece := opened.read(_AT_ONCE):
            last = piece = piece + opened.readline()
            if b"\0" in piece:
                return f"{file.shown} holds a NUL byte"
            if not _is_utf8(piece):
                return f"{file.shown} holds a byte that is no UTF-8"
            if b"\r" in piece:
                returns += piece.count(b"\r")
                if piece.count(b"\r\n") != piece.count(b"\r"):
                    return f"{file.shown} holds a carriage return without a line feed"
            lines += piece.count(b"\n")
            quotes += piece.count(quote) if quote else 0
            size += len(piece)
    ending = 2 if returns else 1
    body = last.rstrip(b"\r\n")
    blank = max(0, len(last) - len(body) - (ending if body else 0))
    lines -= blank // ending
    if last and not last.endswith(b"\n"):  # as if it were there
        lines, size = lines + 1, size + ending
    if lines < 1:
        return f"{file.shown} has no row"
    return Regular(lines, ending, quotes > 0, size - quotes - blank)


def _is_utf8(piece: bytes) -> bool:
    try:
        return piece.isascii() or bool(piece.decode())
    except UnicodeDecodeError:
        return False
