"""A real OpenLDAP follows: people, accounts and groups, with everything that is peculiar to a directory."""

from __future__ import annotations

from typing import Any

import ldap
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_runtime import SettingsError, SourceError
from dss_runtime.adapters.ldap._connection import (
    Connection,
    equals,
    is_dn,
    parent_of,
    rdn_of,
    rdn_value,
    same_dn,
)
from dss_runtime.adapters.ldap._settings import settings_of
from tests.ldap.directory import account, directory, office, outcomes, person, sync, team
from tests.ldap.service import Service

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
SCHOOL: dict[str, list[Any]] = {
    "people": [
        person("1", given="Zoë", mail=frozenset({"a@x.example", "b@x.example"}), room="12"),
        person("2", photo=bytes(range(256)), secret="hidden"),
        person("3", family='O"Neil, \\ <+>#=;'),
    ],
    "teams": [team("t1", "1", "2", note="first"), team("empty"), team("t, 3", "3")],
    "accounts": [account("u1", 1001), account("u2", 1002, name="Zoë")],
}


# -- convergence -----------------------------------------------------------------------------------------


def test_people_accounts_and_groups_converge(service: Service) -> None:
    """All is created and read back equal; the second run has nothing to do."""
    result = sync(office(**SCHOOL), directory(service))
    assert {} == {what: how for what, how in outcomes(result).items() if how[0] != "applied"}
    again = directory(service)
    assert 0 == len(sync(office(**SCHOOL), again))
    assert {"1", "2"} == again.teams["t1"].members  # type: ignore[attr-defined]
    assert frozenset() == again.teams["empty"].members  # type: ignore[attr-defined]
    assert 3 == len(service.below("people"))


def test_only_what_differs_is_changed_member_by_member(service: Service) -> None:
    """Values that somebody else has added stay, and one modification changes the rest."""
    sync(office(**SCHOOL), directory(service))
    left, right = office(**SCHOOL), directory(service).load()
    service.change(f"uid=u2,ou=people,{service.base}", telephoneNumber=["1", "2"])
    changed = [
        person("1", given=None, mail=frozenset({"b@x.example", "c@x.example"}), room=None),
        *SCHOOL["people"][1:],
    ]
    left = office(changed, [team("t1", "2", "3", note="second"), *SCHOOL["teams"][1:]], SCHOOL["accounts"])
    result = left.sync(right)
    assert result.ok, outcomes(result)
    held = service.shown(f"uid=u1,ou=people,{service.base}") or {}
    assert ({b"b@x.example", b"c@x.example"}, False, False) == (
        set(held["mail"]),
        "givenName" in held,
        "roomNumber" in held,
    )
    assert [b"1", b"2"] == (service.shown(f"uid=u2,ou=people,{service.base}") or {})["telephoneNumber"]
    assert 0 == len(sync(left, directory(service)))


def test_a_rename_is_made_with_the_other_changes_and_groups_follow(service: Service) -> None:
    """A new login renames the entry; what else changed follows in the same run, and so do memberships."""
    sync(office(**SCHOOL), directory(service))
    people = [person("1", "new login, +1", given="Other"), *SCHOOL["people"][1:]]
    left = office(people, SCHOOL["teams"], SCHOOL["accounts"])
    result = sync(left, directory(service))
    assert result.ok, outcomes(result)
    assert 0 == len(sync(left, directory(service)))
    names = {values["uid"][0] for values in service.below("people").values()}
    assert {b"new login, +1", b"u2", b"u3"} == names


def test_who_leaves_is_set_aside_and_comes_back(service: Service) -> None:
    """An old person is marked, stays out of the comparison, and is the same entry on its return."""
    sync(office(**SCHOOL), directory(service))
    gone = office(SCHOOL["people"][1:], [team("t1", "2"), *SCHOOL["teams"][1:]], SCHOOL["accounts"])
    assert sync(gone, directory(service)).ok
    assert [b"gone"] == (service.shown(f"uid=u1,ou=people,{service.base}") or {})["employeeType"]
    assert 0 == len(sync(gone, directory(service)))
    back = sync(office(**SCHOOL), directory(service))
    assert back.ok, outcomes(back)
    assert "employeeType" not in (service.shown(f"uid=u1,ou=people,{service.base}") or {})
    assert 0 == len(sync(office(**SCHOOL), directory(service)))


