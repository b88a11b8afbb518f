"""What a run keeps the cyclic garbage collector from, and what not."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from weakref import ref

import pytest

from dss_runtime import DefaultTemplate
from dss_runtime._collector import MANY, MOST, collector_suspended, left_alone
from tests.runtime.things import things


@pytest.fixture(autouse=True)
def unchanged() -> Iterator[None]:
    """Leave the collector as it was."""
    before, enabled = gc.get_threshold(), gc.isenabled()
    yield
    gc.set_threshold(*before)
    (gc.enable if enabled else gc.disable)()


@pytest.mark.parametrize("first", [0, 700, 1_000_000])
def test_the_collector_is_as_before_when_a_run_has_ended(first: int) -> None:
    """It looks less often meanwhile, never where it was switched off, and at all there is afterwards."""
    gc.set_threshold(first, 11, 12)
    with suppress(KeyError), left_alone():
        assert (first and max(first, 50_000), 11, 12) == gc.get_threshold()
        raise KeyError
    assert (first, 11, 12) == gc.get_threshold()


def test_the_collector_is_as_before_when_the_last_of_several_runs_has_ended() -> None:
    """Runs in several threads overlap as they like."""
    gc.set_threshold(700, 11, 12)
    first, second = left_alone(), left_alone()
    for step in (first.__enter__, second.__enter__):
        step()
    first.__exit__(None, None, None)
    assert (50_000, 11, 12) == gc.get_threshold()
    second.__exit__(None, None, None)
    assert (700, 11, 12) == gc.get_threshold()


def test_circles_that_handlers_leave_behind_are_found_during_a_run() -> None:
    """However long a run is, memory that nobody uses comes back."""
    found: list[int] = []

    class Circular(DefaultTemplate):
        def new_things(self, _action: Any, /) -> None:
            for _ in range(20_000):
                circle: list[Any] = []
                circle.append(circle)

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            found.append(info["collected"])

    gc.enable()
    gc.callbacks.append(note)
    try:
        things({str(number): {} for number in range(10)}).sync(things(template=Circular))
    finally:
        gc.callbacks.remove(note)
    assert sum(found) > 100_000


def test_what_large_runs_leave_behind_is_found_in_the_end() -> None:
    """A process that goes on from run to run, each with many objects, holds those of a few runs at most."""

    class Tree:
        """Knows its branches, which know it."""

        def __init__(self) -> None:
            self.branches = [{"tree": self} for _ in range(2 * MANY)]

    gc.enable()
    left: list[ref[Tree]] = []
    for _ in range(2 * MOST + 1):
        with collector_suspended():
            left.append(ref(Tree()))
    assert sum(each() is not None for each in left) <= MOST


def test_many_small_runs_hold_no_memory() -> None:
    """What a run has made is gone some runs later, without anybody asking for a collection."""

    def synced() -> ref[Any]:
        tree = things()
        things({str(number): {} for number in range(10)}).sync(tree)
        return ref(tree)

    gc.enable()
    gc.collect()
    left = [synced() for _ in range(2_000)]
    assert sum(each() is not None for each in left) < 1_000
