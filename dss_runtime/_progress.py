"""How long work tells how far it is, without knowing who listens."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

Stage: TypeAlias = Literal["read", "apply"]


class Progress(Protocol):
    """Called now and then with how many of *total* items of a stage are done; *total* 0 is unknown."""

    def __call__(self, stage: Stage, what: str, done: int, total: int, /) -> None:
        """Take note of the progress."""
        ...


def silent(stage: Stage, what: str, done: int, total: int, /) -> None:
    """Take no note of it: the default."""


STEP = 1000
"""How many records are handled between two calls."""
