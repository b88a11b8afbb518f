"""White space as Python sees it."""

from __future__ import annotations

from dss_runtime.engines.columnar._cells import Cell
from dss_runtime.engines.columnar._sql import (
    Sql,
    at_least,
    below,
    case,
    equal,
    every,
    is_null,
    piece,
    text,
    trimmed,
    truth,
)

SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Every character that `str.strip` drops."""


def stripped(value: Sql) -> Sql:
    """Return a text without outer white space; most have none, which is seen faster than it is dropped."""
    return case(
        (every(_is_printable(value), _is_printable(piece(value, -1, 1))), value),
        otherwise=trimmed(value, SPACE),
    )


def is_blank(cell: Cell) -> Sql:
    """Whether a cell holds nothing, or a text that shows nothing; NULL where it is made, and not known."""
    absent = () if cell.made else ((is_null(cell.sql), truth(True)),)
    if cell.kind != "text":
        return case(*absent, otherwise=truth(False))
    return case(
        *absent,
        (equal(cell.sql, text("")), truth(True)),
        (_is_printable(cell.sql), truth(False)),
        otherwise=equal(trimmed(cell.sql, SPACE), text("")),
    )


def _is_printable(value: Sql) -> Sql:
    """Whether a text begins with an ASCII character that shows something."""
    return every(at_least(value, text("!")), below(value, text("\x7f")))
