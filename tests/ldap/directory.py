"""The golden case `directory`: people, accounts and teams in memory, and in a directory."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from dss_runtime import DataStoreTree, Policy, SyncResult
from dss_runtime.adapters.memory import MemorySystem
from tests.ldap.service import Service

CASE = "tests.generator.golden.directory.generated"
UNGUARDED = Policy(guarded=False, sleep=lambda _seconds: None)


def person(number: str, login: str = "", **fields: Any) -> Any:
    """Return a person, whose login is like the number when not given."""
    made = importlib.import_module(f"{CASE}.models").Person
    named = {"login": login or f"u{number}", "family": "Family", "mail": frozenset[str]()}
    return made(number=number, **{**named, **fields})


def account(login: str, uid: int, **fields: Any) -> Any:
    """Return an account of a Unix machine."""
    made = importlib.import_module(f"{CASE}.models").Account
    return made(login=login, uid=uid, **{"gid": 100, "home": f"/home/{login}", "name": login, **fields})


def team(code: str, *members: str, note: str | None = None) -> Any:
    """Return a team of the people with these numbers."""
    made = importlib.import_module(f"{CASE}.models").Team
    return made(code=code, note=note, members=frozenset(members))


def office(
    people: Iterable[Any] = (), teams: Iterable[Any] = (), accounts: Iterable[Any] = ()
) -> DataStoreTree:
    """Return the left side, read."""
    held = {
        "people": {each.number: each for each in people},
        "teams": {each.code: each for each in teams},
        "accounts": {each.login: each for each in accounts},
    }
    made: DataStoreTree = importlib.import_module(f"{CASE}.wiring").make_office(
        {"system": MemorySystem(held)}
    )
    return made.load()


def directory(service: Service, port: int | None = None, /, **more: object) -> DataStoreTree:
    """Return the right side, not read yet."""
    made: DataStoreTree = importlib.import_module(f"{CASE}.wiring").make_directory(
        service.settings(port, **more)
    )
    return made


def sync(left: DataStoreTree, right: DataStoreTree, policy: Policy = UNGUARDED) -> SyncResult:
    """Read the right side and make it follow the left one."""
    return left.sync(right.load(), policy=policy)


def outcomes(result: SyncResult) -> dict[str, tuple[str, str]]:
    """Return what became of each action, with the reason, by its message."""
    return {action.message: (str(outcome.status), outcome.reason) for action, outcome in result}
