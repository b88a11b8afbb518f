"""Which records of a Moodle one branch is written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dss_runtime._target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleTarget(Target):
    """A kind of record, and constants for columns of a new one."""

    resource: str
    insert: Mapping[str, object] = field(default_factory=dict[str, object])
