"""Runs into every kind of trouble, over a database and over a web service, end in what is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.conftest import make_world
from tests.faults.machine import Machine
from tests.kills.service import Service

LIMITS = settings(
    max_examples=max(settings().max_examples // 3, 5),
    stateful_step_count=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["base", "web"])
def test_whatever_goes_wrong_is_made_good(root: Path, service: Service, kind: str) -> None:
    """The report is true, nothing is there twice, nothing protected is touched, and all converges."""

    class Over(Machine):
        def __init__(self) -> None:
            super().__init__(make_world(kind, root, service))

    run_state_machine_as_test(Over, settings=LIMITS)
