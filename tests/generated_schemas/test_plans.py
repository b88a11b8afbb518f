"""A plan that was saved does what a sync would do, over generated schemas and data."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dss_runtime import Action, DataStoreTree, Outcome
from dss_runtime._progress import silent
from dss_runtime._sync import carry_out
from dss_runtime.cli._cipher import fernet
from dss_runtime.plans import SENSITIVE, Seal, Sensitive, open_plan, write_plan
from tests.generated_schemas.variations import alternatives
from tests.generated_schemas.worlds import UNGUARDED, Data, World, state
from tests.strategies.runnable import CUSTOM, LEFT, RIGHT

few = settings(max_examples=max(2, settings().max_examples // 12), phases=[Phase.explicit, Phase.generate])
targets = pytest.mark.parametrize("target", [RIGHT, CUSTOM])
policies = pytest.mark.parametrize("sensitive", SENSITIVE)
LINE = Draft202012Validator(
    json.loads((files("dss_runtime.plans") / "plan.schema.json").read_text(encoding="utf-8"))
)
SEAL = Seal(b"k" * 32, fernet)


def saved(left: DataStoreTree, right: DataStoreTree, path: Path, sensitive: Sensitive = "omit") -> None:
    """Save the plan that brings *right* in step with *left*."""
    diff = left.diff(right)
    actions, held_back = diff.plan()
    write_plan(path, diff, actions, held_back, SEAL, sensitive)


def applied(path: Path, right: DataStoreTree, left: DataStoreTree) -> list[tuple[Action, Outcome]]:
    """Carry out the plan in *path* on *right*, which was just read; *left* is read for what was left out."""
    with open_plan(path, SEAL) as plan:
        actions, held_back, _ = plan.today(right, left.load)
    return list(carry_out(right, actions, held_back, UNGUARDED, silent))


def told(action: Action, outcome: Outcome) -> tuple[object, ...]:
    """Return what was done to which record, and what became of it."""
    return action.method, action.kind, action.key, outcome.status, outcome.reason


def drawn(world: World, data: st.DataObject) -> tuple[Data, Data]:
    """Return the records of two systems, which have some in common."""
    ours = data.draw(world.data())
    return ours, alternatives(world, data, ours)


@policies
@targets
@few
@given(data=st.data())
def test_a_plan_does_what_a_sync_does(
    world: World, target: str, sensitive: Sensitive, data: st.DataObject
) -> None:
    """A plan, saved and applied to a system that nobody has touched, leaves it as a sync leaves it."""
    ours, theirs = drawn(world, data)
    left, right = world.tree(LEFT, ours).load(), world.tree(target, theirs).load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.jsonl"
        saved(left, right, path, sensitive)
        anew = world.tree(target, theirs).load()
        results = applied(path, anew, world.tree(LEFT, ours))
    expected = left.sync(right, policy=UNGUARDED)
    assert [told(*each) for each in expected] == [told(*each) for each in results]
    assert state(right, world) == state(anew, world)


@policies
@few
@given(data=st.data())
def test_a_plan_is_what_its_json_schema_says(world: World, sensitive: Sensitive, data: st.DataObject) -> None:
    """Every line of a plan, whatever the models and records, is one of those that are published."""
    ours, theirs = drawn(world, data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.jsonl"
        saved(world.tree(LEFT, ours).load(), world.tree(RIGHT, theirs).load(), path, sensitive)
        lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        LINE.validate(json.loads(line))  # pyright: ignore[reportUnknownMemberType]


@few
@given(data=st.data())
def test_equal_trees_give_equal_bytes(world: World, data: st.DataObject) -> None:
    """Two plans of the same systems are the same file."""
    ours, theirs = drawn(world, data)
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "one", Path(folder) / "other"
        for path in paths:
            saved(world.tree(LEFT, ours).load(), world.tree(RIGHT, theirs).load(), path)
        one, other = (path.read_bytes() for path in paths)
    assert one == other


@few
@given(data=st.data())
def test_nothing_that_has_changed_since_is_touched(world: World, data: st.DataObject) -> None:
    """A record that somebody has changed, made or removed after the plan was saved is left as it then is."""
    ours, theirs = drawn(world, data)
    _, meanwhile = drawn(world, data)
    left, right = world.tree(LEFT, ours).load(), world.tree(RIGHT, theirs).load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.jsonl"
        saved(left, right, path)
        before = state(right, world)
        anew = world.tree(RIGHT, meanwhile).load()
        found = state(anew, world)
        results = applied(path, anew, world.tree(LEFT, ours))
    after = state(anew, world)
    for name, records in found.items():
        for key in records.keys() | before[name].keys():
            if records.get(key) != before[name].get(key):
                assert records.get(key) == after[name].get(key)
    for action, outcome in results:
        name, key = action.branch, action.key
        if found[name].get(key) != before[name].get(key):
            assert not outcome.ok
