"""What a careful programmer writes for these very records: a parser, and one loop over two dictionaries."""

from __future__ import annotations

import csv
import gc
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.records.files import SEPARATOR, Files
from benchmarks.records.stages import Stages
from benchmarks.records.workload import Counts

Found: TypeAlias = list[tuple[str, str, str, Any, Any]]
"""What differs: the kind, the key, the attribute, and the value of each side."""


class Person:
    """A record of slots."""

    __slots__ = (
        "active",
        "born",
        "changed_at",
        "city",
        "code",
        "courses",
        "email",
        "first_name",
        "grade",
        "last_name",
        "phone",
        "score",
    )

    def __init__(
        self,
        code: str,
        first_name: str,
        last_name: str,
        email: str,
        phone: str | None,
        city: str,
        grade: int,
        born: date,
        active: bool,
        score: float,
        courses: tuple[str, ...],
        changed_at: datetime,
    ) -> None:
        self.code = code
        self.first_name = first_name
        self.last_name = last_name
        self.email = email
        self.phone = phone
        self.city = city
        self.grade = grade
        self.born = born
        self.active = active
        self.score = score
        self.courses = courses
        self.changed_at = changed_at


def load(path: Path) -> dict[str, Person]:
    """Return the records of a file by key; what is no such cell ends it."""
    truth = {"true": True, "false": False}
    day, moment = date.fromisoformat, datetime.fromisoformat
    records: dict[str, Person] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        for code, first, last, email, phone, city, grade, born, active, score, courses, changed_at in rows:
            records[code] = Person(
                code,
                first,
                last,
                email,
                phone or None,
                city,
                int(grade),
                day(born),
                truth[active],
                float(score),
                tuple(courses.split(SEPARATOR)),
                moment(changed_at),
            )
    return records


def differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> Found:
    """Return what differs between records that have the fields of Person: one pass over each side."""
    found: Found = []
    add = found.append
    get = right.get
    for key, a in left.items():
        b = get(key)
        if b is None:
            add(("new", key, "", a, None))
            continue
        if a.first_name != b.first_name:
            add(("changed", key, "first_name", a.first_name, b.first_name))
        if a.last_name != b.last_name:
            add(("changed", key, "last_name", a.last_name, b.last_name))
        if a.email != b.email:
            add(("changed", key, "email", a.email, b.email))
        if a.phone != b.phone:
            add(("changed", key, "phone", a.phone, b.phone))
        if a.city != b.city:
            add(("changed", key, "city", a.city, b.city))
        if a.grade != b.grade:
            add(("changed", key, "grade", a.grade, b.grade))
        if a.born != b.born:
            add(("changed", key, "born", a.born, b.born))
        if a.active != b.active:
            add(("changed", key, "active", a.active, b.active))
        if a.score != b.score:
            add(("changed", key, "score", a.score, b.score))
        if a.courses != b.courses:
            add(("changed", key, "courses", a.courses, b.courses))
        if a.changed_at != b.changed_at:
            add(("changed", key, "changed_at", a.changed_at, b.changed_at))
    for key, b in right.items():
        if key not in left:
            add(("old", key, "", None, b))
    return found


def counted(found: Found) -> Counts:
    """Return how many there are of each kind."""
    kinds = [each[0] for each in found]
    return Counts(kinds.count("new"), kinds.count("changed"), kinds.count("old"))


def run(files: Files, stages: Stages) -> Counts:
    """Read both sides and compare them, the cyclic collector suspended all the time."""
    gc.disable()
    with stages("read"):
        left, right = load(files.left_csv), load(files.right_csv)
    with stages("diff"):
        found = differences(left, right)
    return counted(found)
