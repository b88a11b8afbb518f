"""What the journal says of a work is in the end what became of it, whatever went wrong with the journal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.conftest import make_world
from tests.faults.injecting import Faults, fail, interrupt
from tests.faults.world import World, people, person, report_of
from tests.kills.service import Service

STATES = {"applied", "skipped", "failed", "blocked", "rejected", "unknown"}


def states(world: World, run: int) -> list[str]:
    """Return the states of a run's works."""
    return [work.state for work in world.works(run)]


def test_a_run_without_faults_settles_its_works(world: World) -> None:
    """Everything is applied, and noted so."""
    world.source = people(person("1"), person("2", note="x"), teams=[("1", "a")])
    done = world.sync("--verify", "--json")
    assert done is not None
    assert 0 == done.exit_code, done.output
    assert ["applied"] * 3 == states(world, 1)


@pytest.mark.parametrize("kind", ["base", "web"])
@pytest.mark.parametrize("fault", ["kill", "fail", "interrupt"])
@settings(max_examples=max(settings().max_examples // 3, 5))
@given(at=st.integers(1, 120))
def test_a_fault_anywhere_is_settled_by_the_next_run(
    root: Path, service: Service, kind: str, fault: str, at: int
) -> None:
    """After the next run no work is open, each run has an end, and the target equals the source."""
    world = make_world(kind, root, service)
    world.source = people(person("1"), person("2", note="x"), person("3"), teams=[("1", "a"), ("3", "a")])
    world.sync()
    world.source = people(person("1", name="Bo"), person("2"), person("4"), teams=[("1", "b")])
    faults = Faults()
    faults.at[at] = {"kill": faults.kill, "fail": fail, "interrupt": interrupt}[fault]
    world.sync("--json", faults=faults)
    done = world.sync("--verify", "--json")
    assert done is not None
    assert 0 == done.exit_code, done.output
    assert "running" not in {run.state for run in world.runs()}
    for run in world.runs():
        assert set(states(world, run.id)) <= STATES
    again = report_of(world.sync("--json"))
    assert (0, "in_step") == (again["differences"], again["state"])
