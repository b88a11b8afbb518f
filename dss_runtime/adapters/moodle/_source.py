"""Which records of a Moodle one branch is read from."""

from __future__ import annotations

from dataclasses import dataclass

from dss_runtime.codegen import override


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleSource:
    """A kind of record, as `resources.RESOURCES` names it, and the columns to read of each."""

    resource: str
    columns: tuple[str, ...]

    @override
    def __str__(self) -> str:
        return self.resource
