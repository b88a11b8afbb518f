"""DiffSync: models of pydantic in two adapters."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar

from diffsync import Adapter, DiffSyncModel

from benchmarks.records.files import SEPARATOR, Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import FIELDS, Counts


class Person(DiffSyncModel):
    """A record."""

    _modelname: ClassVar[str] = "person"
    _identifiers: ClassVar[tuple[str, ...]] = ("code",)
    _attributes: ClassVar[tuple[str, ...]] = FIELDS[1:]

    code: str
    first_name: str
    last_name: str
    email: str
    phone: str | None
    city: str
    grade: int
    born: date
    active: bool
    score: float
    courses: tuple[str, ...]
    changed_at: datetime


class Side(Adapter):
    """One side, read from a file."""

    person = Person
    top_level: ClassVar[list[str]] = ["person"]

    def read(self, path: Path) -> None:
        """Add the records of a file; pydantic makes their values of the texts."""
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                values: dict[str, Any] = {**row, "phone": row["phone"] or None}
                values["courses"] = row["courses"].split(SEPARATOR)
                self.add(Person(**values))


def run(files: Files, stages: Stages) -> Counts:
    """Read both sides and compare them."""
    left, right = Side(name="left"), Side(name="right")
    with stages("read"):
        left.read(files.left_csv)
        right.read(files.right_csv)
    with stages("diff"):
        found = right.diff_from(left)
    summary = found.summary()
    return Counts(summary["create"], summary["update"], summary["delete"])
