"""Which entries of a directory one branch is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dss_runtime.codegen import override

Depth: TypeAlias = Literal["one", "all"]
"""Whether entries right below a base count, or all below it and the base itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapSource:
    """The entries of these object classes below `base`, and the attributes to read of each.

    `base` is below the tree's own unless it is absolute. `several` are the columns that may hold more than
    one value, `octets` those whose values are no text, `references` those that hold names of entries, with
    the branches of these. `placeholder` is not shown there: it is no entry of theirs.
    """

    base: str
    object_class: tuple[str, ...]
    columns: tuple[str, ...]
    filter: str = ""
    depth: Depth = "one"
    several: frozenset[str] = frozenset()
    octets: frozenset[str] = frozenset()
    references: tuple[tuple[str, tuple[str, ...]], ...] = ()
    placeholder: str = ""

    @override
    def __str__(self) -> str:
        return f"{'/'.join(self.object_class)} below {self.base or 'the base'}"
