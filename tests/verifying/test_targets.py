"""Real runs into targets that change what they are given: the report names what they did, and no more."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dss_runtime import Action, Outcome, Policy, SyncResult
from dss_runtime._model import with_value
from dss_runtime.adapters.memory import MemorySystem
from dss_runtime.codegen import override
from dss_runtime.verifying import Finding, find, likely
from tests.adapters.conformance import InMemory, SqlSystem, System
from tests.adapters.items import ITEMS, Item, item

FREE = Policy(guarded=False)
TRIGGER = """
    CREATE TRIGGER tidy_{event} AFTER {event} ON items
    WHEN NEW.text != trim(NEW.text) OR NEW.price != printf('%.2f', NEW.price) OR NEW.tags != lower(NEW.tags)
    BEGIN
        UPDATE items
        SET text = trim(NEW.text), price = printf('%.2f', NEW.price), tags = lower(NEW.tags)
        WHERE ident = NEW.ident;
    END
"""
HABITS = {"text": "trims", "price": "rounds", "tags": "lower_cases"}


class Tidying(MemorySystem):
    """A system in memory that trims texts, rounds prices and lower-cases tags."""

    @override
    def put(self, branch: str, key: Hashable, record: Any) -> None:
        held: dict[str, Any] = {"tags": frozenset(tag.lower() for tag in record.tags)}
        if record.text is not None:
            held["text"] = record.text.strip(" ")
        if record.price is not None:
            held["price"] = record.price.quantize(Decimal("0.01"), ROUND_HALF_UP)
        for name, value in held.items():
            record = with_value(record, name, value)
        super().put(branch, key, record)


class TidyingMemory(InMemory):
    """The same as a system of the conformance suite."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.system = Tidying()


class TidyingSql(SqlSystem):
    """A table of SQLite whose triggers do that."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.execute(*(TRIGGER.format(event=event) for event in ("INSERT", "UPDATE")))


def written(system: System, items: list[Item]) -> tuple[SyncResult, list[Action]]:
    """Make *system* hold *items*; return what became of that, and what differs when it is read again."""
    source = InMemory(Path())
    source.fill(items)
    left = source.tree().load()
    result = left.sync(system.tree().load(), policy=FREE)
    return result, left.diff(system.tree().load()).plan()[0]


_numbers = itertools.count()


def fresh(kind: type[System], folder: Path) -> System:
    """Return an empty system."""
    own = folder / str(next(_numbers))
    own.mkdir()
    return kind(own)


few = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
TEXTS = st.text("aB ", max_size=4)
TIDIED = st.builds(
    item,
    st.sampled_from("abcdef"),
    text=TEXTS,
    price=st.decimals(0, 99, places=4),
    tags=st.frozensets(st.sampled_from(["red", "Red", "BLUE"])),
)
SEVERAL = st.lists(TIDIED, min_size=1, max_size=4, unique_by=lambda each: each.ident)


@pytest.mark.parametrize("kind", [TidyingMemory, TidyingSql])
@few
@given(first=SEVERAL, second=SEVERAL)
def test_what_a_target_does_to_values_is_named(
    tmp_path: Path, kind: type[System], first: list[Item], second: list[Item]
) -> None:
    """Each field that differs has the habit that changed it, in new records and in changed ones."""
    system = fresh(kind, tmp_path)
    for items in (first, second, second):
        result, remaining = written(system, items)
        found = list(find(remaining, result))
        assert {(each.attribute, each.cause.name) for each in found} <= set(HABITS.items())
        assert {action.attribute for action in remaining} == {each.attribute for each in found}


@pytest.mark.parametrize("kind", [InMemory, SqlSystem])
@few
@given(first=ITEMS, second=ITEMS)
def test_a_faithful_target_gets_no_cause(
    tmp_path: Path, kind: type[System], first: list[Item], second: list[Item]
) -> None:
    """What holds what it was given has nothing to be named."""
    system = fresh(kind, tmp_path)
    for items in (first, second):
        result, remaining = written(system, items)
        assert [] == list(find(remaining, result))


def test_what_another_wrote_meanwhile_is_told_apart(tmp_path: Path) -> None:
    """Neither wanted nor before is another writer, as is what had not differed at all."""
    system = fresh(SqlSystem, tmp_path)
    assert isinstance(system, SqlSystem)
    written(system, [item("a", text="Mug", count=1)])
    source = InMemory(tmp_path)
    source.fill([item("a", text="Cup", count=1)])
    left = source.tree().load()
    result = left.sync(system.tree().load(), policy=FREE)
    system.execute("UPDATE items SET text = 'Pot', count = 2")
    found = list(find(left.diff(system.tree().load()), result))
    assert [("text", "another_writer", "'Mug'"), ("count", "meanwhile", "1")] == [
        (each.attribute, each.cause.name, each.before) for each in found
    ]


def test_records_that_came_and_went_are_told(tmp_path: Path) -> None:
    """A record that was written and is gone has vanished; one that nobody has written is another's."""
    system = fresh(InMemory, tmp_path)
    source = InMemory(tmp_path)
    source.fill([item("a")])
    left = source.tree().load()
    result = left.sync(system.tree().load(), policy=FREE)
    system.forget("a")
    assert isinstance(system, InMemory)
    system.system.put("items", "b", item("b"))
    found = list(find(left.diff(system.tree().load()), result))
    assert [
        ("ident='a'", "vanished", "the record", "no record"),
        ("ident='b'", "meanwhile", "no record", "the record"),
    ] == [(each.record, each.cause.name, each.wanted, each.found) for each in found]


