"""What a plan says of itself before its first action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from dss_runtime.plans._values import Sensitive

VERSION = 1
"""The version of the file's format: it goes up when a reader of the old one would misunderstand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a branch of the left side was read from: how many rows and bytes, and how old its oldest file was.

    `rows` is None where the records did not come from rows, `bytes` where there are no files; `modified` (ISO
    8601, UTC) is empty where nothing tells the age.
    """

    branch: str
    rows: int | None = None
    bytes: int | None = None
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line of a plan.

    `schema` marks the models and branches compared, `target` the system that is to be written: a plan is
    applied only where both are the same. `after` is the number of the last run on the target, so that two
    plans are the same only where nothing has happened between them, and `journal` the one that knows whether
    this one was applied. `counts` are the actions by branch and kind. `held` says why the plan must not be
    applied, by the names that an override gives the reasons; it is empty where it may. `sync` is the sync
    whose rules it is under, empty where two trees were named, and `guard` the limits that it was held
    against, by branch and kind: those of the day on which it is applied count.
    """

    left: str
    right: str
    branches: tuple[str, ...]
    schema: str
    target: str
    after: int = 0
    journal: str = ""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    sources: tuple[Source, ...] = ()
    sensitive: Sensitive = "omit"
    held: Mapping[str, str] = field(default_factory=dict[str, str])
    sync: str = ""
    guard: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict[str, Mapping[str, list[str]]])

    @property
    def total(self) -> int:
        """How many actions there are."""
        return sum(number for kinds in self.counts.values() for number in kinds.values())

    def json(self) -> dict[str, Any]:
        """Return the header as JSON has it."""
        return {"plan": VERSION, **asdict(self)}
