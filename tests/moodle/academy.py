"""The golden case `academy`: a school in memory, and in a Moodle: the stand-in, or a real one."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from dss_runtime import DataStoreTree, Policy, SyncResult
from dss_runtime.adapters.memory import MemorySystem
from tests.moodle.stand_in.server import TOKEN, StandIn

CASE = "tests.generator.golden.academy.generated"
UNGUARDED = Policy(guarded=False, sleep=lambda _seconds: None)
_MODELS = {
    "people": "Person",
    "categories": "Category",
    "courses": "Course",
    "enrolments": "Enrolment",
    "cohorts": "Cohort",
    "cohort_members": "CohortMember",
    "groups": "Group",
    "group_members": "GroupMember",
    "parent_links": "ParentLink",
}


def made(branch: str, **fields: Any) -> Any:
    """Return a record of a branch."""
    return getattr(importlib.import_module(f"{CASE}.models"), _MODELS[branch])(**fields)


def person(number: str, **fields: Any) -> Any:
    """Return a person, whose login and address are like the number when not given."""
    named = {
        "login": f"u{number.lower()}",
        "given": "Given",
        "family": "Family",
        "mail": f"u{number.lower()}@x.example",
    }
    return made("people", number=number, **{**named, **fields})


def course(code: str, category: str = "Y1", **fields: Any) -> Any:
    """Return a course of a category."""
    return made(
        "courses", code=code, category=category, **{"short": code, "title": f"Course {code}", **fields}
    )


def registry(**records: Iterable[Any]) -> DataStoreTree:
    """Return the left side, read: the records of each branch."""
    held = {name: {_key(each): each for each in records.get(name, ())} for name in _MODELS}
    tree: DataStoreTree = importlib.import_module(f"{CASE}.wiring").make_registry(
        {"system": MemorySystem(held)}
    )
    return tree.load()


def _key(record: Any) -> Any:
    names = record.__dss__.key
    values = tuple(getattr(record, name) for name in names)
    return values[0] if len(values) == 1 else values


def academy(stand_in: StandIn, **more: object) -> DataStoreTree:
    """Return the right side, not read yet."""
    settings = {"url": stand_in.url, "token": TOKEN, "max_input_vars": stand_in.max_input_vars, **more}
    settings.setdefault("roles", {"parent": 9})
    tree: DataStoreTree = importlib.import_module(f"{CASE}.wiring").make_academy(settings)
    return tree


def sync(left: DataStoreTree, right: DataStoreTree, *branches: str, policy: Policy = UNGUARDED) -> SyncResult:
    """Read the right side and make it follow the left one, in all branches or some."""
    right.clear()
    right.importer.run([each for each in right.branches if not branches or each.name in branches])
    return left.sync(right, branches=branches or None, policy=policy)


def outcomes(result: SyncResult) -> dict[str, tuple[str, str]]:
    """Return what became of each action, with the reason, by its message."""
    return {action.message: (str(outcome.status), outcome.reason) for action, outcome in result}


SCHOOL: dict[str, list[Any]] = {
    "people": [person(each) for each in ("1", "2", "3", "P1")],
    "categories": [
        made("categories", code="Y1", name="Year 1", above=None),
        made("categories", code="Y1A", name="Maths", above="Y1"),
    ],
    "courses": [course("ALG"), course("BIO", "Y1A", begins=1_790_000_000)],
    "enrolments": [
        made("enrolments", course="ALG", person="1", role="student"),
        made("enrolments", course="ALG", person="2", role="student"),
        made("enrolments", course="ALG", person="3", role="editingteacher"),
        made("enrolments", course="BIO", person="1", role="student"),
    ],
    "cohorts": [made("cohorts", code="ALL", name="Everybody")],
    "cohort_members": [made("cohort_members", cohort="ALL", person=each) for each in ("1", "2", "3")],
    "groups": [made("groups", code="ALG-1", name="Section 1", course="ALG")],
    "group_members": [made("group_members", group="ALG-1", person=each) for each in ("1", "2")],
    "parent_links": [made("parent_links", parent="P1", child="1")],
}
"""A small school with a record of every kind."""
BY_SERVICES = tuple(name for name in _MODELS if name != "parent_links")
"""What the web services can read."""
