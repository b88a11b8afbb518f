"""The records that are compared: two sides, made from their numbers alone, and how many of them differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

CITIES = tuple(f"{name} {part}" for name in ("North", "South", "East", "West") for part in range(1, 13))
FIRST_NAMES = tuple(
    "Anna Béla Carla Đorđe Eva Franz Greta Hugo Ines Jonas Kim Łukasz Mira Nils Olga Paul".split()
)
COURSES = tuple(
    f"{subject}-{number}" for subject in ("MAT", "ENG", "BIO", "ART") for number in range(100, 160)
)
FIRST_DAY, FIRST_MOMENT = date(1990, 1, 1), datetime(2026, 1, 1)

LARGEST = 1_000_000
"""The most records that are given to what is no engine."""
SPREAD = 37
"""Has no divisor in common with 100: what is new, changed or old lies all over the file, not in one place."""
STRIDE = 7919
"""A prime: the right side has its records in another order than the left."""


class Row(NamedTuple):
    """One record, typed; its twelve fields in the order of the columns."""

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


FIELDS = Row._fields


@dataclass(frozen=True, slots=True)
class Mixture:
    """How many records in a hundred the left side alone has, how many differ, in one field each, and how
    many the right side alone has: as many as are new, so that both sides are equally long."""

    new: int
    changed: int

    @property
    def old(self) -> int:
        """How many in a hundred the right side alone has."""
        return self.new


EVERYDAY = Mixture(new=1, changed=6)
"""What a night brings: 1 % new, 6 % changed, 1 % old."""
HEAVY = Mixture(new=10, changed=40)
"""What keeps a database busy: 10 % new, 40 % changed, 10 % old."""
MIXTURES = {"everyday": EVERYDAY, "heavy": HEAVY}


class Counts(NamedTuple):
    """How many records are new, how many fields of records differ, and how many records are old."""

    new: int
    changed: int
    old: int


def expected(size: int, mixture: Mixture = EVERYDAY) -> Counts:
    """Return what has to be found between two sides of *size* records each.

    Raises ValueError for a size that is no multiple of a hundred, or that is one of the stride.
    """
    if size <= 0 or size % 100 or size % STRIDE == 0:
        raise ValueError(f"expected a multiple of 100, and not of {STRIDE}, got {size}")
    hundreds = size // 100
    return Counts(hundreds * mixture.new, hundreds * mixture.changed, hundreds * mixture.old)


def left(size: int) -> Iterator[Row]:
    """Yield the records of the left side, by number."""
    return map(_row, range(size))


def right(size: int, mixture: Mixture = EVERYDAY) -> Iterator[Row]:
    """Yield the records of the right side, in an order of its own."""
    for at in range(size):
        number = at * STRIDE % size
        place = number * SPREAD % 100
        if place < mixture.new:
            yield _row(number)._replace(code=f"X{number:08}")
        elif place < mixture.new + mixture.changed:
            yield _changed(_row(number), number)
        else:
            yield _row(number)


def _row(number: int) -> Row:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = f"Family{number * 7 % 50_021}"
    return Row(
        code=f"P{number:08}",
        first_name=first,
        last_name=last,
        email=f"{last.lower()}.{number}@school.example",
        phone=None if number % 3 == 0 else f"+43 1 {number % 10_000_000:07}",
        city=CITIES[number % len(CITIES)],
        grade=number % 13,
        born=FIRST_DAY + timedelta(days=number % 7_300),
        active=number % 5 != 0,
        score=(number * 31 % 10_000) / 100,
        courses=tuple(COURSES[(number + step) % len(COURSES)] for step in (0, 7, 19, 42, 77, 101)),
        changed_at=FIRST_MOMENT + timedelta(seconds=number * 61 % 31_536_000),
    )


def _changed(row: Row, number: int) -> Row:
    """Return the record with one field changed: each of six kinds in turn."""
    match number // 100 % 6:
        case 0:
            return row._replace(last_name=row.last_name + "-Maier")
        case 1:
            return row._replace(phone="+43 1 0" if row.phone is None else None)
        case 2:
            return row._replace(grade=row.grade + 1)
        case 3:
            return row._replace(active=not row.active)
        case 4:
            return row._replace(score=row.score + 0.5)
        case _:
            return row._replace(courses=row.courses[::-1])
