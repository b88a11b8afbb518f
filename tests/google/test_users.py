"""Users: what is kept of them, who is left alone, who comes back."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from googleapiclient import discovery  # pyright: ignore[reportMissingTypeStubs]

from dss_runtime import Status
from tests.google.directory import ADMIN
from tests.google.school import School, reasons, user
from tests.google.stand_in import StandIn


def test_the_entries_of_others_are_kept(school: School, server: StandIn) -> None:
    """A list is replaced whole by Google, so the entries that are not ours are sent again as they are."""
    school.sync(server, school.pupil("1", phone="+49 1"))
    held = user(server.directory, "p1@school.example")
    held["externalIds"].insert(0, {"type": "login_id", "value": "x"})
    held["phones"] = [{"type": "home", "value": "+49 2"}, {"type": "work", "value": "+49 1", "primary": True}]
    held["customSchemas"] = {"School": {"locker": "12"}}
    assert {} == reasons(school.sync(server, school.pupil("1", phone="+49 3", grade=8)))
    assert [{"type": "home", "value": "+49 2"}, {"type": "work", "value": "+49 3", "primary": True}] == held[
        "phones"
    ]
    assert [{"type": "login_id", "value": "x"}, {"type": "organization", "value": "1"}] == held["externalIds"]
    assert {"School": {"locker": "12", "grade": 8}} == held["customSchemas"]


def test_a_value_is_cleared_without_the_others(school: School, server: StandIn) -> None:
    """None clears: an entry goes, and the list with its last one; `update` does it, `patch` could not."""
    school.sync(server, school.pupil("1", phone="+49 1", grade=7))
    server.forget()
    assert {} == reasons(school.sync(server, school.pupil("1")))
    held = user(server.directory, "p1@school.example")
    assert ("phones" in held, {}) == (False, held["customSchemas"]["School"])
    assert {"users.update"} == {"users.update", "users.patch"}.intersection(server.methods())
    assert 0 == len(school.sync(server, school.pupil("1")))


def test_new_users_get_a_password_that_nobody_knows(
    school: School, server: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """It is random, of ASCII, to be changed at once, and in no log."""
    with caplog.at_level(logging.DEBUG):
        school.sync(server, school.pupil("1"), school.pupil("2"), school.pupil("3", secret="given to me"))
    held = [user(server.directory, f"p{number}@school.example") for number in (1, 2, 3)]
    passwords = [each["password"] for each in held]
    assert (3, "given to me") == (len(set(passwords)), passwords[2])
    assert all(each.isascii() and 8 <= len(each) <= 100 for each in passwords)
    assert all(each["changePasswordAtNextLogin"] is True for each in held)
    assert not any(each in caplog.text for each in passwords)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"first": "A" * 61}, "name.givenName: 61 characters, and Google takes 60"),
        ({"last": "Lee <b>"}, "name.familyName: Google takes neither < nor >"),
        ({"last": " "}, "name.familyName: is empty"),
        ({"email": "at home"}, "primaryEmail: is no address"),
        ({"secret": "short"}, "password: a password has 8 to 100 characters of ASCII"),
        ({"secret": "pässwörter"}, "password: a password has 8 to 100 characters of ASCII"),
        ({"unit": "/Elsewhere"}, "orgUnitPath: is not in /Pupils, where the branch is"),
        ({"unit": "Pupils"}, "orgUnitPath: is no path such as"),
    ],
)
def test_what_google_does_not_take_is_not_sent(
    school: School, server: StandIn, fields: dict[str, Any], reason: str
) -> None:
    """The record is rejected with what is wrong, and the others are written."""
    server.forget()
    result = school.sync(server, school.pupil("1", **fields), school.pupil("2"))
    (told,) = reasons(result).values()
    assert told.startswith(f"rejected: {reason}")
    assert 1 == server.methods().count("users.insert")
    assert not any(isinstance(value, str) and len(value) > 8 and value in told for value in fields.values())


def test_addresses_are_sent_in_lower_case(school: School, server: StandIn) -> None:
    """Google keeps them so; where a field compares them as they are, that would never converge."""
    result = school.sync(
        server,
        school.pupil("1", email="Ann@School.example"),
        school.record("teachers", email="Tea@school.example", first="T", last="C"),
    )
    (told,) = reasons(result).values()
    assert "rejected: email: addresses are kept in lower case" in told
    assert user(server.directory, "ann@school.example")
    assert 0 == len(school.sync(server, school.pupil("1", email="ANN@school.example")))


def test_who_leaves_is_suspended_and_comes_back(school: School, server: StandIn) -> None:
    """An old pupil keeps all that is theirs, and the same account is theirs again."""
    school.sync(server, school.pupil("1"), school.pupil("2"))
    number = user(server.directory, "p1@school.example")["id"]
    assert {} == reasons(school.sync(server, school.pupil("2")))
    assert user(server.directory, "p1@school.example")["suspended"] is True
    assert 0 == len(school.sync(server, school.pupil("2")))
    assert {} == reasons(school.sync(server, school.pupil("1", first="Anna"), school.pupil("2")))
    held = user(server.directory, "p1@school.example")
    assert (number, False, "Anna") == (held["id"], held["suspended"], held["name"]["givenName"])


def test_users_are_suspended_before_they_are_deleted(school: School, server: StandIn) -> None:
    """It takes two requests: a run that ends between them leaves a suspended user, and no active one."""
    teacher = school.record("teachers", email="t@school.example", first="T", last="C")
    school.sync(server, teacher)
    server.forget()
    assert {} == reasons(school.sync(server))
    assert ["users.get", "users.update", "users.delete"] == server.methods()[-3:]
    assert user(server.directory, "t@school.example")["suspended"] is True


@pytest.mark.parametrize("kind", ["isAdmin", "isDelegatedAdmin"])
def test_administrators_are_neither_suspended_nor_deleted(school: School, server: StandIn, kind: str) -> None:
    """Unless the settings allow it: who would let anybody in again?"""
    server.directory.add_user("t@school.example", orgUnitPath="/Teachers", **{kind: True})
    ids = [{"type": "organization", "value": "1"}]
    server.directory.add_user("p1@school.example", orgUnitPath="/Pupils", externalIds=ids, **{kind: True})
    told = reasons(school.sync(server))
    assert 2 == len(told)
    assert all("is an administrator" in each and "admins = true" in each for each in told.values())
    assert user(server.directory, "p1@school.example")["suspended"] is False
    assert {} == reasons(school.sync(server, admins=True))
    assert user(server.directory, "p1@school.example")["suspended"] is True
    assert "deletionTime" in user(server.directory, "t@school.example")


def test_who_became_an_administrator_since_the_read_is_left_alone(school: School, server: StandIn) -> None:
    """What counts is how the user is when it is written."""
    school.sync(server, school.pupil("1"))
    right = school.google(server).load()
    user(server.directory, "p1@school.example")["isAdmin"] = True
    (told,) = reasons(school.office().sync(right)).values()
    assert told.startswith("rejected: is an administrator")


def test_a_deleted_user_is_restored(school: School, server: StandIn) -> None:
    """Within 20 days, by its key: with its id, and with the values of the record."""
    school.sync(server, school.pupil("1", grade=7), school.pupil("2"))
    number = user(server.directory, "p1@school.example")["id"]
    server.directory.users_delete({"userKey": number}, None)
    server.forget()
    assert {} == reasons(
        school.sync(server, school.pupil("1", grade=8, email="new@school.example"), school.pupil("2"))
    )
    held = server.directory.users[number]
    assert ("new@school.example", {"School": {"grade": 8}}) == (held["primaryEmail"], held["customSchemas"])
    assert ["users.undelete", "users.update"] == server.methods()[-2:]
    assert 0 == len(
        school.sync(server, school.pupil("1", grade=8, email="new@school.example"), school.pupil("2"))
    )


def test_the_address_of_a_deleted_user_is_no_proof(school: School, server: StandIn) -> None:
    """Somebody else with the address gets an account of their own, and not the mail of the first."""
    school.sync(server, school.pupil("1"))
    number = user(server.directory, "p1@school.example")["id"]
    server.directory.users_delete({"userKey": number}, None)
    assert {} == reasons(school.sync(server, school.pupil("9", email="p1@school.example")))
    assert number not in server.directory.users


def test_who_was_deleted_too_long_ago_is_created(school: School, server: StandIn) -> None:
    """After 20 days nothing is left to be restored."""
    school.sync(server, school.pupil("1"))
    number = user(server.directory, "p1@school.example")["id"]
    server.directory.users_delete({"userKey": number}, None)
    gone = datetime.now(UTC) - timedelta(days=21)
    server.directory.deleted[number]["deletionTime"] = gone.isoformat()
    assert {} == reasons(school.sync(server, school.pupil("1")))
    assert number not in server.directory.users


def test_a_new_address_leaves_the_old_one_as_an_alias(school: School, server: StandIn) -> None:
    """A rename keeps the account; the old address is its alias, and so nobody else's."""
    school.sync(server, school.pupil("1"))
    assert {} == reasons(school.sync(server, school.pupil("1", email="ann@school.example")))
    held = user(server.directory, "ann@school.example")
    assert ["p1@school.example"] == held["aliases"]
    result = school.sync(
        server, school.pupil("1", email="ann@school.example"), school.pupil("2", email="p1@school.example")
    )
    (told,) = reasons(result).values()
    assert told.startswith("failed: 409 duplicate: Entity already exists.; another user, an alias or a group")


