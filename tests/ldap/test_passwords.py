"""New accounts get a password that the directory's rules allow, or are not there."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import ldap
import pytest

from tests.ldap.directory import directory, office, outcomes, person, sync
from tests.ldap.servers import POLICY, Policed, own_server
from tests.ldap.service import Service


@pytest.fixture
def policed() -> Generator[Service]:
    """An OpenLDAP with rules for passwords: eight characters."""
    with own_server(Policed()) as server:
        service = Service(server.port)
        classes = ["pwdPolicy", "organizationalRole"]
        rules = {"pwdAttribute": "userPassword", "pwdCheckQuality": "2", "pwdMinLength": "8"}
        service.add(POLICY, objectClass=classes, cn="policy", **rules)
        yield service


def with_passwords(service: Service) -> Any:
    """Return the right side, whose new people get a password."""
    right = directory(service)
    targets = right.template.targets  # type: ignore[attr-defined]
    right.template.targets = {**targets, "people": replace(targets["people"], password="random")}  # type: ignore[attr-defined]
    return right


def test_a_new_account_has_a_password_that_nobody_knows(policed: Service) -> None:
    """It is hashed and dated by the directory, as one that its owner has set; an adopted one stays."""
    dn = f"uid=u9,ou=people,{policed.base}"
    policed.add(dn, objectClass="inetOrgPerson", uid="u9", cn="x", sn="x", userPassword="her own")
    assert sync(office([person("1"), person("9")]), with_passwords(policed)).ok
    (held,) = (policed.shown(f"uid=u1,ou=people,{policed.base}") or {})["userPassword"]
    assert held.startswith(b"{SSHA}")
    assert [b"her own"] == (policed.shown(dn) or {})["userPassword"]


def test_an_account_whose_password_is_refused_is_not_there(policed: Service) -> None:
    """The refusal is the record's error, with what the directory says, and nothing of it stays."""
    policed.change(POLICY, pwdMinLength="500")
    result = sync(office([person("1")]), with_passwords(policed))
    ((status, reason),) = outcomes(result).values()
    assert ("failed", True) == (status, "a value breaks a rule" in reason)
    assert {} == policed.below("people")
    with pytest.raises(ldap.NO_SUCH_OBJECT):
        policed.admin.search_ext_s(f"uid=u1,ou=people,{policed.base}", ldap.SCOPE_BASE)
