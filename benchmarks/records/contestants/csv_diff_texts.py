"""csv-diff: the cells as texts."""

from __future__ import annotations

from csv_diff import compare, load_csv

from benchmarks.records.files import Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import Counts


def run(files: Files, stages: Stages) -> Counts:
    """Read both sides, and compare them."""
    with stages("read"), files.left_csv.open(newline="") as left, files.right_csv.open(newline="") as right:
        sides = load_csv(right, key="code"), load_csv(left, key="code")
    with stages("diff"):
        found = compare(*sides)
    changed = sum(len(each["changes"]) for each in found["changed"])
    return Counts(len(found["added"]), changed, len(found["removed"]))
