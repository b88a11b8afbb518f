"""Likely renames: what is gone and what is new, of the same shape."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Mapping


def likely_renames(gone: Mapping[str, Hashable], new: Mapping[str, Hashable]) -> dict[str, str]:
    """Return which of *new* may be what became of which of *gone*, by name: {former: today's}.

    Both map names to shapes; equal shapes can be one thing. Nearer names are matched first, each once.
    """
    alike = sorted(
        (-difflib.SequenceMatcher(None, former.casefold(), name.casefold()).ratio(), former, name)
        for former, shape in gone.items()
        for name, other in new.items()
        if shape == other
    )
    found: dict[str, str] = {}
    for _, former, name in alike:
        if former not in found and name not in found.values():
            found[former] = name
    return found


def hint(former: str, name: str) -> str:
    """Return what to do where *name* is what became of *former*."""
    return f"if {name} is {former} under another name, write `renamed_from: {former}` at {name}"
