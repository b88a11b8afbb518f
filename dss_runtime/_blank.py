"""When a cell or a value holds nothing."""

from __future__ import annotations


def blank(cell: object) -> bool:
    """Return whether a cell or value holds nothing: NULL, text that shows nothing, or no members."""
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or (isinstance(cell, (frozenset, tuple)) and not cell)
