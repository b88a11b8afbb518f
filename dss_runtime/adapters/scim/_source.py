"""Which resources of a service one branch is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

References: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Columns that hold ids of records of other branches, with the names of these branches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimSource:
    """An endpoint such as `Users`, a filter of SCIM, and the attribute paths that are read.

    Where a column is one of `references`, its cells hold keys of these branches in place of ids.
    """

    resource: str
    filter: str = ""
    references: References = ()
    columns: tuple[str, ...]
