"""Families: PowerSchool has no record of a guardian, only addresses in the children's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ._records import StudentLike


class ParentRow(NamedTuple):
    """A guardian's account."""

    idnumber: str
    username: str
    firstname: str
    lastname: str
    email: str


class LinkRow(NamedTuple):
    """Whose child is whose."""

    parent: str
    student: str


def family_id(student: str) -> str:
    """Return the family's number: a student's without its last digit, which counts the children.

    >>> family_id("00423")
    '0042'
    """
    return student[:-1]


def parents(students: Iterable[StudentLike]) -> list[ParentRow]:
    """Return the families' guardians, `<family>P` and `<family>PP`, with the first two addresses given.

    Where brothers and sisters disagree, the one with the lowest number who has any address counts. The
    account carries the name of the child with the lowest number, as no file holds the guardian's.
    """
    return [row for family, children in _families(students) for row in _guardians(family, children)]


def parent_links(students: Iterable[StudentLike]) -> list[LinkRow]:
    """Return each guardian with each child of the family."""
    return [
        LinkRow(guardian.idnumber, child.idnumber)
        for family, children in _families(students)
        for guardian in _guardians(family, children)
        for child in children
    ]


def _families(students: Iterable[StudentLike]) -> list[tuple[str, list[StudentLike]]]:
    families: defaultdict[str, list[StudentLike]] = defaultdict(list)
    for student in sorted(students, key=lambda each: each.idnumber):
        families[family_id(student.idnumber)].append(student)
    return sorted(families.items())


def _guardians(family: str, children: list[StudentLike]) -> list[ParentRow]:
    emails = next((tuple(child.guardians) for child in children if child.guardians), ())
    return [
        ParentRow(family + suffix, (family + suffix).lower(), "Family", children[0].lastname, email)
        for suffix, email in zip(("P", "PP"), emails, strict=False)
    ]
