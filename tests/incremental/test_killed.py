"""A run that is killed leaves what is known whole: the old or the new, and the next run is as good as any."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adoption.projects import School, schools
from tests.incremental.test_runs import SCHEMA, incremental, proven, pupil, same_plan, sync

PUPILS = 100
KILLS = 4


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """A project with an incremental sync."""
    with schools(tmp_path / "school", SCHEMA) as made:
        incremental(made, "incremental = 4")
        yield made


def begun(school: School) -> subprocess.Popen[bytes]:
    """Begin a run in a process of its own."""
    command = [sys.executable, "-m", "dss_runtime.cli", "-C", str(school.folder), "sync", "nightly"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_killed_run(school: School) -> None:
    """Killed at any instant, a run leaves facts that are true; what was left undone the next run does."""
    rows = [pupil(number) for number in range(PUPILS)]
    school.pupils(*rows)
    sync(school)
    sync(school)
    at = time.monotonic()
    assert 0 == begun(school).wait()
    whole = time.monotonic() - at
    for kill in range(KILLS):
        rows[kill::7] = [(*row[:3], f"2011-0{kill + 1}-01") for row in rows[kill::7]]
        school.pupils(*rows)
        process = begun(school)
        try:
            process.wait(whole * (kill + 1) / KILLS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert all(0 <= pairs <= PUPILS for _, _, pairs in proven(school))
        same_plan(school)
    sync(school)
    assert [] == school.json("plan", "nightly")["actions"]
