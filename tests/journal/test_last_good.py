"""What earlier runs leave for the next one to be compared with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dss_runtime import DataStoreTree
from dss_runtime._override import Override
from dss_runtime._sync_rules import LastGood
from dss_runtime.journal import Bounds, Journal, NewRun, RunState, last_good, noted_sources
from dss_runtime.plans import Seal
from dss_runtime.plans._values import Values
from tests.cli.fake_shop import Product, ProductsBranch

STATES: tuple[RunState, ...] = ("applied", "incomplete", "held", "interrupted", "failed")


class A(ProductsBranch):
    """A branch of products."""

    __branchname__ = "a"


class B(ProductsBranch):
    """Another one."""

    __branchname__ = "b"


class Shop(DataStoreTree):
    """The target."""

    __branches__ = (A, B)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with closing(Journal(tmp_path / "journal.sqlite")) as opened:
        yield opened


def run(
    journal: Journal, state: RunState, summary: dict[str, Any], *, left: str = "Left", target: str = "t"
) -> int:
    """Note a run that has ended, and return its number."""
    number = begun(journal, left=left, target=target)
    journal.end(number, state, summary)
    return number


def begun(journal: Journal, *, left: str = "Left", target: str = "t", plan: str | None = None) -> int:
    """Note a run that has begun."""
    new = NewRun(
        command="sync", left=left, right="Right", branches=("a",), schema="s", target=target, plan=plan
    )
    return journal.begin(new, {})


def made(journal: Journal, number: int, *states: str, phase: str = "new", branch: str = "a") -> None:
    """Note what a run has done to records."""
    journal.add_works(
        (number, at, phase, branch, json.dumps({"sku": f"{number}-{at}"}), "[]", None, None, state, "", 1, "")
        for at, state in enumerate(states, 1)
    )


def known(journal: Journal, target: str, *skus: str) -> LastGood:
    """Return what earlier runs leave, where the branches `a` and `b` hold *skus* now."""
    shop = Shop()
    for branch in shop.branches:
        for sku in skus:
            branch.put(sku, Product(sku=sku))
    return last_good(journal, "Left", "Right", target, shop.branches, Values(Seal(b"k" * 32)))


def test_nothing_is_known_of_an_empty_journal(journal: Journal) -> None:
    """The first run has nothing to be compared with."""
    assert LastGood() == known(journal, "t")


def test_the_latest_good_run_counts_and_earlier_ones_where_it_is_silent(journal: Journal) -> None:
    """By branch: a run that looked at one branch leaves the others' figures as they are."""
    run(
        journal,
        "applied",
        {"sources": noted_sources([("a", 1, 10), ("b", 2, None)]), "target": {"a": 5, "b": 6}},
    )
    run(journal, "incomplete", {"sources": noted_sources([("a", 3, 30)]), "target": {"a": 7}})

    assert LastGood(rows={"a": 3, "b": 2}, sizes={"a": 30}, holds={"a": 7, "b": 6}) == known(journal, "t")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=5))
def test_only_runs_that_came_to_their_end_count(journal: Journal, states: list[RunState]) -> None:
    """What was held, killed or broke off has proven nothing."""
    target = f"t{begun(journal)}"
    for number, state in enumerate(states):
        run(journal, state, {"target": {"a": number}}, target=target)
    good = [number for number, state in enumerate(states) if state in ("applied", "incomplete")]

    assert ({"a": good[-1]} if good else {}) == known(journal, target).holds


def test_sources_are_those_of_the_same_two_trees_and_the_target_is_one(journal: Journal) -> None:
    """Another source into the same target tells of the target alone; another target tells of nothing."""
    run(journal, "applied", {"sources": noted_sources([("a", 1, 1)]), "target": {"a": 4}}, left="Other")
    run(journal, "applied", {"sources": noted_sources([("a", 2, 2)]), "target": {"a": 9}}, target="elsewhere")

    assert LastGood(holds={"a": 4}) == known(journal, "t")


