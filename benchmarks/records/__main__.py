"""Measures how two sides of many records are read, compared and brought in step, beside other ways to do it.

Prints a page of Markdown, or writes it with its chart; ends with 1 when a limit is passed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.records.contestants import CONTESTANTS
from benchmarks.records.limits import verdicts
from benchmarks.records.report import page
from benchmarks.records.rounds import Wishes, measured
from benchmarks.records.workload import expected
from benchmarks.records.writes.measuring import Writes, writes_measured

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
PAGE, CHART = "speed.md", "speed.svg"
WRITES = "writes"


def main() -> int:
    """Measure, write and return the exit code: 1 when a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help=f"records of each side ({SIZES})")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the median counts (3)")
    parser.add_argument(
        "--patience", type=float, default=200.0, help="after how many seconds a run is ended (200)"
    )
    parser.add_argument(
        "--only", nargs="+", choices=(*CONTESTANTS, WRITES), default=(), help="who is measured (all)"
    )
    parser.add_argument("--out", type=Path, help=f"the folder for {PAGE} and {CHART} (the page is printed)")
    parser.add_argument("--data", type=Path, help="a folder that keeps the records, to be used again")
    given = parser.parse_args()
    wishes = Wishes(given.sizes, given.runs, given.patience, given.only)
    try:
        for size in wishes.sizes:
            expected(size)
    except ValueError as error:
        parser.error(str(error))
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.data or Path(temporary)).resolve()
        results = measured(folder, wishes)
        writing = not given.only or WRITES in given.only
        writes = writes_measured(folder, wishes.runs, wishes.patience) if writing else Writes()
    found = list(verdicts(results, writes))
    text = page(results, writes, found, runs=wishes.runs, chart=CHART)
    if given.out is None:
        print(text, end="")
    else:
        from benchmarks.records.chart import draw  # matplotlib, whose memory no run may take for its own

        (given.out / PAGE).write_text(text, encoding="utf-8")
        draw(results, given.out / CHART)
    return 1 if any(each.ok is False for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
