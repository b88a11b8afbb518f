"""What a process costs: each run is one of its own, and of several the median counts."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
"""The checkout: where `python -m benchmarks` finds its modules."""


class Cost(NamedTuple):
    """Seconds on the clock, and seconds of processor time (user and system, children included)."""

    wall: float
    cpu: float


class FailedError(Exception):
    """A process that is measured has not ended as it should."""


def cost_of(command: Sequence[str], folder: Path) -> tuple[Cost, str]:
    """Run *command* in *folder*, and return what it cost and what it printed on standard output.

    Raises FailedError, with everything that was printed, for an exit code other than 0.
    """
    before, start = _children(), time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, encoding="utf-8", check=False
    )
    wall, cpu = time.perf_counter() - start, _children() - before
    if done.returncode:
        raise FailedError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return Cost(wall, cpu), done.stdout


def environment() -> dict[str, str]:
    """Return the variables of a process that is measured.

    It writes and uses bytecode, as it does by default, whatever this process was told.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _children() -> float:
    """Return the seconds of processor time of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def python(program: str) -> list[str]:
    """Return the command that runs a text as a program."""
    return [sys.executable, "-c", program]


def median_of(runs: int, measure: Callable[[], Cost]) -> Cost:
    """Return the medians of *runs* measurements, of each figure by itself."""
    costs = [measure() for _ in range(runs)]
    return Cost(median(each.wall for each in costs), median(each.cpu for each in costs))
