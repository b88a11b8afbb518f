"""Nothing is lost that is somebody else's, or that could not be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ldap
import pytest

from dss_runtime import SettingsError, SourceError, Work
from dss_runtime._doubtful import DOUBTFUL
from dss_runtime.adapters.ldap import _connection
from dss_runtime.types import SetType, StrType
from tests.ldap.directory import directory, office, outcomes, person, sync, team
from tests.ldap.service import Service


def entry(service: Service, login: str, number: str, **more: str | list[str]) -> str:
    """Make a person as somebody else, and return the name of the entry."""
    dn = f"uid={login},ou=people,{service.base}"
    values = {"objectClass": "inetOrgPerson", "uid": login, "cn": "x", "sn": "Family"}
    service.add(dn, **{**values, **({"employeeNumber": number} if number else {}), **more})
    return dn


def group(service: Service, code: str, *members: str) -> str:
    """Make a group as somebody else, and return the name of the entry."""
    dn = f"cn={code},ou=teams,{service.base}"
    service.add(dn, objectClass="groupOfNames", cn=code, member=list(members))
    return dn


def members(service: Service, dn: str) -> set[str]:
    """Return the members of a group by the first part of their names."""
    return {each.decode().partition(",")[0] for each in (service.shown(dn) or {})["member"]}


def retargeted(service: Service, branch: str, **changed: object) -> Any:
    """Return the right side with another target for a branch."""
    right: Any = directory(service)
    targets = right.template.targets
    right.template.targets = {**targets, branch: replace(targets[branch], **changed)}
    return right


def test_values_in_a_language_are_not_those_of_the_attribute(service: Service) -> None:
    """`description;lang-de` is an attribute of its own: not read as the plain one, and left alone."""
    dn = group(service, "t", f"cn=guest,{service.base}")
    service.change(dn, **{"description": "plain", "description;lang-de": "deutsch"})
    right = directory(service).load()
    assert "plain" == right.teams["t"].note  # type: ignore[attr-defined]
    assert sync(office([], [team("t", note="other")]), directory(service)).ok
    held = service.shown(dn) or {}
    assert ([b"other"], [b"deutsch"]) == (held["description"], held["description;lang-de"])


def test_a_range_of_values_is_no_whole() -> None:
    """Where a directory gives the first members only, as `member;range=0-1499`, nothing is read."""
    read = _connection._by_small_name  # pyright: ignore[reportPrivateUsage]
    whole = {"member;range=0-*": [b"a"], "userCertificate;binary": [b"b"], "cn;lang-de": [b"c"]}
    assert {"member": [b"a"], "usercertificate": [b"b"], "cn;lang-de": [b"c"]} == read(whole)
    with pytest.raises(ldap.PARTIAL_RESULTS):
        read({"member": [], "member;range=0-1499": [b"a"]})


def test_a_member_whose_row_cannot_be_read_is_still_one(service: Service) -> None:
    """A person that cannot be read is in its groups all the same, and comes and goes as the source has it."""
    unread = entry(service, "u1", "1", givenName=["One", "Two"])
    entry(service, "u2", "2")
    dn = group(service, "t", unread)
    source = directory(service).load()
    assert {"1"} == source.teams["t"].members  # type: ignore[attr-defined]
    sync(office([person("1"), person("2")], [team("t", "2")]), directory(service))
    assert {"uid=u2"} == members(service, dn)
    sync(office([person("1"), person("2")], [team("t", "1")]), directory(service))
    assert {"uid=u1"} == members(service, dn)


def test_a_member_without_a_number_is_somebody_elses(service: Service) -> None:
    """Whoever has no number is not seen in groups, cannot be read or not, and stays in them."""
    stranger = entry(service, "u1", "", givenName=["One", "Two"])
    dn = group(service, "t", stranger)
    right = directory(service).load()
    assert frozenset() == right.teams["t"].members  # type: ignore[attr-defined]
    sync(office([person("3")], [team("t", "3")]), directory(service))
    assert {"uid=u1", "uid=u3"} == members(service, dn)


def test_a_reference_that_nobody_can_resolve_makes_its_row_unreadable() -> None:
    """No field holds what stands for a record that is there and whose key cannot be read."""
    for kind in (StrType(), SetType(of=StrType())):
        with pytest.raises(ValueError, match="expected"):
            kind.parse((DOUBTFUL,))


def test_members_of_two_entries_with_one_number_stay(service: Service) -> None:
    """Nobody knows which of them a number means, so neither is added, removed or changed."""
    pair = [entry(service, login, "1") for login in ("a", "b")]
    dn = group(service, "t", pair[0], pair[1])
    for wanted in ((), ("1",)):
        right: Any = directory(service)
        right.people.duplicates = "quarantine"
        result = sync(office([person("1", "a", given="New")], [team("t", *wanted)]), right)
        assert not any(status == "applied" for status, _ in outcomes(result).values()), outcomes(result)
        assert {"uid=a", "uid=b"} == members(service, dn)


@pytest.mark.parametrize(("guest", "held"), [(True, {"cn=guest"}), (False, {"cn=nobody"})])
def test_a_group_that_returns_keeps_the_members_that_are_not_ours(
    service: Service, guest: bool, held: set[str]
) -> None:
    """It gets our members beside those of others, and the placeholder where there are none."""
    sync(office([person("1")], [team("t", "1")]), directory(service))
    dn = f"cn=t,ou=teams,{service.base}"
    if guest:
        service.admin.modify_s(dn, [(ldap.MOD_ADD, "member", [f"cn=guest,{service.base}".encode()])])
    right: Any = directory(service).load()
    branch: Any = right.teams
    branch.retired["t"] = branch["t"]
    branch.delete("t")
    result = office([person("1")], [team("t")]).sync(right)
    assert result.ok, outcomes(result)
    assert held == members(service, dn)


def test_a_name_that_has_passed_to_somebody_else_is_not_followed(service: Service) -> None:
    """An entry was renamed since it was read, and its name given to another, which stays as it is."""
    first = entry(service, "u1", "1")
    right = directory(service).load()
    service.admin.rename_s(first, "uid=moved")
    entry(service, "u1", "2")
    result = office([person("1", "u1", room="5")]).sync(right, branches=["people"])
    assert "roomNumber" not in (service.shown(first) or {}), outcomes(result)
    assert [b"5"] == (service.shown(f"uid=moved,ou=people,{service.base}") or {})["roomNumber"]


def test_a_key_that_differs_in_case_is_another(service: Service) -> None:
    """The directory finds `a1` for `A1`; what has another key is not changed or removed in its place."""
    first = entry(service, "u1", "A1")
    other = entry(service, "u2", "a1")
    right = directory(service).load()
    service.admin.delete_s(first)
    result = office([person("A1", "u1", room="5"), person("a1", "u2")]).sync(right, branches=["people"])
    ((status, reason),) = outcomes(result).values()
    assert ("failed", "there is no such entry any more") == (status, reason)
    assert "roomNumber" not in (service.shown(other) or {})


def test_a_name_of_two_parts_keeps_the_other_one(service: Service) -> None:
    """Of `uid=u1+cn=Given`, a new login changes the login alone."""
    dn = f"uid=u1+cn=Given\\, Name,ou=people,{service.base}"
    service.add(dn, objectClass="inetOrgPerson", uid="u1", cn="Given, Name", sn="Family", employeeNumber="1")
    result = sync(office([person("1", "new")]), directory(service))
    assert result.ok, outcomes(result)
    ((_, held),) = service.below("people").items()
    assert ([b"new"], [b"Given, Name"]) == (held["uid"], held["cn"])


def test_the_placeholder_is_known_however_it_is_written(service: Service) -> None:
    """`CN=Nobody` is `cn=nobody`: it goes with the first member, and comes with the last."""
    dn = group(service, "t", "CN=Nobody")
    for wanted, held in ((("1",), {"uid=u1"}), ((), {"cn=nobody"})):
        result = sync(office([person("1")], [team("t", *wanted)]), directory(service))
        assert result.ok, outcomes(result)
        assert held == members(service, dn)


def test_a_mark_that_is_shown_on_request_only_is_seen(service: Service) -> None:
    """What sets somebody aside may be an attribute that a directory shows by name alone."""
    sync(office([person("1")]), directory(service))
    dn = f"uid=u1,ou=people,{service.base}"
    found = service.admin.search_ext_s(dn, ldap.SCOPE_BASE, "(objectClass=*)", ["entryUUID"])
    mark = found[0][1]["entryUUID"][0].decode()
    right = retargeted(service, "people", old="set", set={"entryUUID": mark}).load()
    (action,) = office([person("1", room="5")]) - right
    assert right.template.look(Work("changed", "people", "1", (action,))) is None


def test_what_ties_entries_to_a_branch_is_written_and_heeded(service: Service) -> None:
    """New entries get what `where` asks for; one with the same key that it leaves out is another's."""
    scoped: dict[str, Any] = {"scope": {"employeeType": "pupil"}}
    assert sync(office([person("1")]), retargeted(service, "people", **scoped)).ok
    dn = f"uid=u1,ou=people,{service.base}"
    assert [b"pupil"] == (service.shown(dn) or {})["employeeType"]
    right = retargeted(service, "people", **scoped).load()
    service.change(dn, employeeType="teacher")
    result = office([person("1", room="5")]).sync(right)
    assert ("failed", "there is no such entry any more") == next(iter(outcomes(result).values()))
    assert "roomNumber" not in (service.shown(dn) or {})