def test_what_unfinished_runs_have_created_counts_while_it_is_there(journal: Journal) -> None:
    """Created, neither refused nor unknown, since the last good run on this target, and not gone since."""
    states = ("applied", "written", "intended", "failed", "unknown")
    made(journal, run(journal, "applied", {}), "applied", "applied")
    made(journal, run(journal, "interrupted", {}), *states)
    made(journal, run(journal, "failed", {}), "applied", phase="old")
    made(journal, run(journal, "failed", {}, target="elsewhere"), "applied")
    made(journal, run(journal, "failed", {}), "applied", branch="b")
    every = [f"{number}-{at}" for number in range(1, 6) for at in range(1, 6)]

    assert {"a": 2, "b": 1} == known(journal, "t", *every).created
    assert {"a": 1, "b": 0} == known(journal, "t", "1-1", "2-2").created


def test_what_two_runs_have_created_counts_once(journal: Journal) -> None:
    """A run that was rolled back, and the next one that created the same: the target holds one record."""
    for _ in range(2):
        number = run(journal, "interrupted", {})
        key = json.dumps({"sku": "A"})
        journal.add_works([(number, 1, "new", "a", key, "[]", None, None, "written", "", 1, "")])

    assert {"a": 1} == known(journal, "t", "A").created


def test_an_override_is_used_by_a_run_that_came_to_its_end(journal: Journal) -> None:
    """The very same names, reason and day; another of these makes another override."""
    override = Override(("old:a",), "why", date(2026, 11, 30))
    for state in ("held", "failed", "interrupted"):
        run(journal, state, {"override": override.json()})
    assert journal.overridden("t", override.json()) is None

    number = run(journal, "incomplete", {"override": override.json()})

    found = journal.overridden("t", override.json())
    assert found is not None
    assert number == found[0]
    for other in (Override(("old:b",), "why", override.until), Override(("old:a",), "why")):
        assert journal.overridden("t", other.json()) is None
    assert journal.overridden("elsewhere", override.json()) is None


def test_an_override_is_used_for_good(journal: Journal) -> None:
    """The run that had it is forgotten, what it was allowed is not allowed again."""
    override = Override(("old:a",), "why").json()
    run(journal, "applied", {"override": override})
    run(journal, "applied", {})
    journal.prune(Bounds(keep_runs=1))

    assert journal.run(1) is None
    assert journal.overridden("t", override) is not None


@pytest.mark.parametrize("state", ["held", "failed", "interrupted"])
@pytest.mark.parametrize("tried", [False, True])
def test_the_plan_of_a_run_that_tried_nothing_may_be_applied_yet(
    journal: Journal, state: RunState, tried: bool
) -> None:
    """A run that did not come to its end has used its plan only where it has tried something."""
    number = begun(journal, plan="mark")
    made(journal, number, *["applied"] * tried)
    journal.end(number, state, {})
    assert tried == (journal.applied("mark") is not None)


def test_a_plan_is_as_far_as_the_last_run_that_tried_something_of_it(journal: Journal) -> None:
    """A run in between that was held does not hide the one that began the plan."""
    first = begun(journal, plan="mark")
    made(journal, first, "applied")
    journal.end(first, "interrupted", {})
    journal.end(begun(journal, plan="mark"), "held", {})
    found = journal.applied("mark")
    assert found is not None
    assert first == found[0]
    last = begun(journal, plan="mark")
    journal.end(last, "applied", {})
    found = journal.applied("mark")
    assert found is not None
    assert last == found[0]


def test_an_applied_plan_is_applied_for_good(journal: Journal) -> None:
    """One that had nothing to do too, and after its run was forgotten."""
    journal.end(begun(journal, plan="mark"), "applied", {})
    assert journal.applied("mark") is not None

    run(journal, "applied", {})
    journal.prune(Bounds(keep_runs=1))
    assert journal.run(1) is None
    assert journal.applied("mark") is not None
