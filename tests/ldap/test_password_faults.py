"""A generated password suits the usual rules, and an account that may have none is not taken for whole."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import ldap
import pytest

from dss_runtime.adapters.ldap._connection import Connection
from tests.ldap.directory import directory, office, outcomes, person
from tests.ldap.service import Service


def with_passwords(service: Service) -> Any:
    """Return the right side, whose new people get a password."""
    right: Any = directory(service).load()
    targets = right.template.targets
    right.template.targets = {**targets, "people": replace(targets["people"], password="random")}
    return right


def test_a_generated_password_has_letters_of_every_kind(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds small and capital letters, digits and others, so that no rule refuses one in a hundred."""
    given: list[str] = []

    def note(_self: Connection, _dn: str, password: str) -> None:
        given.append(password)

    monkeypatch.setattr(Connection, "set_password", note)
    assert office([person(str(at)) for at in range(50)]).sync(with_passwords(service)).ok
    assert 50 == len(set(given))
    for password in given:
        assert all(re.search(kind, password) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]"))


def test_an_account_whose_password_may_be_missing_is_told(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the connection goes between an entry and its password, the entry that is found is not enough."""

    def lose(_self: Connection, *_asked: str) -> None:
        raise ldap.SERVER_DOWN({"desc": "away"})

    monkeypatch.setattr(Connection, "set_password", lose)
    monkeypatch.setattr(Connection, "delete", lose)
    ((status, reason),) = outcomes(office([person("1")]).sync(with_passwords(service))).values()
    assert "failed" == status
    assert f"delete uid=u1,ou=people,{service.base}, or set one" in reason
