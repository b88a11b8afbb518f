"""Which records of a Moodle one branch is written to."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime._target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleTarget(Target):
    """A kind of record, and constants for columns of a new one."""

    resource: str
    insert: tuple[tuple[str, object], ...] = ()
