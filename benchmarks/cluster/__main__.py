"""The figures of docs/explanation/sizing.md: `python -m benchmarks.cluster --help`."""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.processes import cost_of
from benchmarks.records.files import Files, write_csv
from benchmarks.records.project import write_project

GIB = 1 << 30
COLUMNS = (
    "records a side", "files", "wall", "processor", "Python's memory", "Java's memory", "shuffled", "spilled",
)  # fmt: skip


def main() -> None:
    """Measure each size, and print a table of medians and the exponents of growth."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=main.__doc__)
    parser.add_argument("sizes", type=int, nargs="+", help="records on each side: 100000 1000000 10000000")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the median counts (3)")
    parser.add_argument("--master", default="local[2]", help="the address of the cluster")
    parser.add_argument("--memory", default="4g", help="Java's heap in this process")
    given = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{'--:|' * len(COLUMNS)}", flush=True)
    cluster = (given.master, given.memory)
    found = [(size, _measured(size, cluster, given.runs)) for size in sorted(set(given.sizes))]
    for (size, told), (larger, other) in pairwise(found):
        grown = {
            name: math.log(other[name] / told[name], larger / size) for name in ("wall", "cpu", "shuffled")
        }
        shown = ", ".join(f"{name} {exponent:.2f}" for name, exponent in grown.items())
        print(f"from {size:,} to {larger:,}, as a power of the size: {shown}")


def _measured(size: int, cluster: Sequence[str], runs: int) -> Mapping[str, float]:
    """Return the medians of what was told of each run, and print them."""
    with tempfile.TemporaryDirectory(prefix="dss-cluster-") as folder:
        files = Files(Path(folder), size)
        write_csv(files)
        write_project(files.project)
        told = [_told(["benchmarks.cluster.run", folder, str(size), *cluster]) for _ in range(runs)]
        medians = {name: median(each[name] for each in told) for name in told[0]}
        read = sum(each.stat().st_size for each in (files.left_csv, files.right_csv))
        print(_line([f"{size:,}", _bytes(read), *_figures(medians)]), flush=True)
    return medians


def _told(program: Sequence[str]) -> Mapping[str, float]:
    """Return what a run tells of itself, and what it has cost."""
    cost, printed = cost_of([sys.executable, "-m", *program], Path(__file__).parents[2])
    told: dict[str, float] = json.loads(printed.splitlines()[-1])
    told.update(wall=cost.wall, cpu=told["python_cpu"] + told["java_cpu"])
    print(json.dumps(told), file=sys.stderr)
    return told


def _figures(told: Mapping[str, float]) -> Sequence[str]:
    seconds = (f"{told[name]:.1f} s" for name in ("wall", "cpu"))
    return *seconds, *(_bytes(told[name]) for name in ("python_memory", "java_memory", "shuffled", "spilled"))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _bytes(count: float) -> str:
    return f"{count / GIB:.2f} GiB"


if __name__ == "__main__":
    main()
