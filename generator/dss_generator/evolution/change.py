"""A change between two versions of a schema, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..positions import Position
from .version import Path

Impact: TypeAlias = Literal["breaking", "review", "safe"]
"""A change's class: what the next sync makes of it (`change_rules` says what each means)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change, by the rule (a key of `RULES`) that it falls under.

    `path` is the way to the element by today's names, also where it is gone; `old_path` is its way in the old
    version, None where it was not there. `place` is in the new version: the definition that encloses it where
    it is gone. `effect` says what the next sync does, `hint` what to write if something else was meant.
    """

    rule: str
    impact: Impact
    path: Path
    old_path: Path | None
    place: Position
    old_place: Position | None
    message: str
    effect: str
    hint: str = ""

    @property
    def text(self) -> str:
        """The change in one sentence."""
        return "; ".join(filter(None, (f"{self.message}: {self.effect}", self.hint)))
