"""Which resources of a directory one branch is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dss_runtime.codegen import override

Resources: TypeAlias = Literal["users", "orgunits", "groups", "members"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleSource:
    """Resources of one kind and the paths that are read of each.

    Users and org units at or `below` an org unit; groups, or members of groups, whose address is like the
    pattern `groups`.
    """

    resource: Resources
    columns: tuple[str, ...]
    below: str = ""
    groups: str = ""

    @override
    def __str__(self) -> str:
        where = self.below or self.groups
        return f"{self.resource} of {where}" if where else self.resource
