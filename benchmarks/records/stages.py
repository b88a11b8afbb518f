"""What a contestant does, stage by stage, and what each has cost."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from benchmarks.processes import Cost


class Stages:
    """Notes the cost of each stage: `with stages("read"): …`. A stage that is entered again adds up.

    *elsewhere* tells the processor time of what works for this process without being a child of it. Who
    chooses by what to find the differences notes it as `engine`.
    """

    def __init__(self, elsewhere: Callable[[], float] = float) -> None:
        self.costs: dict[str, Cost] = {}
        self.engine = ""
        self._elsewhere = elsewhere

    @contextmanager
    def __call__(self, name: str) -> Generator[None]:
        """Note the cost of what the block does."""
        wall, cpu = time.perf_counter(), self._processor()
        try:
            yield
        finally:
            spent = Cost(time.perf_counter() - wall, self._processor() - cpu)
            before = self.costs.get(name, Cost(0.0, 0.0))
            self.costs[name] = Cost(before.wall + spent.wall, before.cpu + spent.cpu)

    def print(self) -> None:
        """Print what was noted, as one line of JSON."""
        print(json.dumps({"stages": self.costs, "engine": self.engine}))

    def _processor(self) -> float:
        """Return the seconds of processor time so far: here, of children that have ended, and elsewhere."""
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(each.ru_utime + each.ru_stime for each in used) + self._elsewhere()
