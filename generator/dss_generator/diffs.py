"""Differences between texts, to be shown."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator


def unified_diff(path: str, old: str, new: str) -> Iterator[str]:
    """Yield the lines of the unified diff from *old* to *new*, both called *path*."""
    # A form feed, or what else Unicode takes for the end of a line, is none here.
    before, after = list(io.StringIO(old)), list(io.StringIO(new))
    for line in difflib.unified_diff(before, after, f"a/{path}", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
