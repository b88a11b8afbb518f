"""The invariants of a sync, over generated schemas and data, between systems in memory."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime import DataStoreTree
from dss_runtime.codegen import blank
from tests.generated_schemas.variations import alternatives
from tests.generated_schemas.worlds import (
    Data,
    World,
    canonical,
    held_back,
    info_of,
    key_of,
    state,
    synced,
    without,
)
from tests.strategies.runnable import CUSTOM, LEFT, RIGHT

few = settings(max_examples=max(2, settings().max_examples // 12), phases=[Phase.explicit, Phase.generate])
targets = pytest.mark.parametrize("target", [RIGHT, CUSTOM])


def loaded(world: World, name: str, data: Data) -> DataStoreTree:
    """Return a tree that has read a new system with *data*."""
    return world.tree(name, data).load()


def drawn(world: World, data: st.DataObject) -> tuple[Data, Data]:
    """Return the records of two systems, which have some in common."""
    ours = data.draw(world.data())
    return ours, alternatives(world, data, ours)


@few
@given(data=st.data())
def test_a_tree_does_not_differ_from_itself(world: World, data: st.DataObject) -> None:
    """Whatever the records are, `a - a` is empty, also when it is read again."""
    ours = data.draw(world.data())
    tree = loaded(world, RIGHT, ours)
    assert [] == list(tree - tree)
    assert [] == list(tree - loaded(world, RIGHT, ours))


@targets
@few
@given(data=st.data())
def test_after_a_sync_nothing_differs(world: World, target: str, data: st.DataObject) -> None:
    """After `a >> b`, `a - b` is empty, also when b is read anew; a second sync does nothing."""
    ours, theirs = drawn(world, data)
    left, right = loaded(world, LEFT, ours), loaded(world, target, theirs)
    before = state(left, world)
    synced(left, right)
    assert [] == list(left - right)
    anew = world.again(target, right.settings).load()
    assert [] == list(left - anew)
    assert 0 == len(synced(left, anew))
    assert before == state(left, world) == state(loaded(world, LEFT, ours), world)


@targets
@few
@given(data=st.data())
def test_after_a_sync_the_right_side_holds_what_the_left_side_holds(
    world: World, target: str, data: st.DataObject
) -> None:
    """In canonical form, every field that the left side owns is equal; all others are as they were."""
    ours, theirs = drawn(world, data)
    left, right = loaded(world, LEFT, ours), loaded(world, target, theirs)
    before = {
        branch.name: {key: canonical(each) for key, each in branch.items()} for branch in right.branches
    }
    held = held_back(synced(left, right))
    anew = world.again(target, right.settings).load()
    check_held_back(world, anew, held)
    for branch in anew.branches:
        records: Any = getattr(left, branch.name)
        kept = {key for key in before[branch.name] if key not in records and branch.keeps_old}
        assert set(records) | kept | held.get(branch.name, set()) == set(branch)
        for key, record in records.items():
            expected = owned_values(
                world, target, branch.name, canonical(record), before[branch.name].get(key)
            )
            assert expected == canonical(branch[key])


def check_held_back(world: World, right: DataStoreTree, held: dict[str, set[Any]]) -> None:
    """An old record stays only where one that is there refers to it: every row here could be read."""
    records = [(branch.name, record) for branch in right.branches for record in branch.values()]
    referred = {target for _, target in references(world, records)}
    assert {(name, key) for name, keys in held.items() for key in keys} <= referred


def owned_values(
    world: World, target: str, branch: str, ours: dict[str, Any], old: dict[str, Any] | None
) -> dict[str, Any]:
    """Return the values that a record must have after a sync, which had the values *old*, if it was there."""
    if old is None:
        return ours
    held, unheld = world.held(target)[branch], world.held(LEFT)[branch].omitted
    expected = dict(ours)
    for name, value in old.items():
        policy = held.sync_policy(name)
        untouched = name in held.omitted or name in unheld or policy in ("never", "create_only")
        if untouched or (policy == "fill_empty" and not is_blank(value)):
            expected[name] = value
    return expected


def is_blank(value: Any) -> bool:
    """Whether a value in canonical form holds nothing."""
    return blank(value)


@few
@given(data=st.data())
def test_the_inverse_restores(world: World, data: st.DataObject) -> None:
    """What b was before a sync, synced into b afterwards, makes b what it was."""
    ours, theirs = drawn(world, data)
    right = loaded(world, LEFT, theirs)
    if any(branch.keeps_old for branch in right.branches):
        return
    before = state(right, world)
    synced(loaded(world, RIGHT, ours), right)
    held = held_back(synced(loaded(world, LEFT, theirs), right))
    check_held_back(world, right, held)
    after = state(right, world)
    for name, keys in held.items():
        assert keys.isdisjoint(before[name])
        after[name] = {key: values for key, values in after[name].items() if key not in keys}
    owned = {name: unowned(world, name) for name in after}
    assert without(before, owned) == without(after, owned)


def unowned(world: World, branch: str) -> set[str]:
    """Return the fields that a sync into the left tree does not bring to their value."""
    held, other = world.held(LEFT)[branch], world.held(RIGHT)[branch]
    policies = {name for name, policy in held.sync if policy != "always"}
    return {*policies, *held.omitted, *other.omitted}


@few
@given(data=st.data())
def test_the_order_of_actions_respects_refs(world: World, data: st.DataObject) -> None:
    """New records come after those that they refer to, old ones before; all new, changed, old in turn."""
    ours, theirs = drawn(world, data)
    left, right = loaded(world, LEFT, ours), loaded(world, RIGHT, theirs)
    actions = list(left - right)
    phases = [{"new": 0, "old": 2}.get(action.kind, 1) for action in actions]
    assert sorted(phases) == phases
    for kind in ("new", "old"):
        records = [(each.branch, each.left or each.right) for each in actions if each.kind == kind]
        if kind == "old":
            records.reverse()
        place = {(branch, key_of(record)): at for at, (branch, record) in enumerate(records)}
        for child, parent in references(world, records):
            if parent in place and not in_a_circle(world, records, child, parent):
                assert place[parent] < place[child]


Node = tuple[str, Any]


def references(world: World, records: Iterable[tuple[str, Any]]) -> Iterator[tuple[Node, Node]]:
    """Yield each record with each one that it may refer to."""
    for branch, record in records:
        for field in info_of(record).refs:
            for other in world.schema.branches:
                if field.ref in info_of(world.model(other.name)).kinds:
                    target = (other.name, getattr(record, field.name))
                    if target != (branch, key_of(record)):
                        yield (branch, key_of(record)), target


def in_a_circle(world: World, records: list[tuple[str, Any]], child: Node, parent: Node) -> bool:
    """Whether nothing can be said to come first: the records, or their branches, refer to each other."""
    if child[0] == parent[0]:
        return reaches(set(references(world, records)), parent, child)
    refs = {
        (one.name, other.name)
        for one in world.schema.branches
        for field in info_of(world.model(one.name)).refs
        for other in world.schema.branches
        if field.ref in info_of(world.model(other.name)).kinds
    }
    return reaches(refs, parent[0], child[0])


def reaches(edges: set[tuple[Any, Any]], start: Any, end: Any) -> bool:
    """Whether *end* can be reached from *start*."""
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        nexts = {to for source, to in edges if source == node} - seen
        seen |= nexts
        waiting.extend(nexts)
    return end in seen


@few
@given(data=st.data())
def test_the_result_does_not_depend_on_the_order_of_input(world: World, data: st.DataObject) -> None:
    """Records that are read in another order give the same differences and the same state after a sync."""
    ours, theirs = drawn(world, data)
    shuffled = {name: data.draw(st.permutations(records)) for name, records in ours.items()}
    one, other = loaded(world, LEFT, ours), loaded(world, LEFT, shuffled)
    right, copied = loaded(world, RIGHT, theirs), loaded(world, RIGHT, theirs)
    assert sorted(map(repr, one - right)) == sorted(map(repr, other - copied))
    synced(one, right)
    synced(other, copied)
    assert state(right, world) == state(copied, world)


@few
@given(data=st.data())
def test_two_keys_never_merge(world: World, data: st.DataObject) -> None:
    """Every record that a system holds is in its branch, under its own key of its own types."""
    ours = data.draw(world.data())
    tree = loaded(world, LEFT, ours)
    for branch in tree.branches:
        assert [key_of(each) for each in ours[branch.name]] == list(branch)
        assert [key_of(each) for each in branch.values()] == [branch.key_of(each) for each in branch.values()]
        assert ours[branch.name] == list(branch.values())


@few
@given(data=st.data())
def test_the_source_is_never_changed(world: World, data: st.DataObject) -> None:
    """A sync leaves every record of the left side, and of its system, as it is."""
    ours, theirs = drawn(world, data)
    before = copy.deepcopy(ours)
    left = loaded(world, LEFT, ours)
    synced(left, loaded(world, RIGHT, theirs))
    assert before == ours == {branch.name: list(branch.values()) for branch in left.branches}
