"""What an account may not see is not taken for what is not there, and a name is the same in any spelling."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import SourceError
from dss_runtime.adapters.ldap import LdapSource
from dss_runtime.codegen import override
from tests.ldap.directory import directory, office, outcomes, person, sync, team
from tests.ldap.servers import own_server
from tests.ldap.service import Service
from tests.services.servers import SUFFIX, Directory, directory_configuration

PEOPLE = [person("1", room="12"), person("2")]
HIDDEN = "employeeNumber,roomNumber,employeeType,userPassword"
_HIDING = f"""access to dn.regex="^(.+,)?(ou=[^,]+,{SUFFIX})$" attrs={HIDDEN}
    by group.expand="cn=personal,$2" write
    by anonymous auth
    by * none
access to"""


class Hiding(Directory):
    """Shows some attributes only to the members of `cn=personal` of an entry right below the suffix."""

    @override
    def configuration(self, folder: Path) -> str:
        return directory_configuration(folder).replace("access to", _HIDING, 1)


@pytest.fixture(scope="module")
def port() -> Generator[int]:
    """A directory that hides attributes."""
    with own_server(Hiding()) as server:
        yield server.port


@pytest.fixture
def hiding(port: int) -> Service:
    """A part of it, whose account may see what is personal."""
    made = Service(port)
    made.add(f"cn=personal,{made.base}", objectClass="groupOfNames", member=made.account)
    return made


def hide(service: Service) -> None:
    """Take the right to see what is personal from the account."""
    service.admin.delete_s(f"cn=personal,{service.base}")


def test_a_hidden_attribute_is_not_an_empty_one(hiding: Service) -> None:
    """Entries that are shown without what the account may not read any more hold the run."""
    sync(office(PEOPLE), directory(hiding))
    right = directory(hiding).load()
    hide(hiding)
    with pytest.raises(SourceError, match="may not read employeeNumber, employeeType, roomNumber"):
        right.load()
    assert {"1", "2"} == set(right.people)  # type: ignore[attr-defined]


def rows_of(service: Service, filter_: str) -> list[Any]:
    """Return the logins of the people that a filter finds."""
    source = LdapSource(base="ou=people", object_class=("inetOrgPerson",), columns=("uid",), filter=filter_)
    importer: Any = directory(service).importer
    with importer.open(source) as rows:
        return list(rows)


def test_a_filter_by_a_hidden_attribute_finds_no_empty_branch(hiding: Service) -> None:
    """Entries that are not found, since what the filter asks for is hidden, hold the run; none are none."""
    dn, students = f"uid=u1,ou=people,{hiding.base}", "(&(sn=*)(employeeType=student))"
    hiding.add(dn, objectClass="inetOrgPerson", uid="u1", cn="x", sn="x", employeeType="student")
    assert [("u1",)] == rows_of(hiding, students)
    assert [] == rows_of(hiding, "(employeeType=staff)")
    hide(hiding)
    with pytest.raises(SourceError, match="may not read employeeType"):
        rows_of(hiding, students)


def test_a_password_may_be_hidden(hiding: Service) -> None:
    """A column of passwords, which nobody is to read, holds no run."""
    dn = f"uid=u1,ou=people,{hiding.base}"
    hiding.add(dn, objectClass="inetOrgPerson", uid="u1", cn="x", sn="x", userPassword="secret")
    hide(hiding)
    columns = ("uid", "userPassword")
    source = LdapSource(base="ou=people", object_class=("inetOrgPerson",), columns=columns)
    importer: Any = directory(hiding).importer
    with importer.open(source) as rows:
        assert [("u1", None)] == list(rows)


def test_attributes_of_every_syntax_may_be_held_by_nobody(service: Service) -> None:
    """Text, numbers, octets and names of entries that no entry holds are no reason to hold a run."""
    dn = f"uid=u1,ou=people,{service.base}"
    service.add(dn, objectClass="inetOrgPerson", uid="u1", cn="x", sn="x")
    columns = ("uid", "mail", "jpegPhoto", "userCertificate", "manager", "uidNumber", "secretary")
    importer: Any = directory(service).importer
    source = LdapSource(base="ou=people", object_class=("inetOrgPerson",), columns=columns)
    with importer.open(source) as rows:
        assert [("u1", None, None, None, None, None, None)] == list(rows)
    unknown = pytest.raises(SourceError, match="an attribute is not in the directory's schema")
    with importer.open(replace(source, columns=("uid", "mial"))) as rows, unknown:
        list(rows)


def test_a_member_is_the_same_in_capital_letters(service: Service) -> None:
    """The last member makes way for the placeholder, and another follows a rename, in any spelling."""
    sync(office(PEOPLE), directory(service))
    for code, number in (("one", "1"), ("two", "2")):
        member = f"UID=U{number},OU=People,{service.base}"
        service.add(f"cn={code},ou=teams,{service.base}", objectClass="groupOfNames", cn=code, member=member)
    left = office([PEOPLE[0], person("2", "other")], [team("one"), team("two", "2")])
    result = sync(left, directory(service))
    assert result.ok, outcomes(result)
    held = {dn.partition(",")[0]: values["member"] for dn, values in service.below("teams").items()}
    other = f"uid=other,ou=people,{service.base}".encode()
    assert {"cn=one": [b"cn=nobody"], "cn=two": [other]} == held
    assert 0 == len(sync(left, directory(service)))