def test_what_failed_is_no_question_of_convergence(tmp_path: Path) -> None:
    """Where nothing was applied, nothing is blamed on the target."""
    system = fresh(InMemory, tmp_path)
    system.refuse("a")
    result, remaining = written(system, [item("a", text="Cup ")])
    assert ["not_applied"] == [each.cause.name for each in find(remaining, result)]


def test_what_became_of_another_member_does_not_count(tmp_path: Path) -> None:
    """One tag was added and another could not be taken out: the target has not kept it of its own accord."""
    system = fresh(InMemory, tmp_path)
    written(system, [item("a", tags=frozenset({"old"}))])
    source = InMemory(tmp_path)
    source.fill([item("a", tags=frozenset({"new"}))])
    left, right = source.tree().load(), system.tree().load()
    actions = left.diff(right).plan()[0]
    kinds = {"added": Outcome.applied(), "removed": Outcome.failed("closed")}
    result = [(action, kinds[action.kind]) for action in actions]
    system.fill([item("a", tags=frozenset({"old", "new"}))])
    remaining = left.diff(system.tree().load()).plan()[0]
    assert ["not_applied"] == [each.cause.name for each in find(remaining, result)]


@pytest.mark.parametrize(("several", "before"), [(False, "Cup"), (True, "Cup"), (False, "Mug")])
def test_an_option_that_hides_is_advised_on_evidence_alone(
    tmp_path: Path, several: bool, before: str
) -> None:
    """One record that holds what it held before may not have been written at all: that comes first."""
    keys = "ab" if several else "a"
    source, system = InMemory(tmp_path), InMemory(tmp_path)
    source.fill([item(key, text="Cup and saucer") for key in keys])
    system.fill([item(key, text=before) for key in keys])
    left, right = source.tree().load(), system.tree().load()
    result = left.sync(right, policy=FREE)
    system.fill([item(key, text="Cup") for key in keys])
    (told,) = likely(find(left.diff(system.tree().load()), result))
    doubtful = not several and before == "Cup"
    assert "cuts_off" == told.cause
    assert doubtful is told.tells.startswith("it holds what it held before: the target ignores what is writ")
    assert doubtful is told.advice.startswith("look at the handler")
    assert told.advice.endswith("declare `max_length: 3` on the field")


def _found(detail: int, price: str, mode: str = ROUND_HALF_UP) -> Iterator[Finding]:
    """Yield what a target that keeps *detail* digits has made of a price."""
    source = InMemory(Path())
    source.fill([item("a", price=Decimal(price))])
    left = source.tree().load()
    system = InMemory(Path())
    right = system.tree().load()
    result = left.sync(right, policy=FREE)
    rounded = Decimal(price).quantize(Decimal(1).scaleb(-detail), mode)
    system.fill([item("a", price=rounded)])
    yield from find(left.diff(system.tree().load()), result)


def test_the_option_that_is_advised_covers_every_record() -> None:
    """Of several numbers of digits the largest is told: it explains what all records show."""
    (told,) = likely([*_found(3, "1.2501"), *_found(3, "1.2346"), *_found(3, "2.9999")])
    assert (3, "the target rounds to 3 digits after the point") == (told.count, told.tells)


def test_a_cause_that_explains_all_records_of_a_field_is_told_for_all() -> None:
    """Where one was cut off and others might have been rounded, all were cut off."""
    (told,) = likely([*_found(2, "1.231", ROUND_DOWN), *_found(2, "1.239", ROUND_DOWN)])
    assert ("cuts_digits", 2) == (told.cause, told.count)


def test_three_examples_are_enough() -> None:
    """A cause is told once for a field, however many records show it."""
    (told,) = likely(itertools.chain.from_iterable(_found(2, f"1.{number}9") for number in range(200, 210)))
    assert (10, 3) == (told.count, len(told.examples))


def test_an_outcome_that_nobody_knows_is_not_taken_for_written(tmp_path: Path) -> None:
    """Unknown is not applied: what is there may be from before."""
    system = fresh(InMemory, tmp_path)
    result, _ = written(system, [item("a")])
    unknown = [(action, Outcome.unknown("lost")) for action, _ in result]
    remaining = InMemory(tmp_path)
    remaining.fill([item("a"), item("b")])
    left = remaining.tree().load()
    system.forget("a")
    found = [each.cause.name for each in find(left.diff(system.tree().load()), unknown)]
    assert ["not_applied", "meanwhile"] == found
