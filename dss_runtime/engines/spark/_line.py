"""What the csv module reads in a line of a file, as SQL of Spark; and what makes a line doubtful.

Files are read as lines, which Spark does not interpret. A line is a row where each cell is in quotes from
its start to its end, or does not begin with one; then no cell goes on in the next line. Whatever else there
may be in a file is left to Python.
"""

from __future__ import annotations

import csv

from dss_runtime._tabular import TextFile
from dss_runtime.engines.columnar import NUL, escaped
from dss_runtime.engines.spark._sql import literal, sql

FLAWS = (
    "",
    "a row with too many cells, or too few",
    "a row that ends within quotes, or has text after them",
    "a line that is longer than a cell may be",
    "a carriage return without a line feed",
    "a NUL byte",
    "a byte that is not UTF-8",
)
"""What a file has, by the number that `flaw` is: the greatest is that of the first cause."""


LINE = "(CASE WHEN endswith(value, '\\r') THEN left(value, length(value) - 1) ELSE value END)"
"""A line without its end, of which Spark takes the line feed alone."""


def cells(file: TextFile) -> str:
    """Return the cells of a line, as an array; any texts where it is no row."""
    plain = f"split({LINE}, {literal(escaped(file.delimiter))}, -1)"
    if not file.quote:
        return plain
    quote = literal(file.quote)
    found = f"regexp_extract_all(concat({literal(file.delimiter)}, {LINE}), {literal(_each(file))}, 1)"
    inner = f"replace(substring(x, 2, length(x) - 2), {literal(file.quote * 2)}, {quote})"
    unquoted = f"transform({found}, x -> CASE WHEN startswith(x, {quote}) THEN {inner} ELSE x END)"
    return f"CASE WHEN contains(value, {quote}) THEN {unquoted} ELSE {plain} END"


def flaw(file: TextFile, cells: str) -> str:
    """Return which of FLAWS a line has, whose *cells* are given."""
    shape = f"^{_cell(file)}(?:{escaped(file.delimiter)}{_cell(file)})*+\\z"
    quoted = f"contains(value, {literal(file.quote)})" if file.quote else "false"
    doubts = (
        f"{LINE} <> '' AND size({cells}) <> {file.cells}",
        f"{quoted} AND NOT {LINE} RLIKE {literal(shape)}",
        f"length(value) > {csv.field_size_limit()}",
        f"contains({LINE}, '\\r')",
        f"contains(value, {sql(NUL)})",
        "NOT is_valid_utf8(value)",
    )
    whens = [f"WHEN {each} THEN {at}" for at, each in enumerate(doubts, 1)]
    return f"CASE {' '.join(reversed(whens))} ELSE 0 END"


def _each(file: TextFile) -> str:
    """Return the pattern of a delimiter and a cell, so that no match is empty."""
    return f"{escaped(file.delimiter)}({_cell(file)})"


def _cell(file: TextFile) -> str:
    """Return the pattern of a cell. No part of it is tried twice, so that it needs no stack of Java's."""
    quote, delimiter = escaped(file.quote), escaped(file.delimiter)
    plain = f"(?:[^{quote}{delimiter}][^{delimiter}]*+)?+"
    return f"(?:{quote}[^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+{quote}|{plain})"
