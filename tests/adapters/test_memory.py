"""What the memory adapter does beyond what all adapters do."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import DataStoreBranch, DataStoreTree, Model, Policy, SettingsError, Status, TransientError
from dss_runtime.adapters.memory import MemoryImporter, MemorySystem, MemoryTemplate
from dss_runtime.codegen import Action, Answer, adapter_writes, override

STEPS = st.lists(st.tuples(st.sampled_from(["put", "delete"]), st.integers(0, 3), st.integers()), max_size=10)


class Named(Model):
    """A record whose `label` follows from its `name`."""

    name: str

    @property
    def label(self) -> str:
        """The name in capitals."""
        return self.name.upper()


class Elsewhere(Named):
    """The same, as somebody else has computed the label."""

    @property
    @override
    def label(self) -> str:
        return "?"


class NamedBranch(DataStoreBranch):
    """Records with a name."""

    __branchname__ = "named"
    klass = Named


class Importer(MemoryImporter):
    """Reads the records as they are."""

    def read_named(self) -> None:
        """Read the branch."""
        for record in self.records("named"):
            self.tree.branches[0].put(record.idnumber, record)


class Template(MemoryTemplate):
    """Leaves every action to the adapter."""

    @override
    def perform(self, action: Action, /) -> Answer:
        return self.write_one(action)

    @adapter_writes
    def new_named(self, action: Action, /) -> Answer:
        """Make a record."""
        return self.write_one(action)

    @adapter_writes
    def changed_named_label(self, action: Action, /) -> Answer:
        """Change a label."""
        return self.write_one(action)


class Tree(DataStoreTree):
    """Records with a name, in memory."""

    __branches__ = NamedBranch
    __importer__ = Importer
    __template__ = Template


def tree_of(*records: Model) -> tuple[DataStoreTree, MemorySystem]:
    """Return a loaded tree with the records, and its system."""
    system = MemorySystem({"named": {record.idnumber: record for record in records}})
    return Tree(settings={"system": system}).load(), system


def play(system: MemorySystem, steps: list[tuple[str, int, int]]) -> None:
    """Put and delete; a key that is not there is not deleted."""
    for step, key, value in steps:
        if step == "put":
            system.put("b", key, value)
        elif key in system.branch("b"):
            system.delete("b", key)


def broken_off(system: MemorySystem, steps: list[tuple[str, int, int]]) -> None:
    """Play within a savepoint, and raise."""
    with system.savepoint():
        play(system, steps)
        raise ZeroDivisionError


@given(first=STEPS, second=STEPS, third=STEPS)
def test_a_rollback_undoes_all_since_begin(
    first: list[tuple[str, int, int]], second: list[tuple[str, int, int]], third: list[tuple[str, int, int]]
) -> None:
    """Whatever is done in a transaction, savepoints included, a rollback undoes; a commit keeps."""
    system = MemorySystem()
    play(system, first)
    before = dict(system.branch("b"))
    system.begin()
    play(system, second)
    with system.savepoint():
        play(system, third)
    system.rollback()
    assert before == system.branch("b")
    system.begin()
    play(system, second)
    system.commit()
    with pytest.raises(ZeroDivisionError):
        broken_off(system, third)
    expected = MemorySystem({"b": before})
    play(expected, second)
    assert expected.branch("b") == system.branch("b")


def test_records_are_copies() -> None:
    """What is done to a record that was read does nothing to the system."""
    tree, system = tree_of(Named("1", name="a"))
    tree.branches[0]["1"].name = "b"
    assert "a" == system.branch("named")["1"].name


def test_a_branch_that_was_not_given_is_empty() -> None:
    """A system needs no preparation to be a target."""
    assert {} == MemorySystem().branch("none")


def test_deleting_what_is_not_there_is_an_error() -> None:
    """A key that is not there cannot be deleted."""
    with pytest.raises(KeyError):
        MemorySystem().delete("named", "1")


def test_the_settings_must_hold_a_system() -> None:
    """Without a system the error says how to make one."""
    with pytest.raises(
        SettingsError, match=r"Tree has no system: make it with settings=\{\"system\": MemorySystem"
    ):
        Tree().load()


def test_switches_fail_as_often_as_they_say() -> None:
    """After that, the same write works."""
    system = MemorySystem()
    system.fail("named", "1", ValueError("no"), times=2)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            system.put("named", "1", 1)
    system.put("named", "1", 1)
    system.put("named", "2", 2)
    assert {"1": 1, "2": 2} == system.branch("named")


def test_a_record_that_is_there_meanwhile_fails() -> None:
    """A record that somebody has made since the system was read is not replaced."""
    right, system = tree_of()
    left, _ = tree_of(Named("1", name="a"))
    system.put("named", "1", Named("1", name="mine"))
    ((_, outcome),) = left.sync(right)
    assert (Status.FAILED, "there is such a record already") == (outcome.status, outcome.reason)
    assert "mine" == system.branch("named")["1"].name


def test_an_error_without_text_is_named() -> None:
    """A switch's error always leaves a reason."""
    right, system = tree_of()
    left, _ = tree_of(Named("1", name="a"))
    system.fail("named", "1", ZeroDivisionError())
    ((_, outcome),) = left.sync(right)
    assert "ZeroDivisionError" == outcome.reason


@pytest.mark.parametrize("make", [Named, Elsewhere])
def test_what_follows_from_other_fields_is_not_written(make: Callable[..., Named]) -> None:
    """A derived value changes with the fields that it follows from, and cannot be written itself."""
    right, system = tree_of(make("1", name="a"))
    left, _ = tree_of(Named("1", name="b"))
    result = left.sync(right)
    assert "b" == system.branch("named")["1"].name
    failed = {action.attribute: outcome.reason for action, outcome in result if not outcome.ok}
    expected = (
        {} if make is Named else {"label": "label: follows from other fields, and cannot be written itself"}
    )
    assert expected == failed


def test_transient_errors_undo_the_batch() -> None:
    """A batch that is tried again starts from the beginning."""
    right, system = tree_of()
    left, _ = tree_of(Named("1", name="a"), Named("2", name="b"))
    system.fail("named", "2", TransientError("later"))
    result = left.sync(right, policy=Policy(sleep=lambda _seconds: None))
    assert (True, ["1", "2"]) == (result.ok, list(system.branch("named")))
    assert [2, 2] == [outcome.attempts for _, outcome in result]


def test_the_system_is_not_shared_by_copies_of_its_records() -> None:
    """The right side holds records of its own, not the left side's."""
    left, _ = tree_of(Named("1", name="a"))
    right, system = tree_of()
    left.sync(right)
    assert left.branches[0]["1"] is not system.branch("named")["1"]
    assert "a" == copy.copy(system.branch("named")["1"]).name
