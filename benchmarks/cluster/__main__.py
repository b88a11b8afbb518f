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

from benchmarks.processes import cost_of
from benchmarks.records.files import Files, write_csv
from benchmarks.records.project import write_project

GIB = 1 << 30
COLUMNS = (
    "records a side", "files", "wall", "processor", "Python's memory", "Java's memory", "shuffled", "spilled",
)  # fmt: skip


def main() -> None:
    """Measure each size once, and print a table and the exponents of growth."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=main.__doc__)
    parser.add_argument("sizes", type=int, nargs="+", help="records on each side: 100000 1000000 10000000")
    parser.add_argument("--master", default="local[2]", help="the address of the cluster")
    parser.add_argument("--memory", default="4g", help="Java's heap in this process")
    given = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{'--:|' * len(COLUMNS)}", flush=True)
    found = [(size, _measured(size, given.master, given.memory)) for size in sorted(given.sizes)]
    for (size, told), (larger, other) in pairwise(found):
        grown = {
            name: math.log(other[name] / told[name], larger / size) for name in ("wall", "cpu", "shuffled")
        }
        shown = ", ".join(f"{name} {exponent:.2f}" for name, exponent in grown.items())
        print(f"from {size:,} to {larger:,}, as a power of the size: {shown}")


def _measured(size: int, master: str, memory: str) -> Mapping[str, float]:
    with tempfile.TemporaryDirectory(prefix="dss-cluster-") as folder:
        files = Files(Path(folder), size)
        write_csv(files)
        write_project(files.project)
        command = [sys.executable, "-m", "benchmarks.cluster.run", folder, str(size), master, memory]
        cost, printed = cost_of(command, Path(__file__).parents[2])
        told: dict[str, float] = json.loads(printed.splitlines()[-1])
        told.update(wall=cost.wall, cpu=told["python_cpu"] + told["java_cpu"])
        read = sum(each.stat().st_size for each in (files.left_csv, files.right_csv))
        print(_line([f"{size:,}", _bytes(read), *_figures(told)]), flush=True)
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
