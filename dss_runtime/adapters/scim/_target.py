"""How the records of one branch are written to a service."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime._target import Target
from dss_runtime.adapters.scim._source import References


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimTarget(Target):
    """The endpoint of a branch, and what is written to it. `insert` are constants of a new record.

    `filter` and `references` are as in the branch's source.
    """

    resource: str
    filter: str = ""
    references: References = ()
    insert: tuple[tuple[str, object], ...] = ()