def test_a_group_always_has_a_member(service: Service) -> None:
    """The placeholder comes when the last member goes, goes when the first one comes, and is not read."""
    people, dn = SCHOOL["people"], f"cn=t,ou=teams,{service.base}"
    for members, held in ((("1",), {b"uid=u1"}), ((), {b"cn=nobody"}), (("2", "3"), {b"uid=u2", b"uid=u3"})):
        result = sync(office(people, [team("t", *members)]), directory(service))
        assert result.ok, outcomes(result)
        assert held == {each.partition(b",")[0] for each in (service.shown(dn) or {})["member"]}
        assert 0 == len(sync(office(people, [team("t", *members)]), directory(service)))


def test_a_deleted_entry_leaves_no_dangling_member(service: Service) -> None:
    """Groups forget an entry that goes; accounts are deleted."""
    sync(office(**SCHOOL), directory(service))
    left = office(SCHOOL["people"], SCHOOL["teams"], SCHOOL["accounts"][:1])
    assert sync(left, directory(service)).ok
    assert [f"uid=u1,ou=accounts,{service.base}"] == list(service.below("accounts"))


def test_members_of_others_stay(service: Service) -> None:
    """Somebody who is none of the branch's is not read, and not removed."""
    sync(office(**SCHOOL), directory(service))
    dn, other = f"cn=t1,ou=teams,{service.base}", f"cn=guest,{service.base}"
    service.admin.modify_s(dn, [(ldap.MOD_ADD, "member", [other.encode()])])
    left = office(SCHOOL["people"], [team("t1", "3"), *SCHOOL["teams"][1:]], SCHOOL["accounts"])
    assert 4 == len(sync(left, directory(service)))
    assert other.encode() in (service.shown(dn) or {})["member"]


def test_an_account_without_a_number_is_adopted(service: Service) -> None:
    """An entry that is there under the same login gets the number, and keeps its name and what is its own."""
    dn = f"uid=u9,ou=people,{service.base}"
    service.add(dn, objectClass="inetOrgPerson", uid="u9", cn="By hand", sn="Hand", telephoneNumber="1")
    result = sync(office([person("9", family="Given")]), directory(service))
    assert result.ok, outcomes(result)
    held = service.shown(dn) or {}
    assert ([b"9"], [b"Given"], [b"1"]) == (held["employeeNumber"], held["sn"], held["telephoneNumber"])


@settings(max_examples=15, deadline=None)
@given(
    logins=st.lists(
        TEXTS.filter(lambda text: text == " ".join(text.split()) and text.isprintable()),
        unique_by=lambda text: text.lower().casefold(),
        min_size=1,
        max_size=4,
    ),
    family=TEXTS,
)
def test_any_text_names_an_entry_and_comes_back(logins: list[str], family: str) -> None:
    """Commas, quotes, brackets, hashes and letters of all scripts are escaped, by the library."""
    service = Service()
    people = [person(str(at), login, given=family.strip() or "x") for at, login in enumerate(logins)]
    result = sync(office(people, [team("all", *(each.number for each in people))]), directory(service))
    refused = [action.key for action, outcome in result if not outcome.ok]
    right = directory(service)
    left = office([each for each in people if each.number not in refused], [])
    if not refused:
        assert 0 == len(sync(office(people, [team("all", *(each.number for each in people))]), right))
    else:
        right.load()
        assert {each.number for each in left.people.values()} == set(right.people)  # type: ignore[attr-defined]


@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_names_are_written_and_read_back(values: list[str]) -> None:
    """Whatever a value holds, the name that is made of it is one, and gives it back."""
    parent = ",".join(rdn_of("ou", each) for each in values[1:])
    dn = f"{rdn_of('uid', values[0])},{parent}"
    assert (True, values[0]) == (is_dn(dn), rdn_value(dn, "UID"))
    assert same_dn(parent) == same_dn(parent_of(dn))
    assert same_dn(dn) == same_dn(dn.replace("uid=", "UID="))
    assert equals("cn", "a*(b)\\") == r"(cn=a\2a\28b\29\5c)"


# -- no partial read, and no empty one -----------------------------------------------------------------


