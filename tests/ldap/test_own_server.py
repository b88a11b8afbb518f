"""What only a directory of a test's own can show: certificates, restarts, rules for passwords, rights."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import Policy, SourceError
from dss_runtime.adapters.ldap import LdapImporter, LdapSource
from tests.ldap.directory import directory, office, outcomes, person, sync, team
from tests.ldap.own_server import OTHERS, PLAIN, SECURE, OwnServer
from tests.scim.certificates import make_certificate

PEOPLE = [person("1", room="12"), person("2")]


@pytest.fixture
def own() -> Iterator[OwnServer]:
    """A server that is gone after the test."""
    made = OwnServer()
    try:
        yield made
    finally:
        made.server.remove()


def ways(own: OwnServer, plain: str, secure: str) -> list[dict[str, object]]:
    """Return the settings of both ways to an encrypted connection, by these addresses."""
    port = own.server.port
    return [{"url": f"ldap://{plain}:{port}", "start_tls": True}, {"url": f"ldaps://{secure}:{port}"}]


# -- certificates ----------------------------------------------------------------------------------------


def test_a_certificate_is_verified(own: OwnServer, tmp_path: Path) -> None:
    """Both ways hold with the right authority, and end with another one, with none, and for another name."""
    other, _ = make_certificate(tmp_path)
    for way, renamed in zip(ways(own, PLAIN, SECURE), ways(own, *OTHERS), strict=True):
        right = directory(own.service, None, ca_file=own.certificate, **way)
        assert sync(office(PEOPLE), right).ok
        assert 2 == len(right.load().people)  # type: ignore[attr-defined]
        for wrong in ({**way, "ca_file": str(other)}, way, {**renamed, "ca_file": own.certificate}):
            with pytest.raises(SourceError, match="certificate"):
                directory(own.service, None, **wrong).load()


# -- restarts ----------------------------------------------------------------------------------------------


def test_a_restart_in_between_is_survived(own: OwnServer) -> None:
    """A server that is away when the writing begins is waited for, and all is written once."""
    right = directory(own.service).load()
    own.server.stop()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        if not waits:
            own.restart()
        waits.append(seconds)

    result = office(PEOPLE, [team("t", "1")]).sync(right, policy=Policy(guarded=False, sleep=sleep))
    assert result.ok, outcomes(result)
    assert waits
    assert 0 == len(sync(office(PEOPLE, [team("t", "1")]), directory(own.service)))


def test_a_server_that_is_away_is_no_empty_directory(own: OwnServer) -> None:
    """Nothing is read while it is away; the same tree reads it all once it is back."""
    sync(office(PEOPLE), directory(own.service))
    right = directory(own.service).load()
    own.server.stop()
    with pytest.raises(SourceError, match="does not answer"):
        right.load()
    own.restart()
    assert 2 == len(right.load().people)  # type: ignore[attr-defined]


# -- rights ------------------------------------------------------------------------------------------------


def test_an_attribute_that_is_hidden_is_not_empty(own: OwnServer) -> None:
    """Entries that are shown without what the account may not read any more hold the run."""
    sync(office(PEOPLE), directory(own.service))
    own.service.admin.delete_s(own.personal)
    with pytest.raises(
        SourceError, match="the account may not read employeeNumber, employeeType, roomNumber"
    ):
        directory(own.service).load()


def test_a_filter_by_a_hidden_attribute_finds_no_empty_branch(own: OwnServer) -> None:
    """Entries that are not found, since what the filter asks for may not be read, hold the run."""
    dn = f"uid=u1,ou=people,{own.service.base}"
    own.service.add(dn, objectClass="inetOrgPerson", uid="u1", cn="x", sn="x", employeeType="student")
    source = LdapSource(
        base="ou=people",
        object_class=("inetOrgPerson",),
        columns=("uid",),
        filter="(&(employeeType=student)(sn=*))",
    )
    right = directory(own.service)
    importer: Any = right.importer
    assert isinstance(importer, LdapImporter)
    with importer.open(source) as rows:
        assert [("u1",)] == list(rows)
    none = dataclasses.replace(source, filter="(employeeType=staff)")
    with importer.open(none) as rows:
        assert [] == list(rows)
    own.service.admin.delete_s(own.personal)
    other: Any = directory(own.service).importer
    with other.open(source) as rows, pytest.raises(SourceError, match="may not read employeeType"):
        list(rows)


# -- members, however they are spelled ---------------------------------------------------------------------


def test_a_member_in_capital_letters_is_the_same(own: OwnServer) -> None:
    """The last member goes, for the placeholder, and another follows a rename, however they are spelled."""
    sync(office(PEOPLE), directory(own.service))
    shouted = [f"UID=U{number},OU=People,{own.service.base}" for number in "12"]
    for code, member in zip(("one", "two"), shouted, strict=True):
        dn = f"cn={code},ou=teams,{own.service.base}"
        own.service.add(dn, objectClass="groupOfNames", cn=code, member=member)
    people = [PEOPLE[0], person("2", "other")]
    result = sync(office(people, [team("one"), team("two", "2")]), directory(own.service))
    assert result.ok, outcomes(result)
    held = {name.partition(",")[0]: values["member"] for name, values in own.service.below("teams").items()}
    assert {
        "cn=one": [b"cn=nobody"],
        "cn=two": [f"uid=other,ou=people,{own.service.base}".encode()],
    } == held


# -- passwords ---------------------------------------------------------------------------------------------


def with_passwords(own: OwnServer) -> Any:
    """Return the directory, new people of which get a password."""
    right = directory(own.service).load()
    template: Any = right.template
    targets = dict(template.targets)
    targets["people"] = dataclasses.replace(targets["people"], password="random")
    template.targets = targets
    return right


def test_a_new_account_gets_a_password_that_the_rules_allow(own: OwnServer) -> None:
    """It is set as a person's own, so that the rules hold, and kept as a hash of its own."""
    own.rule(pwdMinLength="12")
    assert office(PEOPLE).sync(with_passwords(own)).ok
    kept = [values["userPassword"][0] for values in own.service.below("people").values()]
    assert (2, 2) == (len(set(kept)), sum(each.startswith(b"{SSHA}") for each in kept))


def test_an_account_whose_password_is_refused_is_not_made(own: OwnServer) -> None:
    """Rules that no generated password keeps are the record's error, which does not tell the password."""
    own.rule(pwdMinLength="100")
    result = office(PEOPLE).sync(with_passwords(own))
    assert {("failed", "a value breaks a rule, such as a second one where one is allowed: "
             "Password fails quality checking policy")} == set(outcomes(result).values())  # fmt: skip
    assert {} == own.service.below("people")
