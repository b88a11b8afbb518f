"""What a run keeps the cyclic garbage collector from, and what not."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from dss_runtime import DefaultTemplate
from dss_runtime._collector import left_alone
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
        assert gc.get_freeze_count() > 0
        assert (first and max(first, 50_000), 11, 12) == gc.get_threshold()
        raise KeyError
    assert (first, 11, 12) == gc.get_threshold()
    assert 0 == gc.get_freeze_count()


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
