"""The golden case `campus`: people and teams in memory, and in a SCIM service."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from dss_runtime import DataStoreTree, Policy, SyncResult
from dss_runtime.adapters.memory import MemorySystem
from tests.scim.service import Service

CASE = "tests.generator.golden.campus.generated"
UNGUARDED = Policy(guarded=False, sleep=lambda _seconds: None)


def person(number: str, login: str = "", **fields: Any) -> Any:
    """Return a person, whose login is like the number when not given."""
    made = importlib.import_module(f"{CASE}.models").Person
    return made(**{"number": number, "login": login or f"p{number}", "phones": frozenset(), **fields})


def team(code: str, *members: str, name: str = "") -> Any:
    """Return a team of the people with these numbers."""
    made = importlib.import_module(f"{CASE}.models").Team
    return made(code=code, name=name or f"Team {code}", members=frozenset(members))


def office(people: Iterable[Any] = (), teams: Iterable[Any] = ()) -> DataStoreTree:
    """Return the left side, read."""
    held = {"people": {each.number: each for each in people}, "teams": {each.code: each for each in teams}}
    made: DataStoreTree = importlib.import_module(f"{CASE}.wiring").make_office(
        {"system": MemorySystem(held)}
    )
    return made.load()


def campus(service: Service, port: int | None = None, **more: object) -> DataStoreTree:
    """Return the right side, not read yet."""
    made: DataStoreTree = importlib.import_module(f"{CASE}.wiring").make_campus(
        service.settings(port, **more)
    )
    return made


def sync(left: DataStoreTree, right: DataStoreTree, policy: Policy = UNGUARDED) -> SyncResult:
    """Read the right side and make it follow the left one."""
    return left.sync(right.load(), policy=policy)


def reasons(result: SyncResult) -> dict[str, tuple[str, str]]:
    """Return what became of each action, with the reason, by its message."""
    return {action.message: (str(outcome.status), outcome.reason) for action, outcome in result}