def fill(service: Service, number: int) -> None:
    """Make many people, as somebody else."""
    for at in range(number):
        dn = f"uid=u{at},ou=people,{service.base}"
        service.add(dn, objectClass="inetOrgPerson", uid=f"u{at}", cn="x", sn="x", employeeNumber=str(at))


def test_more_than_the_size_limit_is_read_page_by_page(service: Service) -> None:
    """An account that is not the administrator's is shown 500 entries at once; all are read."""
    fill(service, 1100)
    right = directory(service).load()
    assert 1100 == len(right.people)  # type: ignore[attr-defined]


def test_a_limit_that_holds_for_pages_too_is_no_whole(service: Service) -> None:
    """Where the directory stops in between, the import stops, and the tree keeps what it had."""
    fill(service, 40)
    right = directory(service, bind_dn=f"cn=limited,{service.base}", page_size=20).load()
    assert 40 == len(right.people)  # type: ignore[attr-defined]
    fill_more = range(40, 60)
    for at in fill_more:
        dn = f"uid=u{at},ou=people,{service.base}"
        service.add(dn, objectClass="inetOrgPerson", uid=f"u{at}", cn="x", sn="x", employeeNumber=str(at))
    with pytest.raises(SourceError, match="not all of it is shown"):
        right.load()
    assert 40 == len(right.people)  # type: ignore[attr-defined]


def test_lost_rights_are_no_empty_directory(service: Service) -> None:
    """An account that may bind and read nothing holds the run."""
    sync(office(**SCHOOL), directory(service))
    service.distrust()
    with pytest.raises(SourceError, match="may not read it"):
        directory(service).load()


def test_entries_that_are_hidden_are_no_empty_branch(service: Service) -> None:
    """Where the base is shown and tells of entries below it, of which none is shown, the run is held."""
    right = directory(service)
    assert 0 == len(right.load().people)  # type: ignore[attr-defined]
    sync(office(**SCHOOL), directory(service))
    hidden = directory(service, bind_dn="", password="", base_dn=service.base)
    with pytest.raises(SourceError):
        hidden.load()


# -- what the directory refuses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"mail": frozenset({"zoë@x.example"})}, "a value is not what its attribute takes"),
        ({"family": ""}, "the entry lacks what its object classes need"),
    ],
)
def test_a_record_that_the_directory_refuses_fails_alone(
    service: Service, fields: dict[str, Any], why: str
) -> None:
    """The reason says what it means and what the directory says; the others are written."""
    result = sync(office([person("1"), person("2", **fields), person("3")]), directory(service))
    ((status, reason),) = [how for how in outcomes(result).values() if how[0] != "applied"]
    assert ("failed", True) == (status, why in reason)
    assert 2 == len(service.below("people"))


def test_an_entry_of_that_name_is_not_overwritten(service: Service) -> None:
    """A name that somebody else's entry has is an error of the record."""
    dn = f"uid=u1,ou=people,{service.base}"
    service.add(dn, objectClass="inetOrgPerson", uid="u1", cn="x", sn="Other", employeeNumber="77")
    left, right = office([person("1")]), directory(service).load()
    result = left.sync(right, branches=["people"])
    assert any("there is an entry of that name already" in reason for _, reason in outcomes(result).values())
    assert [b"Other"] == (service.shown(dn) or {})["sn"]


def test_a_member_without_an_entry_is_told(service: Service) -> None:
    """A group that names somebody who is not there fails, with the number."""
    result = sync(office([], [team("t", "404")]), directory(service))
    ((status, reason),) = outcomes(result).values()
    assert ("failed", "members: people have no entry with the key '404'") == (status, reason)


def test_what_somebody_else_did_meanwhile_is_no_error(service: Service) -> None:
    """Values that are added or removed already are left out, and the rest of the change is made."""
    sync(office(**SCHOOL), directory(service))
    right = directory(service).load()
    service.change(f"uid=u1,ou=people,{service.base}", mail=["b@x.example", "c@x.example"])
    people = [
        person("1", given="New", mail=frozenset({"b@x.example", "c@x.example"}), room="12"),
        *SCHOOL["people"][1:],
    ]
    result = office(people, SCHOOL["teams"], SCHOOL["accounts"]).sync(right)
    assert result.ok, outcomes(result)
    assert [b"New"] == (service.shown(f"uid=u1,ou=people,{service.base}") or {})["givenName"]


