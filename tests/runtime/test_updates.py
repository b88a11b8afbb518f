"""Bringing the right side's records up to date: many at a time, one by one, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Model, override
from dss_runtime._actions import Phase
from dss_runtime._sync import PHASES
from dss_runtime._template import Work
from dss_runtime._update import Updates
from tests.runtime.things import Things, ThingsBranch, held, things

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


class Single(Model):
    """A thing of which there is no copy."""

    def __copy__(self) -> Single:
        raise ValueError("there is only one")


class Retiring(ThingsBranch):
    """Things that stay, set aside, and keep their names."""

    retires_old = True
    owned = frozenset({"name"})


class RetiringThings(Things):
    """A system of such things."""

    __branches__ = Retiring


@pytest.mark.parametrize("kind", [Things, RetiringThings])
@given(there=st.sets(st.integers(0, 9)), single=st.integers(0, 9))
def test_where_one_cannot_follow_none_does(kind: type[Things], there: set[int], single: int) -> None:
    """Whoever then goes on one by one finds all as it was, also what is set aside."""
    left, right = kind(), kind()
    for at in range(10):
        left.branches[0].put(at, (Single if at == single else Model)(at, name="new"))
        if at in there:
            held(right).put(at, (Single if at == single else Model)(at, name="old"))
        elif at % 2:
            held(right).retired[at] = Model(at, name="own")
    updates = Updates({"things": held(right)})
    phase: Phase = "changed" if single in there else "new"
    before, aside = values(right), dict(held(right).retired)
    with pytest.raises(ValueError, match="only one"):
        updates.apply_all(works_of(left, right, phase))
    assert (before, aside) == (values(right), held(right).retired)


@given(st.sets(st.integers(0, 9)), st.integers(0, 9))
def test_what_a_branch_takes_in_part_can_be_undone(there: set[int], refused: int) -> None:
    """A branch of the project may refuse a record when those before it are stored already."""

    class Choosy(ThingsBranch):
        @override
        def replace(self, key: Any, record: Any) -> None:
            if key == refused and record.name == "new":
                raise ValueError("not this one")
            super().replace(key, record)

    class ChoosyThings(Things):
        __branches__ = Choosy

    left, right = things({at: {"name": "new"} for at in range(10)}), ChoosyThings()
    for at in there:
        held(right).make(at, name="old")
    updates = Updates({"things": held(right)})
    before = values(right)
    works = works_of(left, right, "changed" if refused in there else "new")
    with pytest.raises(ValueError, match="not this one"):
        updates.apply_all(works)
    for work in works:
        if work.key != refused:
            updates.apply(work)
    updates.undo()
    assert before == values(right)