def test_an_entry_that_another_attribute_names_keeps_its_name(service: Service) -> None:
    """The attribute that names new entries is one like others there, and is changed as they are."""
    dn = f"cn=By hand,ou=people,{service.base}"
    values = {"objectClass": "inetOrgPerson", "cn": "By hand", "sn": "Family", "uid": "u1"}
    service.add(dn, **values, employeeNumber="1")
    result = sync(office([person("1", "new")]), directory(service))
    assert result.ok, outcomes(result)
    assert [b"new"] == (service.shown(dn) or {})["uid"]


def test_several_values_cannot_name_an_entry(service: Service) -> None:
    """Where the field of the naming attribute is a set, a record with two values fails, new or changed."""
    held: dict[str, Any] = {"rdn": "mail"}
    two = person("1", mail=frozenset({"a@x.example", "b@x.example"}))
    result = sync(office([two]), retargeted(service, "people", **held))
    assert ["rejected"] == [status for status, _ in outcomes(result).values()]
    one = person("1", mail=frozenset({"a@x.example"}))
    assert sync(office([one]), retargeted(service, "people", **held)).ok
    result = sync(office([two]), retargeted(service, "people", **held))
    assert {"failed"} == {status for status, _ in outcomes(result).values()}


@pytest.mark.parametrize("wrong", ["school", "dc=school,,", "=x"])
def test_a_base_that_is_no_name_is_told(service: Service, wrong: str) -> None:
    """A base_dn that is no name of an entry is an error before anything is asked."""
    right = directory(service, base_dn=wrong)
    with pytest.raises(SettingsError, match=r"base_dn in dss\.toml: expected the name of the entry"):
        right.load()


def test_who_does_not_answer_is_told_in_words(service: Service) -> None:
    """The reason is not the number of an error."""
    with pytest.raises(SourceError, match="the directory does not answer"):
        directory(service, 1).load()
