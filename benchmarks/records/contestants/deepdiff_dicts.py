"""deepdiff: two dictionaries of dictionaries."""

from __future__ import annotations

from typing import Any

from deepdiff import DeepDiff

from benchmarks.records.contestants.by_hand import Person, load
from benchmarks.records.files import Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import FIELDS, Counts


def run(files: Files, stages: Stages) -> Counts:
    """Read both sides by hand, and compare them; what differs within one field counts once."""
    with stages("read"):
        left, right = (
            {key: _plain(each) for key, each in load(path).items()}
            for path in (files.left_csv, files.right_csv)
        )
    with stages("diff"):
        found: Any = DeepDiff(right, left, view="tree")
    changed = {
        tuple(each.path(output_format="list")[:2])
        for kind, changes in found.items()
        if kind not in ("dictionary_item_added", "dictionary_item_removed")
        for each in changes
    }
    return Counts(len(found["dictionary_item_added"]), len(changed), len(found["dictionary_item_removed"]))


def _plain(record: Person) -> dict[str, Any]:
    return {name: getattr(record, name) for name in FIELDS}