def test_an_entry_that_was_moved_meanwhile_is_found_by_its_key(service: Service) -> None:
    """A change reaches an entry that somebody has renamed since it was read."""
    sync(office([person("1")]), directory(service))
    right = directory(service).load()
    service.admin.rename_s(f"uid=u1,ou=people,{service.base}", "cn=moved")
    result = office([person("1", room="5")]).sync(right, branches=["people"])
    assert result.ok, outcomes(result)
    assert [b"5"] == (service.shown(f"cn=moved,ou=people,{service.base}") or {})["roomNumber"]


# -- settings and checks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"url": ""}, "has no directory: set it in dss.toml"),
        ({"url": "http://x"}, "url in dss.toml: expected ldaps://host"),
        ({"url": "ldap://directory.example"}, "start_tls in dss.toml: expected true"),
        ({"url": "ldaps://x", "start_tls": True}, "start_tls in dss.toml: expected false"),
        ({"base_dn": ""}, "base_dn in dss.toml: expected the name of the entry"),
        ({"password": ""}, "password in dss.toml: expected a password with a bind_dn"),
        ({"ca_file": "none.pem"}, "there is no none.pem"),
        ({"page_size": 0}, "page_size in dss.toml: expected a number from 1"),
        ({"start_tls": 1}, "start_tls in dss.toml: expected true or false"),
        ({"url": 5}, "url in dss.toml: expected text"),
    ],
)
def test_wrong_settings_are_told_by_their_key(
    service: Service, more: dict[str, object], message: str
) -> None:
    """What cannot be right is an error before anything is asked; a bind without a password is anonymous."""
    right = directory(service)
    right.settings.update(more)
    with pytest.raises(SettingsError, match=message):
        right.load()


def test_what_is_found_of_a_directory(service: Service) -> None:
    """`examine` tells whether it answers, knows us, shows the bases and pages; nothing is written."""
    before = service.below("people")
    right = directory(service)
    found = [*right.importer.examine(), *right.template.examine()]
    assert ["reachable", "rights", "limits", "schema", "schema", "schema"] == [each.topic for each in found]
    assert {"ok"} == {each.state for each in found}
    wrong = directory(service, password="wrong")
    assert [("rights", "error")] == [(each.topic, each.state) for each in wrong.importer.examine()]
    away = directory(service, 1)
    assert [("reachable", "error")] == [(each.topic, each.state) for each in away.importer.examine()]
    assert before == service.below("people")


def test_the_password_is_nowhere_in_what_is_told(service: Service) -> None:
    """No error holds the password that was wrong."""
    with pytest.raises(SourceError) as caught:
        directory(service, password="the-wrong-secret").load()
    assert "the-wrong-secret" not in f"{caught.value} {caught.value!r}"


def test_a_login_that_changes_its_case_alone_loses_no_account(service: Service) -> None:
    """To the directory the new record is the old one: the new one fails, and the old one stays."""
    sync(office(accounts=[account("ann", 1001)]), directory(service))
    result = sync(office(accounts=[account("Ann", 1001)]), directory(service))
    assert ["failed", "rejected"] == [status for status, _ in outcomes(result).values()]
    assert [f"uid=ann,ou=accounts,{service.base}"] == list(service.below("accounts"))


def test_an_attribute_under_another_of_its_names_is_no_empty_one(service: Service) -> None:
    """The directory answers `surname` as `sn`: what nobody seems to have is told, and not compared."""
    sync(office([person("1")]), directory(service))
    connection = Connection(settings_of(directory(service)))
    dn = f"uid=u1,ou=people,{service.base}"
    try:
        assert "named otherwise" == connection.absent(dn, "surname")
        assert "not there" == connection.absent(dn, "roomNumber")
    finally:
        connection.close()


def test_entries_of_another_kind_do_not_vouch_for_an_empty_branch(service: Service) -> None:
    """Where something else is below the base, the branch's may be hidden: the settings must say."""
    service.add(f"ou=other,ou=people,{service.base}", objectClass="organizationalUnit")
    with pytest.raises(SourceError, match="may_be_empty"):
        directory(service).load()
    assert 0 == len(directory(service, may_be_empty=True).load().branches[0])
