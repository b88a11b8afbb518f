"""One comparison, once: `python -m benchmarks.cluster.run FOLDER SIZE MASTER MEMORY`; prints its cost."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.records.contestants.product import counted, tree
from benchmarks.records.files import Files
from benchmarks.records.workload import expected
from dss_runtime._sifting import load_both
from dss_runtime.engines.spark import SparkSieve

_SHUFFLED = "internal.metrics.shuffle.write.bytesWritten"
_SPILLED = "internal.metrics.diskBytesSpilled"


def main(folder: str, size: str, master: str, memory: str) -> None:
    """Compare two sides, hold what is found against what is there, and print the costs as JSON."""
    files = Files(Path(folder), int(size))
    left, right = tree(files, "Left"), tree(files, "Right")
    with tempfile.TemporaryDirectory() as events:
        options = {
            "spark.driver.memory": memory,
            "spark.driver.host": "127.0.0.1",
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": f"file://{events}",
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
            "spark.local.dir": folder,
        }
        sieve = SparkSieve(master, options)
        begun = time.perf_counter()
        session = sieve.begin()
        started = time.perf_counter()
        (chosen,) = load_both(left, right, sieve)
        read = time.perf_counter()
        actions, _ = (left - right).plan()
        ended = time.perf_counter()
        workers = list(_children(os.getpid()))
        java = (sum(map(_cpu, workers)), sum(map(_memory, workers)))
        session.stop()
        told = _told(Path(events))
    found = counted(actions)
    if chosen.engine != "spark" or found != expected(files.size):
        raise SystemExit(f"{chosen} found {found}, expected {expected(files.size)}")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "start": started - begun,
                "read": read - started,
                "diff": ended - read,
                "python_cpu": used.ru_utime + used.ru_stime,
                "python_memory": used.ru_maxrss * 1024,
                "java_cpu": java[0],
                "java_memory": java[1],
                "shuffled": told[_SHUFFLED],
                "spilled": told[_SPILLED],
                "held": sum(len(each.branches[0].held) for each in (left, right)),
            }
        )
    )


def _told(folder: Path) -> dict[str, int]:
    """Return the sums of some metrics over all stages so far."""
    sums = {_SHUFFLED: 0, _SPILLED: 0}
    for path in folder.iterdir():
        for line in path.read_text(encoding="utf-8").split("\n"):
            event: Any = json.loads(line or "{}")
            if event.get("Event") == "SparkListenerStageCompleted":
                for each in event["Stage Info"]["Accumulables"]:
                    if each.get("Name") in sums:
                        sums[each["Name"]] += int(each["Value"])
    return sums


def _children(parent: int) -> Iterator[int]:
    """Yield the processes below a process."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            yield int(path.parent.name)
            yield from _children(int(path.parent.name))


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    """Return the most memory that a process had; one that has ended has none."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next((int(each.split()[1]) * 1024 for each in lines if each.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
