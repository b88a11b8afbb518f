"""The stand-in itself: it takes what the description allows, refuses the rest, and answers as documented."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.google.description import METHODS, BadRequestError, check_answer, understood
from tests.google.directory import Directory, RefusedError
from tests.google.school import furnish

BASE = "/admin/directory/v1"
NAME = {"givenName": "A", "familyName": "B"}
PERSON = {"primaryEmail": "a@school.example", "name": NAME, "password": "long enough"}
USED = {
    "users.list", "users.get", "users.insert", "users.update", "users.delete", "users.undelete",
    "orgunits.list", "orgunits.get", "orgunits.insert", "orgunits.patch", "orgunits.delete",
    "groups.list", "groups.get", "groups.insert", "groups.patch", "groups.delete",
    "members.list", "members.get", "members.insert", "members.patch", "members.delete",
}  # fmt: skip
"""The methods that the adapter calls."""


def asked(directory: Directory, verb: str, target: str, body: Any = None) -> Any:
    """Ask as HTTP does, and return the answer, which the description has checked."""
    request = understood(verb, f"{BASE}/{target}", b"" if body is None else json.dumps(body).encode())
    answer = directory.answer(request)
    check_answer(request.name, answer)
    return answer


@pytest.fixture
def directory() -> Directory:
    """A directory with the org units of a school."""
    return furnish(Directory())


@pytest.mark.parametrize("name", sorted(USED))
def test_every_method_that_is_called_is_found_by_its_path(name: str) -> None:
    """With any parameters in it, each is understood as itself."""
    method = METHODS[name]
    path = method["path"].replace("{+orgUnitPath}", "Pupils/7/a b")
    for each in ("userKey", "groupKey", "memberKey", "customerId"):
        path = path.replace(f"{{{each}}}", "x%40y.example")
    body = b"{}" if "request" in method else b""
    found = understood(method["httpMethod"], f"/{path}", body)
    assert name == found.name
    with pytest.raises(BadRequestError, match=f"{name} has no parameter 'nonsense'"):
        understood(method["httpMethod"], f"/{path}?nonsense=1", body)
    if not body:
        with pytest.raises(BadRequestError, match="takes no body"):
            understood(method["httpMethod"], f"/{path}", b"{}")


@pytest.mark.parametrize(
    ("verb", "target", "body", "said"),
    [
        ("GET", "users?maxResults=501", None, "not from 1 to 500"),
        ("GET", "users?maxResults=many", None, "no whole number"),
        ("GET", "users?projection=some", None, "is none of"),
        ("GET", "users?customer=a&customer=b", None, "is given twice"),
        ("GET", "groups/g/members?includeDerivedMembership=1", None, "neither true nor false"),
        ("POST", "users", {"primaryMail": "x"}, "has no property 'primaryMail'"),
        ("POST", "users", {"suspended": "true"}, "is neither true nor false"),
        ("POST", "users", {"primaryEmail": 7}, "is no text"),
        ("POST", "users", {"name": "A B"}, "is no object"),
        ("POST", "users", {"name": {"middleName": "x"}}, "has no property 'middleName'"),
        ("POST", "users", {"phones": None}, "is null"),
        ("POST", "users", {"isAdmin": True}, "isAdmin is read-only"),
        ("PUT", "users/x", {"aliases": ["a"]}, "aliases is read-only"),
        ("POST", "groups", {"directMembersCount": "many"}, "is no number"),
        ("POST", "groups", {"aliases": "x"}, "is no list"),
    ],
)
def test_what_the_description_does_not_allow_is_refused(verb: str, target: str, body: Any, said: str) -> None:
    """Parameters with their types and limits, bodies with their properties."""
    with pytest.raises(BadRequestError, match=said):
        understood(verb, f"{BASE}/{target}", b"" if body is None else json.dumps(body).encode())


def test_what_is_no_method_is_not_found() -> None:
    """Neither a path that there is not, nor a verb that a path does not have."""
    for verb, target in (("GET", "people"), ("DELETE", "users"), ("POST", "users/x")):
        with pytest.raises(KeyError):
            understood(verb, f"{BASE}/{target}", b"")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"password": "short"}, 400),
        ({"password": None}, 400),
        ({"name": {"givenName": "A"}}, 400),
        ({"name": {**NAME, "givenName": "<A>"}}, 400),
        ({"name": {**NAME, "familyName": "B" * 61}}, 400),
        ({"orgUnitPath": "/None"}, 400),
        ({"customSchemas": {"Nothing": {"a": 1}}}, 400),
        ({"primaryEmail": "a@other.example"}, 404),
        ({"primaryEmail": "ADMIN@school.example"}, 409),
    ],
)
def test_users_that_google_refuses(directory: Directory, change: dict[str, Any], status: int) -> None:
    """As the documentation says: required properties, lengths, characters, addresses that are taken."""
    body = {name: value for name, value in {**PERSON, **change}.items() if value is not None}
    with pytest.raises(RefusedError) as caught:
        asked(directory, "POST", "users", body)
    assert status == caught.value.status


def test_users_as_documented(directory: Directory) -> None:
    """`update` merges, replaces lists, clears by null; `patch` clears no list; a rename leaves an alias."""
    made = asked(directory, "POST", "users", {**PERSON, "primaryEmail": "A@school.example"})
    assert ("a@school.example", "A B") == (made["primaryEmail"], made["name"]["fullName"])
    assert "password" not in made
    phones = [{"type": "work", "value": "1"}]
    changed = asked(
        directory, "PUT", "users/a@school.example", {"phones": phones, "name": {"givenName": "C"}}
    )
    assert ("C B", phones) == (changed["name"]["fullName"], changed["phones"])
    assert phones == asked(directory, "PATCH", f"users/{made['id']}", {"phones": None})["phones"]
    assert "phones" not in asked(directory, "PUT", f"users/{made['id']}", {"phones": None})
    renamed = asked(directory, "PUT", f"users/{made['id']}", {"primaryEmail": "c@school.example"})
    assert ["a@school.example"] == renamed["aliases"]
    assert made["id"] == asked(directory, "GET", "users/a@school.example")["id"]
    asked(directory, "DELETE", f"users/{made['id']}")
    deleted = asked(directory, "GET", "users?customer=my_customer&showDeleted=true")["users"]
    assert ([made["id"]], True) == ([each["id"] for each in deleted], "deletionTime" in deleted[0])
    asked(directory, "POST", f"users/{made['id']}/undelete", {"orgUnitPath": "/Pupils"})
    assert "/Pupils" == asked(directory, "GET", f"users/{made['id']}")["orgUnitPath"]


def test_custom_schemas_come_when_they_are_asked_for(directory: Directory) -> None:
    """Not by default; an unknown one is refused."""
    asked(directory, "POST", "users", {**PERSON, "customSchemas": {"School": {"grade": 7}}})
    assert "customSchemas" not in asked(directory, "GET", "users/a@school.example")
    custom = asked(directory, "GET", "users/a@school.example?projection=custom&customFieldMask=School")
    assert {"School": {"grade": 7}} == custom["customSchemas"]
    with pytest.raises(RefusedError):
        asked(directory, "GET", "users/a@school.example?projection=custom&customFieldMask=Else")


def test_groups_members_and_org_units_as_documented(directory: Directory) -> None:
    """Counts, roles, kinds, double members, paths, and org units that are not empty."""
    group = asked(directory, "POST", "groups", {"email": "G@school.example"})
    assert ("g@school.example", "g", "0") == (group["email"], group["name"], group["directMembersCount"])
    member = asked(directory, "POST", "groups/g@school.example/members", {"email": "x@y.example"})
    assert ("MEMBER", "USER") == (member["role"], member["type"])
    with pytest.raises(RefusedError, match="Member already exists"):
        asked(directory, "POST", "groups/g@school.example/members", {"email": "x@y.example"})
    assert "1" == asked(directory, "GET", f"groups/{group['id']}")["directMembersCount"]
    where = "customer/my_customer/orgunits"
    unit = asked(directory, "POST", where, {"name": "7 a", "parentOrgUnitPath": "/Pupils"})
    assert "/Pupils/7 a" == unit["orgUnitPath"]
    with pytest.raises(RefusedError, match="not empty"):
        asked(directory, "DELETE", f"{where}/Pupils")
    moved = asked(directory, "PATCH", f"{where}/Pupils/7%20a", {"parentOrgUnitPath": "/Teachers"})
    assert "/Teachers/7 a" == moved["orgUnitPath"]
    paths = [
        each["orgUnitPath"] for each in asked(directory, "GET", f"{where}?type=all")["organizationUnits"]
    ]
    assert ["/Pupils", "/Teachers", "/Teachers/7 a"] == paths


def test_pages_end_where_they_should(directory: Directory) -> None:
    """A token leads to the rest, and one that nobody gave is refused."""
    for at in range(3):
        directory.add_user(f"u{at}@school.example")
    page = asked(directory, "GET", "users?customer=my_customer&maxResults=3")
    rest = asked(
        directory, "GET", f"users?customer=my_customer&maxResults=3&pageToken={page['nextPageToken']}"
    )
    assert (3, 1, False) == (len(page["users"]), len(rest["users"]), "nextPageToken" in rest)
    with pytest.raises(RefusedError, match="pageToken"):
        asked(directory, "GET", "users?customer=my_customer&pageToken=other")


def test_it_runs_as_a_process_and_takes_faults() -> None:
    """As the example's end-to-end session starts it."""
    command = [sys.executable, "-m", "tests.google.stand_in", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            fault = json.dumps({"method": "users.list", "error": [503, "backendError", "away"]}).encode()
            with urllib.request.urlopen(f"{url}/stand-in/faults", data=fault) as answer:
                held = json.load(answer)
            assert ["admin@school.example"] == [each["primaryEmail"] for each in held["users"]]
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(f"{url}{BASE}/users?customer=my_customer")
            assert 503 == caught.value.code
            caught.value.close()
        finally:
            process.terminate()
