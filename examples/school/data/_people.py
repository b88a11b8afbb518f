"""Families with their children, and the staff who teach them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from ..rules import fold, school
from ._pools import countries, first_names, last_names, staff_first_names, staff_last_names
from ._records import Staff, Student

arts = ("ART", "MUS", "DRA")
languages = ("FRA", "SPA", "NOR")
subjects = ("ENG", "MAT", "SCI", "SOC", "PED", *languages, *arts)
"""What the school has teachers for, by code."""

_room_size = 24
_rooms_per_teacher = 8
_other_work = (
    ("Secretary", "staff"),
    ("Substitute", "substitute"),
    ("Cook", "lunch"),
    ("Volunteer", "unassigned"),
)


def students(random: Random, count: int) -> tuple[Student, ...]:
    """Return *count* students in families of one to three, in the order of their numbers.

    A number is the family's, with leading zeros, and one digit that counts its children.
    """
    width = max(4, len(str(count)))
    made: list[Student] = []
    family = 0
    while len(made) < count:
        family += random.randrange(1, 3) if count < 5_000 else 1
        lastname = random.choice(last_names)
        guardians = _guardians(random, lastname)
        for child in range(1, min(random.choice((1, 1, 1, 2, 2, 3)), count - len(made)) + 1):
            grade = random.randrange(13)
            made.append(
                Student(
                    idnumber=f"{family:0{width}}{child}",
                    firstname=random.choice(first_names),
                    lastname=lastname,
                    grade=grade,
                    room=0,
                    dob=date(2021 - grade, 1, 1) + timedelta(days=random.randrange(365)),
                    entry_date=date(2026 - random.randrange(grade + 1), 8, 17),
                    country=random.choice(countries),
                    guardians=guardians,
                    language=random.choice(languages),
                    art=random.choice(arts),
                )
            )
    return _in_rooms(made)


def staff(random: Random, everyone: tuple[Student, ...]) -> tuple[Staff, ...]:
    """Return the staff for *everyone*: teachers by school and subject, then those who do other work.

    The first teacher of music and of physical education in the upper school works in both schools.
    """
    rooms = Counter(school(grade) for grade, _ in {(each.grade, each.room) for each in everyone})
    makers = _StaffNames(random)
    made: list[Staff] = []
    for name in ("ELEM", "SEC") if everyone else ():
        for subject in subjects:
            for number in range(max(1, -(-rooms[name] // _rooms_per_teacher))):
                both = name == "SEC" and subject in ("MUS", "PED") and number == 0
                made.append(
                    makers.make(
                        title=f"Teacher, {subject}",
                        schools=("ELEM", "SEC") if both else (name,),
                        position="teacher",
                        subject=subject,
                        # Music is taught in both; the second school of the other is new this term.
                        teaches=("ELEM", "SEC") if both and subject == "MUS" else (name,),
                    )
                )
    others = 4 + len(everyone) // 150 if everyone else 0
    for number in range(others):
        title, position = _other_work[number % len(_other_work)]
        made.append(makers.make(title=title, schools=(("ELEM", "SEC")[number % 2],), position=position))
    if others:
        made[-others + 1] = replace(made[-others + 1], email=None)
    return tuple(made)


def predecessor(random: Random, number: int, person: Staff) -> Staff:
    """Return someone else, with the number *number*, who did the work of *person* before."""
    firstname, lastname = random.choice(staff_first_names), random.choice(staff_last_names)
    return replace(
        person,
        idnumber=f"{number:04}",
        firstname=firstname,
        lastname=lastname,
        email=f"{fold(firstname)}.{fold(lastname)}.{number}@school.example",
    )


class _StaffNames:
    """Makes staff with numbers counted up and addresses that no two share."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._number = 0
        self._addresses: Counter[str] = Counter()

    def make(
        self,
        *,
        title: str,
        schools: tuple[str, ...],
        position: str,
        subject: str = "",
        teaches: tuple[str, ...] = (),
    ) -> Staff:
        self._number += 1
        firstname, lastname = self._random.choice(staff_first_names), self._random.choice(staff_last_names)
        local = fold(firstname)[:1] + fold(lastname)
        self._addresses[local] += 1
        count = self._addresses[local]
        email = f"{local}{count if count > 1 else ''}@school.example"
        return Staff(
            idnumber=f"{self._number:04}",
            firstname=firstname,
            lastname=lastname,
            # Some people write their address with capitals; Moodle has it in lower case.
            email=email.title() if self._number % 7 == 0 else email,
            title=title,
            schools=schools,
            position=position,
            subject=subject,
            teaches=teaches,
        )


def _guardians(random: Random, lastname: str) -> tuple[str, ...]:
    count = random.choice((0, 1, 1, 2, 2, 2))
    names = random.sample(first_names, count)
    addresses = (f"{fold(name)}.{fold(lastname)}{random.randrange(100)}@mail.example" for name in names)
    return tuple(each.title() if random.randrange(10) == 0 else each for each in addresses)


def _in_rooms(everyone: list[Student]) -> tuple[Student, ...]:
    sizes = Counter(each.grade for each in everyone)
    seen: Counter[int] = Counter()
    placed: list[Student] = []
    for each in everyone:
        rooms = -(-sizes[each.grade] // _room_size)
        placed.append(replace(each, room=seen[each.grade] % rooms))
        seen[each.grade] += 1
    return tuple(placed)
