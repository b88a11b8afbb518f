"""What a file of rows has to be like, so that Python and DuckDB read the same from it.

Two things are looked at. Here, what the two take differently: other encodings, NUL bytes, carriage returns
alone, and, unless all of a line is read as one, bytes that are no UTF-8, of which DuckDB says nothing in a
column that is not read. And then, where cells are quoted, that DuckDB has lost nothing: every byte of the
file is in a cell, or a quote, a delimiter or the end of a line (`Regular.size`). It drops spaces beside
quotes, for instance, which Python takes for text. Where they are between two quotes, it drops nothing, but
takes two quoted texts for one cell, which is none to Python: that is looked for here.

What DuckDB itself refuses (a row with too many cells, a broken quote, a line of more characters than a cell
may have) need not be looked for: such a branch is read into objects, which tells what is wrong.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from dss_runtime._tabular import TextFile, is_row

_AT_ONCE = 1 << 18
"""How much is looked at while it is in the processor's cache."""
LONGEST = 1 << 17
"""Bytes of a line that DuckDB takes."""
_PATTERNS = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class Regular:
    """A file as it was looked at: where its rows begin and end.

    The last row ends before the bytes that end it. `ending` is how many bytes end each row, and `quotes` how
    many quotes there are.
    """

    start: int
    end: int
    ending: int
    quotes: int

    @property
    def size(self) -> int:
        """How many bytes of the rows are no quote, with what ends each of them, as if that were there."""
        return self.end - self.start + self.ending - self.quotes


def regular(file: TextFile) -> Regular | str:
    """Return what is known of a file, or why DuckDB and Python would not read the same from it."""
    if codecs.lookup(file.encoding).name not in ("utf-8", "utf-8-sig"):
        return f"{file.shown} is in {file.encoding}, and only UTF-8 is read in columns"
    if not _PATTERNS.isdisjoint(str(file.path)):
        return f"{file.shown} has a character in its path that stands for several"
    if file.cells < 2:
        return f"{file.shown} has a single column"
    quote = file.quote.encode()
    apart = re.compile(b" +".join([re.escape(quote)] * 2))
    goes_on = (b"\r", b" ", quote or b" ")  # what the next piece may have to be seen with
    quotes, ending = 0, 1
    with file.path.open("rb") as opened:
        if not _skip_header(opened, file):
            return f"{file.shown} has a header that is not its first line alone"
        start = end = opened.tell()
        while piece := opened.read(_AT_ONCE):
            if piece.endswith(goes_on):
                piece += opened.readline(LONGEST)
            if b"\0" in piece:
                return f"{file.shown} holds a NUL byte"
            if b"\r" in piece:
                ending = 2
                if piece.count(b"\r\n") != piece.count(b"\r"):
                    return f"{file.shown} holds a carriage return without a line feed"
            if quote and quote in piece:
                quotes += piece.count(quote)
                if apart.search(piece):
                    return f"{file.shown} may hold a cell of two quoted texts"
            if row := piece.rstrip(b"\r\n"):
                end = opened.tell() - len(piece) + len(row)
    if start == end:
        return f"{file.shown} has no row"
    return Regular(start, end, ending, quotes)


def count_lines(file: TextFile, found: Regular) -> int:
    """Return how many lines there are from the first row of *file* to the last one."""
    lines, left = 1, found.end - found.start
    with file.path.open("rb") as opened:
        opened.seek(found.start)
        while piece := opened.read(min(_AT_ONCE, left)):
            lines += piece.count(b"\n")
            left -= len(piece)
    return lines


def is_utf8(file: TextFile) -> bool:
    """Whether every byte of *file* is a part of UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.path.open("rb") as opened:
        try:
            while piece := opened.read(_AT_ONCE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _skip_header(opened: BinaryIO, file: TextFile) -> bool:
    """Go to the first row of *file*, after the header and the mark that may stand before both.

    Return whether the header is the first line: Python passes over what comes before it, and holds nothing.
    """
    if file.header:
        return is_row(file, opened.readline())
    if opened.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        opened.seek(0)
    return True
