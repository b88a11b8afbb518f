"""What became of a work, told by what the target holds now: one rule for a run and for the one after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from dss_runtime._actions import Phase

Became: TypeAlias = Literal["applied", "skipped", "unknown"]
"""It happened, it did not, or neither can be told."""


def what_became(
    phase: Phase, *, held: bool, is_after: Callable[[], bool], is_before: Callable[[], bool]
) -> tuple[Became, str]:
    """Return what became of a work of *phase*, and how that is known.

    *held* says whether the target holds the record, *is_after* whether as the work was to leave it, and
    *is_before* whether as it was; both are asked only where there is a record to be compared.
    """
    if phase == "old":
        return ("skipped", "it is still there") if held else ("applied", "it is gone")
    if not held:
        return ("skipped", "it is not there") if phase == "new" else ("unknown", "the record is gone")
    if is_after():
        return "applied", "it is there"
    if is_before():
        return "skipped", "it did not happen"
    return "unknown", "the record is neither as it was nor as it was to be"
