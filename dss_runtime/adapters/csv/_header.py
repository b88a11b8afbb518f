"""Which cell of a row each column is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

PREFIX = re.compile(r"(?:\[[0-9]+\])?(?:[A-Za-z]\w*\.)?")
"""The number or name of a table before a column's name: `[01]Student_Number`, `CC.ID`."""

_DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}


class HeaderError(Exception):
    """The columns that a branch needs cannot be told from the header."""


def positions(header: Sequence[str], columns: Sequence[str | int], *, prefix: bool) -> list[int]:
    """Return the position of each of *columns* in *header* (HeaderError, naming all that is wrong)."""
    wrong: list[str] = []
    found: list[int] = []
    for column in columns:
        try:
            found.append(_position(header, column, prefix=prefix))
        except HeaderError as error:
            wrong.append(str(error))
    if wrong:
        raise HeaderError("; ".join(dict.fromkeys(wrong)) + _delimiter_hint(header))
    return found


def _position(header: Sequence[str], column: str | int, *, prefix: bool) -> int:
    if isinstance(column, int):
        if column >= len(header):
            raise HeaderError(
                f"there is no column {column} (counted from 0): the header has {len(header)} cells"
            )
        return column
    exact = [at for at, name in enumerate(header) if name == column]
    bare = [at for at, name in enumerate(header) if _bare(name) == column]
    found = exact or (bare if prefix else [])
    if len(found) == 1:
        return found[0]
    if exact:
        raise HeaderError(
            f"the header has the column {column!r} {len(exact)} times: nobody knows which one is meant"
        )
    if found:
        names = " and ".join(repr(header[at]) for at in found)
        raise HeaderError(
            f"the column {column!r} could be {names}: write the one that is meant into the schema"
        )
    raise HeaderError(f"the header has no column {column!r}{_suggestion(header, column, bare)}")


def _bare(name: str) -> str:
    return PREFIX.sub("", name, count=1)


def _suggestion(header: Sequence[str], column: str, bare: Sequence[int]) -> str:
    if bare:
        return f", but {header[bare[0]]!r}: allow table prefixes with `prefix: true`"
    folded = {name.casefold(): name for name in header}
    near = difflib.get_close_matches(column.casefold(), folded, n=1)
    return f", did you mean {folded[near[0]]!r}?" if near else ""


def _delimiter_hint(header: Sequence[str]) -> str:
    if len(header) != 1:
        return ""
    for character, name in _DELIMITERS.items():
        if character in header[0]:
            return f"; it is a single cell that holds {name}: is `delimiter` right?"
    return ""
