"""Runs that are measured: a process each, in turn, so that what slows the machine slows all alike."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from threading import Timer

from benchmarks.processes import ROOT, Cost, FailedError, environment

KIB = 1024
UNIT = 1 if sys.platform == "darwin" else KIB
"""What the system counts a process's memory in: macOS in bytes, Linux in kibibytes."""
COMPARED = ("read", "diff", "read and diff", "command")
"""The stages that find the differences; others carry them out, or are there to be compared with."""


class EndedError(Exception):
    """A run was ended: it took longer than it may, or more memory than there is."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process has cost: its stages, all of it, and the most memory that it had, in bytes.

    `engine` is by what it has chosen to find the differences, where there is a choice.
    """

    stages: Mapping[str, Cost]
    whole: Cost
    peak: int
    engine: str = ""

    @property
    def compared(self) -> Cost:
        """What it took from the files to the differences."""
        stages = [self.stages[name] for name in COMPARED if name in self.stages]
        return Cost(sum(each.wall for each in stages), sum(each.cpu for each in stages))


def run(module: str, arguments: Sequence[str], patience: float) -> Run:
    """Run a module, which prints the costs of its stages as JSON in its last line.

    Raises EndedError after *patience* seconds, FailedError, with what it printed, when it fails.
    """
    command = (sys.executable, "-m", module, *arguments)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=out, stderr=err, cwd=ROOT, env=environment(), start_new_session=True
        )
        ending = Timer(patience, os.killpg, (process.pid, signal.SIGKILL))
        ending.start()
        _, status, used = os.wait4(process.pid, 0)
        ending.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begun
        out.seek(0)
        err.seek(0)
        printed, complaints = out.read().decode(), err.read().decode()
    if process.returncode == -signal.SIGKILL:
        raise EndedError(
            f"not done after {patience:.0f} s" if wall >= patience else "killed: not enough memory"
        )
    if process.returncode:
        raise FailedError(f"{' '.join(command)}: exit code {process.returncode}\n{printed}{complaints}")
    told = json.loads(printed.splitlines()[-1])
    stages = {name: Cost(*cost) for name, cost in told["stages"].items()}
    return Run(stages, Cost(wall, used.ru_utime + used.ru_stime), used.ru_maxrss * UNIT, told["engine"])


def medians(runs: Sequence[Run]) -> Run:
    """Return the medians of several runs, of each figure by itself."""
    return Run(
        {name: _median([each.stages[name] for each in runs]) for name in runs[0].stages},
        _median([each.whole for each in runs]),
        round(median(each.peak for each in runs)),
        runs[0].engine,
    )


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(median(each.wall for each in costs), median(each.cpu for each in costs))
