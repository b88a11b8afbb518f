"""Differences between texts, to be shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator


def unified_diff(path: str, old: str, new: str) -> Iterator[str]:
    """Yield the lines of the unified diff from *old* to *new*, both called *path*."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
