"""What one sync asks for beyond the guards that its branches declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from dss_runtime._guard import DEFAULT_FLOOR, Guard, Limits
from dss_runtime._windows import Windows


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLimits:
    """When what was read cannot be trusted.

    Older than `max_age`; fewer rows than `min_rows`; or rows, or bytes, below `min_share` per cent of what
    the last good run has read. A source that gave up to `floor` rows then may shrink as it likes.
    """

    max_age: timedelta | None = None
    min_rows: int = 0
    min_share: float = 50
    floor: int = DEFAULT_FLOOR


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRules:
    """The rules of one sync: limits by branch and kind, how fresh and whole its sources are, its windows.

    `guards` replace what a branch declares, kind by kind; `sources` the limits of `every_source`.
    What `give_up_after` runs in a row have written in vain is not written any more. Where `incremental` is
    not 0, only every so many runs parse all rows, and the others those that have changed on either side.
    """

    guards: Mapping[str, Mapping[str, Limits]] = field(default_factory=dict[str, Mapping[str, Limits]])
    sources: Mapping[str, SourceLimits] = field(default_factory=dict[str, SourceLimits])
    every_source: SourceLimits = field(default_factory=SourceLimits)
    windows: Windows = field(default_factory=Windows)
    give_up_after: int = 3
    incremental: int = 0

    def guard_of(self, branch: str, declared: Guard) -> Guard:
        """Return the guard of *branch*, which declares *declared*."""
        return declared.updated(self.guards.get(branch, {}))

    def source_of(self, branch: str) -> SourceLimits:
        """Return what the source of *branch* has to be like."""
        return self.sources.get(branch, self.every_source)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """What is known of the last good run, by branch; a branch that nothing is known of is left out.

    `rows` and `sizes` (bytes) of the sources, `holds` the records that the target held after it, and
    `created` how many of those of today were created by runs since then that did not end.
    """

    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    sizes: Mapping[str, int] = field(default_factory=dict[str, int])
    holds: Mapping[str, int] = field(default_factory=dict[str, int])
    created: Mapping[str, int] = field(default_factory=dict[str, int])
