"""Random tables of typed values, as an export writes them into a file."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
"""Whatever a cell may hold: line ends, quotes, letters of any script; not NUL, which no text has."""

KINDS: dict[str, st.SearchStrategy[str]] = {
    "text": TEXTS,
    "zeros": st.from_regex(r"0[0-9]{1,6}", fullmatch=True),
    "whole": st.integers(-(10**9), 10**9).map(str),
    "long": st.integers(10**15, 10**25).map(str),
    "money": st.decimals(-1000, 1000, allow_nan=False, places=2).map(str),
    "number": st.floats(-1e6, 1e6).map(repr),
    "day": st.dates().map(str),
    "us_day": st.dates().map(lambda day: f"{day.month:02}/{day.day:02}/{day.year:04}"),
    "instant": st.datetimes().map(lambda each: each.isoformat(sep=" ")),
    "clock": st.times().map(lambda each: each.isoformat("minutes")),
    "uuid": st.uuids().map(str),
    "flag": st.sampled_from(["TRUE", "FALSE", "true", "false"]),
    "answer": st.sampled_from(["yes", "No"]),
    "word": st.sampled_from(["red", "green", "blue"]),
}
"""Columns of one kind each; what a pull makes of it may differ, how the values read may not."""

PLAIN_HEADERS = st.from_regex(r"[A-Za-z][A-Za-z0-9_ ]{0,15}", fullmatch=True)
ANY_HEADERS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@dataclass(frozen=True)
class WrittenTable:
    """A header and rows of text, with the kind of each column but the first, which is unique."""

    header: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """What a file of it holds."""
        return [self.header, *self.rows]


@st.composite
def written_tables(draw: st.DrawFn) -> WrittenTable:
    """Draw a table: its first column tells rows apart, some cells of the others are blank."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5))
    names = draw(
        st.lists(
            PLAIN_HEADERS, min_size=len(kinds), max_size=len(kinds), unique_by=lambda name: name.casefold()
        )
    )
    numbers = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=30, unique=True))
    rows: list[tuple[str, ...]] = []
    gaps = draw(st.lists(st.booleans(), min_size=len(kinds), max_size=len(kinds)))
    for number in numbers:
        cells = [
            "" if gap and draw(st.integers(0, 4)) == 0 else draw(KINDS[kind])
            for kind, gap in zip(kinds, gaps, strict=True)
        ]
        rows.append((f"{number:07}", *cells))
    return WrittenTable(("Row-Id", *names), tuple(kinds), tuple(rows))
