"""What stands between the cells of a file, and what they are put in: found by trying, never by frequency.

The right delimiter is the one with which every row has as many cells as the first. Counting characters, as
`csv.Sniffer` does, takes the comma in "Smith, Jo" for one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .evidence import PullError

delimiters = (",", ";", "\t", "|")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class _Reader(Protocol):
    """What `csv.reader` returns: a class that has no name before Python 3.13."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a file are told apart: `quote` is "" where none is put in anything."""

    delimiter: str = ","
    quote: str = '"'

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """The keys of a csv tree's branch that say so, those left out that say what holds anyway."""
        found: list[tuple[str, str]] = []
        if self.delimiter != ",":
            found.append(("delimiter", "tab" if self.delimiter == "\t" else self.delimiter))
        if self.quote != '"':
            found.append(("quote", self.quote or "none"))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a dialect fits: the width of the first row, and the part of the rows that share it."""

    dialect: Dialect
    width: int
    part: float

    @property
    def score(self) -> tuple[bool, float, int, bool]:
        return self.width > 1, self.part, self.width, self.dialect.quote != ""


def detect(shown: str, lines: list[str], *, delimiter: str | None = None) -> Dialect:
    """Return the dialect of a file that begins with these *lines*, their ends included.

    Raises PullError, with what to do, where two delimiters fit as well as each other.
    """
    tried = delimiters if delimiter is None else (delimiter,)
    fits = [
        _fit(lines, Dialect(each, quote)) for each in tried for quote in (('"', "") if each != '"' else ("",))
    ]
    best = max(fits, key=lambda fit: fit.score)
    if not best.score[0]:
        # One column: with a delimiter that occurs nowhere, each row is one cell.
        return Dialect(delimiter or _unused(lines))
    rivals = [
        fit
        for fit in fits
        if fit.score[:3] == best.score[:3] and fit.dialect.delimiter != best.dialect.delimiter
    ]
    if rivals:
        both = " or ".join(_NAMES[each.dialect.delimiter] for each in (best, rivals[0]))
        raise PullError(f"{shown}: {both} could stand between the cells: say which, with --delimiter")
    return best.dialect


def rows_of(lines: list[str], dialect: Dialect) -> list[list[str]]:
    """Return the rows that *lines* make up; csv.Error for one that is broken, or has no end."""
    return [row for row in _reader(lines, dialect) if len(row) > 1 or (row and row[0].strip())]


def _reader(lines: list[str], dialect: Dialect) -> _Reader:
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        strict=True,
    )


def _fit(lines: list[str], dialect: Dialect) -> _Fit:
    rows, broken = _readable(lines, dialect)
    if not rows:
        return _Fit(dialect, 0, 0)
    width = len(rows[0])
    fitting = sum(len(row) == width for row in rows)
    return _Fit(dialect, width, fitting / (len(rows) + broken))


def _readable(lines: list[str], dialect: Dialect) -> tuple[list[list[str]], int]:
    """Return the rows that can be read, and how many lines are none."""
    rows: list[list[str]] = []
    reader = _reader(lines, dialect)
    try:
        for row in reader:
            if len(row) > 1 or (row and row[0].strip()):
                rows.append(row)
        return rows, 0
    except csv.Error:
        if reader.line_num >= len(lines) and rows:
            return rows, 1  # the last one has no end, at least not within these lines
    found: list[list[str]] = []
    broken = 0
    for line in lines:
        try:
            found += rows_of([line], dialect)
        except csv.Error:
            broken += 1
    return found, broken


def _unused(lines: list[str]) -> str:
    return next((each for each in delimiters if not any(each in line for line in lines)), ",")
