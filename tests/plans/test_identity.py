"""What tells one system from another: its settings, without the secrets in them."""

from __future__ import annotations

from typing import Any

import pytest

from dss_runtime import DataStoreTree
from dss_runtime.plans import Seal
from dss_runtime.plans._identity import system_mark, target_mark

SEAL = Seal(b"k" * 32)


class One(DataStoreTree):
    """A system."""

    __branches__ = ()


class Other(DataStoreTree):
    """Another tree."""

    __branches__ = ()


def mark(**settings: Any) -> str:
    """Return the mark of a target with these settings."""
    return target_mark(One(settings=settings), SEAL)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"password": "a"}, {"password": "b"}),
        ({"API_KEY": "a"}, {"API_KEY": "b"}),
        ({"apiKey": "a"}, {"apiKey": "b"}),
        ({"accessToken": "a"}, {"accessToken": "b"}),
        ({"bind": {"client_secret": "a"}}, {"bind": {"client_secret": "b"}}),
        ({"url": "pg://sync:a@host/db"}, {"url": "pg://sync:b@host/db"}),
        ({"url": "pg://host/db?user=u&password=a"}, {"url": "pg://host/db?user=u&password=b"}),
    ],
)
def test_another_secret_is_no_other_system(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Passwords, keys and tokens take no part, wherever they stand."""
    assert mark(**before) == mark(**after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"compass_url": "a"}, {"compass_url": "b"}),
        ({"keyspace": "a"}, {"keyspace": "b"}),
        ({"tenant_key": "a"}, {"tenant_key": "b"}),
        ({"url": "pg://one:x@host/db"}, {"url": "pg://two:x@host/db"}),
        ({"url": "pg://host/db?user=u"}, {"url": "pg://host/db?user=v"}),
        ({"folder": "/a"}, {"folder": "/b"}),
    ],
)
def test_whatever_else_differs_is_another_system(before: dict[str, Any], after: dict[str, Any]) -> None:
    """A tenant, an account or a place tells systems apart, whatever its setting is called."""
    assert mark(**before) != mark(**after)


def test_an_identity_takes_the_place_of_all_settings() -> None:
    """A project that moves, or a server with a new name, stays the same system where the settings say so."""
    assert mark(identity="school", folder="/a") == mark(identity="school", folder="/b")
    assert mark(identity="school", folder="/a") != mark(identity="test", folder="/a")


def test_two_trees_with_equal_settings_are_one_system() -> None:
    """For keeping runs off each other, the name of a tree does not count, unless there is nothing else."""
    settings = {"url": "pg://host/db"}
    assert system_mark(One(settings=settings), SEAL) == system_mark(Other(settings=settings), SEAL)
    assert target_mark(One(settings=settings), SEAL) != target_mark(Other(settings=settings), SEAL)
    assert system_mark(One(), SEAL) != system_mark(Other(), SEAL)