def test_a_user_without_number_is_adopted_by_address(school: School, server: StandIn) -> None:
    """Its number is written into the account that is there, and nothing else of it is lost."""
    entry = {"type": "login_id", "value": "x"}
    server.directory.add_user("p1@school.example", orgUnitPath="/Pupils", externalIds=[entry])
    assert {} == reasons(school.sync(server, school.pupil("1")))
    held = user(server.directory, "p1@school.example")
    assert [entry, {"type": "organization", "value": "1"}] == held["externalIds"]
    assert 0 == len(school.sync(server, school.pupil("1")))


def test_a_user_with_the_address_but_another_number_is_not_written(school: School, server: StandIn) -> None:
    """An address may be somebody else's by now: what counts is the key."""
    school.sync(server, school.pupil("1"))
    right = school.google(server).load()
    held = user(server.directory, "p1@school.example")
    held["externalIds"] = [{"type": "organization", "value": "2"}]
    (told,) = reasons(school.office(school.pupil("1", first="X")).sync(right)).values()
    assert ("failed: there is no such user any more", "Ann") == (told, held["name"]["givenName"])


def test_users_of_other_org_units_are_nobodys_business(school: School, server: StandIn) -> None:
    """Who is moved away from below the branch between read and write is not touched."""
    school.sync(server, school.pupil("1"))
    server.directory.orgunits_insert(
        {"customerId": "my_customer"}, {"name": "Alumni", "parentOrgUnitPath": "/"}
    )
    right = school.google(server).load()
    user(server.directory, "p1@school.example")["orgUnitPath"] = "/Alumni"
    result = school.office().sync(right)
    assert {Status.FAILED: 1} == dict(result.counts)
    assert user(server.directory, ADMIN)["suspended"] is False


def test_the_library_describes_a_collection_once(
    school: School, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making a collection's methods takes the library longer than a request: it is not done for each."""
    made: list[str] = []
    make: Any = discovery.createMethod  # pyright: ignore[reportUnknownMemberType]

    def counted(name: str, *more: Any) -> Any:
        made.append(name)
        return make(name, *more)

    monkeypatch.setattr(discovery, "createMethod", counted)
    assert {} == reasons(school.sync(server, *(school.pupil(str(number)) for number in range(20))))
    assert made.count("insert") < 20
