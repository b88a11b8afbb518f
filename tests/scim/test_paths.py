"""Attribute paths: what they read, what they write, and how requests name them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.adapters.scim._changes import Change, Members, Setting, created, patch, put
from dss_runtime.adapters.scim._paths import path_of

WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PERSON: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", WORK],
    "userName": "ann",
    "active": False,
    "name": {"givenName": "Ann"},
    "emails": [
        {"type": "Work", "value": "a@work", "primary": True},
        {"type": "home", "value": "a@home"},
    ],
    "roles": [{"value": "x"}, {"value": "y"}],
    WORK: {"employeeNumber": "7", "manager": {"value": "m1"}},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("userName", "ann"),
        ("USERNAME", "ann"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName", "ann"),
        ("active", False),
        ("name.givenName", "Ann"),
        ("name.familyName", None),
        ('emails[type eq "work"].value', "a@work"),
        ('emails[type eq "work" and primary eq true].value', "a@work"),
        ('emails[type eq "other"].value', None),
        ("emails.value", ("a@work", "a@home")),
        ("roles", ({"value": "x"}, {"value": "y"})),
        ("nothing.value", None),
        (f"{WORK}:employeeNumber", "7"),
        (f"{WORK}:manager.value", "m1"),
        ("urn:example:none:1.0:X:field", None),
    ],
)
def test_a_path_reads_what_is_there(path: str, found: object) -> None:
    """Names count without their case, several values are a tuple, what is chosen is one value."""
    assert found == path_of(path).read(PERSON)


def test_what_is_chosen_twice_is_no_single_value() -> None:
    """Where a filter chooses several values, nobody guesses which one is meant."""
    emails = [{"type": "work", "value": "a"}, {"type": "work", "value": "b"}]
    assert path_of('emails[type eq "work"].value').read({"emails": emails}) == ("a", "b")


@pytest.mark.parametrize(
    "text",
    ["", "a b", "a.b.c", "emails[type].value", 'emails[type ne "x"]', "a[", "urn:x", "a]b", 'a[b eq x"]'],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    """A text of another form raises ValueError."""
    with pytest.raises(ValueError, match="is no path of SCIM"):
        path_of(text)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("userName", 'a"b\\c', r'userName eq "a\"b\\c"'),
        ("active", True, "active eq true"),
        ('emails[type eq "work"].value', "a@b", 'emails[type eq "work" and value eq "a@b"]'),
        (f"{WORK}:employeeNumber", "7", f'{WORK}:employeeNumber eq "7"'),
    ],
)
def test_a_filter_escapes_values(path: str, value: object, expected: str) -> None:
    """No value ends the text that it is in."""
    assert expected == path_of(path).equals(value)


PATHS = st.sampled_from(
    [
        "userName", "name.givenName", 'emails[type eq "work"].value', 'addresses[type eq "work"].locality',
        f"{WORK}:employeeNumber", f"{WORK}:manager.value",
    ]
)  # fmt: skip


@given(path=PATHS, values=st.lists(st.none() | st.text(min_size=1), min_size=1))
def test_what_is_put_is_read(path: str, values: list[str | None]) -> None:
    """A value that was put is read again, whatever was there before; None takes it away."""
    resource: dict[str, Any] = {"schemas": [], "emails": [{"type": "home", "value": "h"}]}
    for value in values:
        path_of(path).put(resource, value)
        assert value == path_of(path).read(resource)
    assert "h" == path_of('emails[type eq "home"].value').read(resource)


def test_a_list_keeps_what_is_known_of_its_values() -> None:
    """Of a value that stays, the other parts stay too."""
    resource: dict[str, Any] = {"emails": [{"value": "a", "primary": True}, {"value": "b"}]}
    put([Setting(path_of("emails.value"), ("c", "a"))], resource)
    assert {"emails": [{"value": "c"}, {"value": "a", "primary": True}]} == resource


def test_members_are_put_into_a_whole_resource() -> None:
    """Where all is written anew, members that nobody speaks of stay."""
    resource: dict[str, Any] = {"members": [{"value": "a"}, {"value": "b", "display": "B"}]}
    put([Members(path_of("members.value"), ("c",), ("a",))], resource)
    assert {"members": [{"value": "b", "display": "B"}, {"value": "c"}]} == resource


def test_two_parts_of_a_new_value_are_added_as_one() -> None:
    """A street and a town of an address that is not there yet make one address."""
    parts = [
        Setting(path_of('addresses[type eq "work"].locality'), "Wien"),
        Setting(path_of('addresses[type eq "work"].postalCode'), "1010"),
    ]
    address = {"type": "work", "locality": "Wien", "postalCode": "1010"}
    expected = [{"op": "add", "path": "addresses", "value": [address]}]
    assert expected == patch(parts, {})["Operations"]
    assert [address] == created("urn:x", [(each.path, each.value) for each in parts])["addresses"]


def test_a_patch_says_only_what_differs() -> None:
    """Values are replaced, taken away, added and removed at their paths."""
    changes: list[Change] = [
        Setting(path_of("name.givenName"), "B", held=True),
        Setting(path_of("title"), None, held=True),
        Setting(path_of('emails[type eq "work"].value'), None, held=True),
        Setting(path_of('addresses[type eq "work"].locality'), None, held=True),
        Members(path_of("members.value"), ("a", "b"), ("c",)),
    ]
    assert [
        {"op": "replace", "path": "name.givenName", "value": "B"},
        {"op": "remove", "path": "title"},
        {"op": "remove", "path": 'emails[type eq "work"]'},
        {"op": "remove", "path": 'addresses[type eq "work"].locality'},
        {"op": "remove", "path": 'members[value eq "c"]'},
        {"op": "add", "path": "members", "value": [{"value": "a"}, {"value": "b"}]},
    ] == patch(changes, None)["Operations"]
