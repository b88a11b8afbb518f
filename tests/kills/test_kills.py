"""A real `dss apply` is killed at random instants; the next run finds out what happened, and converges.

`DSS_KILLS` says how many are killed per target; `python -m tests.kills` kills 200 and prints the figures.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kills.campaigns import kill_over_a_database, kill_over_a_service
from tests.kills.killing import Figures

KILLS = int(os.environ.get("DSS_KILLS", "2"))


@pytest.mark.slow
@pytest.mark.parametrize("campaign", [kill_over_a_service, kill_over_a_database])
def test_a_killed_run_loses_nothing_and_creates_nothing_twice(
    campaign: Callable[[Path, int], Figures], tmp_path: Path
) -> None:
    """Killed at any instant, a run is told by the next one, after which the target equals the source."""
    figures = campaign(tmp_path, KILLS)
    assert (KILLS, 0, 0, 0) == (
        figures.applies,
        figures.created_twice,
        figures.lost,
        figures.not_ours_touched,
    )
    assert set(figures.works) <= {"applied", "skipped"}
