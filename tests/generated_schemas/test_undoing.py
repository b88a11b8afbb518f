"""A run that is taken back leaves the target as it was, over generated schemas and data."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime import DataStoreTree
from dss_runtime.cli._cipher import fernet
from dss_runtime.journal import Journal, Kept, NewRun, Recording, Undoing, resolve
from dss_runtime.plans import Seal
from dss_runtime.plans._identity import schema_mark
from dss_runtime.plans._values import Values
from tests.generated_schemas.test_plans import drawn
from tests.generated_schemas.worlds import UNGUARDED, World, held_back, state
from tests.strategies.runnable import CUSTOM, LEFT, RIGHT

few = settings(max_examples=max(2, settings().max_examples // 12), phases=[Phase.explicit, Phase.generate])
targets = pytest.mark.parametrize("target", [RIGHT, CUSTOM])
VALUES = Values(Seal(b"k" * 32, fernet), "seal")


def recorded(journal: Journal, left: DataStoreTree, right: DataStoreTree) -> int:
    """Sync two trees that were read, write down what happens, and return the number of the run."""
    branches = {branch.name: branch for branch in right.branches}
    schema = schema_mark(branches.values())
    run = NewRun(command="sync", left=LEFT, right=RIGHT, branches=tuple(branches), schema=schema, target="t")
    number = journal.begin(run, {})
    left.sync(right, policy=UNGUARDED, recorder=Recording(journal, number, branches, VALUES))
    journal.end(number, "applied", {})
    return number


def undone(
    journal: Journal, number: int, target: DataStoreTree, wanted: DataStoreTree
) -> tuple[list[Kept], dict[str, set[Any]]]:
    """Take a run back on *target*, which was just read; return what was kept, and what is held back."""
    ours, theirs = ({branch.name: branch for branch in tree.branches} for tree in (target, wanted))
    kept = Undoing(ours, theirs, VALUES).take_back(journal.works(number))
    return kept, held_back(wanted.sync(target, policy=UNGUARDED))


@targets
@few
@given(data=st.data())
def test_a_run_that_is_taken_back_has_not_been(world: World, target: str, data: st.DataObject) -> None:
    """After an undo the target holds in canonical form what it held before the run, but for what was kept."""
    ours, theirs = drawn(world, data)
    right = world.tree(target, theirs).load()
    before = state(right, world)
    with tempfile.TemporaryDirectory() as folder, closing(Journal(Path(folder) / "journal")) as journal:
        number = recorded(journal, world.tree(LEFT, ours).load(), right)
        anew = world.again(target, right.settings).load()
        kept, stays = undone(journal, number, anew, world.again(target, right.settings))
    again = world.again(target, right.settings).load()
    found = state(again, world)
    for branch in again.branches:
        if any(each.branch == branch.name for each in kept):
            continue
        records = found[branch.name].items()
        held = stays.get(branch.name, set())
        assert before[branch.name] == {key: values for key, values in records if key not in held}


@few
@given(data=st.data())
def test_reading_tells_what_a_killed_run_has_done(world: World, data: st.DataObject) -> None:
    """Works of which nothing but the intent was noted are found to be applied, when they were."""
    ours, theirs = drawn(world, data)
    right = world.tree(RIGHT, theirs).load()
    with tempfile.TemporaryDirectory() as folder, closing(Journal(Path(folder) / "journal")) as journal:
        number = recorded(journal, world.tree(LEFT, ours).load(), right)
        with journal.transaction() as connection:
            connection.execute("UPDATE runs SET state = 'running'")
            connection.execute("UPDATE works SET state = 'intended' WHERE state = 'applied'")
        anew = world.again(RIGHT, right.settings).load()
        resolve(journal, "t", {branch.name: branch for branch in anew.branches}, VALUES, number + 1)
        found = {work.state for work in journal.works(number)}
    assert found <= {"applied"}
