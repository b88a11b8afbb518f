"""What the first line of a file has to be."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from dss_runtime.adapters.oneroster._standards import METADATA, Standard


def wrong_header(header: Sequence[str], file: str, standard: Standard) -> str | None:
    """Return what is wrong with the names of a file's columns, None where they are the standard's.

    Names are case-sensitive. Columns that may be blank may be left out, the rest comes in its order, and a
    file's own `metadata.` columns come last.
    """
    known = standard.files[file].columns
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        return f"has the column {twice!r} twice: nobody knows which one is meant"
    own = [name for name in header if not name.startswith(METADATA)]
    for name in own:
        if name not in known:
            return f"has a column {name!r} that {standard.title} does not know{suggestion(name, known)}"
    missing = [name for name in known if name in standard.files[file].required and name not in own]
    if missing:
        return f"has no column {missing[0]!r}, which {standard.title} asks for"
    if not standard.ordered:
        return None
    if list(header[: len(own)]) != own:
        return "has other columns after those that begin with metadata., which come last"
    right = [name for name in known if name in own]
    for found, expected in zip(own, right, strict=True):
        if found != expected:
            return f"has the column {found!r} where {standard.title} expects {expected!r}"
    return None


def suggestion(name: str, known: Sequence[str]) -> str:
    """Return what to add where a name is near to one that is known."""
    folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=1)
    return f", did you mean {folded[near[0]]!r}?" if near else ""
