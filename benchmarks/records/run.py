"""One contestant, once: `python -m benchmarks.records.run NAME FOLDER SIZE`; prints what it has cost."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.records.contestants import CONTESTANTS
from benchmarks.records.files import Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import expected


def main(name: str, folder: str, size: str) -> None:
    """Run it, hold what it found against what is there, and print the stages as JSON."""
    files, stages = Files(Path(folder), int(size)), Stages()
    found = CONTESTANTS[name].run(files, stages)
    if found != expected(files.size):
        raise SystemExit(f"{name} found {found}, expected {expected(files.size)}")
    stages.print()


if __name__ == "__main__":
    main(*sys.argv[1:])
