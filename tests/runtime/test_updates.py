"""Bringing the right side's records up to date: many at a time, one by one, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime._actions import Phase
from dss_runtime._sync import PHASES
from dss_runtime._template import Work
from dss_runtime._update import Updates
from tests.runtime.things import held, things

NAMES = st.sampled_from("abc")
TAGS = st.lists(st.sampled_from("xyz"), unique=True)
RECORDS = st.dictionaries(st.sampled_from("12345"), st.fixed_dictionaries({"name": NAMES, "tags": TAGS}))


def works_of(left: Any, right: Any, phase: Phase) -> list[Work]:
    """Return the works of a phase, one for each record."""
    found: dict[Any, list[Any]] = {}
    for action in left - right:
        if (action.kind if action.kind in ("new", "old") else "changed") == phase:
            found.setdefault(action.key, []).append(action)
    return [Work(phase, "things", key, tuple(actions)) for key, actions in found.items()]


def values(tree: Any) -> list[tuple[Any, Mapping[str, object]]]:
    """Return all that a tree holds, in its order."""
    records: Mapping[Any, Any] = held(tree)
    return [(key, {**vars(record)}) for key, record in records.items()]


@given(RECORDS, RECORDS, st.sets(st.sampled_from(PHASES)), st.booleans())
def test_works_done_together_leave_what_they_leave_one_by_one(
    ours: dict[str, Any], theirs: dict[str, Any], together: set[Phase], keep: bool
) -> None:
    """The same records in the same order; undone, those of before, or of the last time that was certain."""
    left, right, other = things(ours), things(theirs), things(theirs)
    updates, others = (Updates({"things": held(tree)}) for tree in (right, other))
    certain = values(right)
    for phase in PHASES:
        works = works_of(left, right, phase)
        if works and phase in together:
            updates.apply_all(works)
        for work in works:
            if phase not in together:
                updates.apply(work)
            others.apply(work)
        assert values(other) == values(right)
        if keep and phase == "new":
            updates.keep()
            certain = values(right)
    updates.undo()
    assert certain == values(right)
