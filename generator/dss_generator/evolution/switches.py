"""Switches: which changes a project lets pass, where, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from .change import Change, Impact
from .version import Path

Class: TypeAlias = Impact | Literal["off"]
"""What a switch makes of a change: a class, or nothing that counts."""
classes: tuple[Class, ...] = ("breaking", "review", "safe", "off")


@dataclass(frozen=True, slots=True)
class Switch:
    """What a project decides about changes of *rule* at elements whose path matches the pattern *path*.

    `*` stands for any name in a path, `**` for any number of them; what lies below is meant too. An empty
    pattern is every element.
    """

    rule: str
    path: str
    impact: Class
    reason: str

    def matches(self, change: Change) -> bool:
        """Return whether the switch is about *change*, by its path today or before."""
        if self.rule != change.rule:
            return False
        paths = filter(None, (change.path, change.old_path))
        return not self.path or any(_form(self.path).match(_text(path)) for path in paths)


@dataclass(frozen=True, slots=True)
class Judged:
    """A change with the class that it has in this project; `switch` is what gave it another, if one did."""

    change: Change
    impact: Class
    switch: Switch | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """All changes, judged, and the switches that matched none of them though they name a path."""

    changes: tuple[Judged, ...]
    unmatched: tuple[Switch, ...]


def judge(changes: Iterable[Change], switches: Iterable[Switch]) -> Judgement:
    """Return *changes* with the classes that *switches* give them; of several that match, the last counts.

    A switch without a path is a policy and may match nothing; one with a path was written for a change.
    """
    changes, switches = tuple(changes), tuple(switches)
    judged = [
        (change, next((each for each in reversed(switches) if each.matches(change)), None))
        for change in changes
    ]
    return Judgement(
        tuple(
            Judged(change, switch.impact if switch else change.impact, switch) for change, switch in judged
        ),
        tuple(each for each in switches if each.path and not any(each.matches(change) for change in changes)),
    )


def _text(path: Path) -> str:
    return ".".join(path)


@lru_cache
def _form(pattern: str) -> re.Pattern[str]:
    words = {"**": ".*", "*": "[^.]*"}
    parts = (words.get(part) or re.escape(part) for part in re.split(r"(\*\*|\*)", pattern))
    return re.compile(f"(?:{''.join(parts)})(?:\\..*)?\\Z", re.DOTALL)
