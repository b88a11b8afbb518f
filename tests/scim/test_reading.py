"""All that a service lists is read, or nothing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dss_runtime import SourceError
from dss_runtime.adapters.scim._session import session_of
from tests.scim.campus import campus, person
from tests.scim.faults import Dropped, FaultProxy, Forward, Reply, Request, answer, reply
from tests.scim.service import Service


def users(number: int) -> list[dict[str, Any]]:
    """Return so many users."""
    return [{"userName": f"u{at}", "externalId": f"{at}"} for at in range(number)]


def start_of(request: Request) -> int:
    """Return where the page begins that is asked for, 0 where none is."""
    found = parse_qs(urlsplit(request.path).query).get("startIndex", ["0"])
    return int(found[0])


def altered(found: Reply, **changed: Any) -> Reply:
    """Return an answer with other values at its top."""
    return answer({**found.json, **changed})


@pytest.mark.parametrize("page_size", [2, 3, 7, 50])
@pytest.mark.parametrize("number", [0, 1, 2, 3, 7, 8])
def test_pages_make_the_whole(service: Service, page_size: int, number: int) -> None:
    """Whatever the size of pages, every user arrives once."""
    service.add_users(users(number))
    tree = campus(service, page_size=page_size).load()
    assert {f"{at}" for at in range(number)} == set(tree.branches[0])


def test_only_what_is_needed_is_asked_for(service: Service, proxy: FaultProxy) -> None:
    """The attributes of the columns and the version are asked for; the token goes with each request."""
    service.add_users(users(3))
    campus(service, proxy.port).load()
    (request,) = proxy.asked("GET", "/Users?")
    asked = parse_qs(urlsplit(request.path).query)["attributes"][0].split(",")
    assert {"externalId", "userName", "name", "emails", "meta"} <= set(asked)
    assert "password" not in asked


def test_the_most_results_are_obeyed(service: Service, proxy: FaultProxy) -> None:
    """A page is never larger than what the service announces."""

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if request.path.endswith("/ServiceProviderConfig"):
            return altered(found, filter={"supported": True, "maxResults": 3})
        return found

    service.add_users(users(8))
    proxy.rule = rule
    assert 8 == len(campus(service, proxy.port).load().branches[0])
    assert all("count=3" in each.path for each in proxy.asked("GET", "/Users?"))


@pytest.mark.parametrize("how", ["deleted", "added", "both"])
def test_a_list_that_shifts_is_read_again(service: Service, proxy: FaultProxy, how: str) -> None:
    """What somebody removes or adds between two pages leaves no gap and nothing twice.

    Where one goes and another comes before the place that was read up to, the list is whole as it was.
    """
    service.add_users(users(9))
    before = {each["externalId"] for each in service.all()}
    shifted: list[bool] = []

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if start_of(request) == 1 and not shifted and "/Users?" in request.path:
            shifted.append(True)
            if how in ("deleted", "both"):
                service.remove(found.json["Resources"][0]["id"])
            if how in ("added", "both"):
                service.add("Users", userName="late", externalId="late")
        return found

    proxy.rule = rule
    tree = campus(service, proxy.port, page_size=4).load()
    now = {each["externalId"] for each in service.all()}
    assert set(tree.branches[0]) in ([before, now] if how == "both" else [now])


def test_a_list_that_always_shifts_is_no_data(service: Service, proxy: FaultProxy) -> None:
    """After three readings that did not join, the import stops."""
    service.add_users(users(9))

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if start_of(request) == 1 and "/Users?" in request.path:
            service.remove(found.json["Resources"][0]["id"])
        return found

    proxy.rule = rule
    with pytest.raises(SourceError, match="read 3 times, and each time it changed meanwhile"):
        campus(service, proxy.port, page_size=4).load()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"totalResults": 4}, "4 were announced, and 3 on a later page"),
    ({"totalResults": 2}, "2 were announced, and 3 arrived"),
    ({"totalResults": None}, "does not say how many there are"),
    ({"totalResults": True}, "does not say how many there are"),
    ({"startIndex": 2}, "it has answered from 2 on"),
    ({"Resources": None}, "3 were announced, and 0 arrived"),
    ({"Resources": [1, 2, 3]}, "something that is no resource"),
    ({"Resources": [{}, {}, {}]}, "a resource has no id"),
    ({"Resources": [{"id": "1"}, {"id": "1"}, {"id": "2"}]}, "a resource came twice"),
]


@pytest.mark.parametrize(("changed", "expected"), WRONG)
def test_a_list_that_does_not_add_up_is_no_data(
    service: Service, proxy: FaultProxy, changed: dict[str, Any], expected: str
) -> None:
    """What arrives has to be what was announced, each once."""
    service.add_users(users(3))
    proxy.rule = lambda request, forward: (
        altered(forward(request), **changed) if start_of(request) == 1 else forward(request)
    )
    with pytest.raises(SourceError, match=expected):
        campus(service, proxy.port).load()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reply(401), r"does not accept the credentials \(401\)"),
        (reply(403, "not yours"), r"no right to this \(403\): not yours"),
        (reply(500), "answered 500"),
        (Reply(200, b"<html>", {"Content-Type": "text/html"}), "answered text/html: is the url the base"),
        (Reply(302, b"", {"Location": "https://other.example/x"}), "redirects to https://other.example"),
        (reply(503, "closed", Retry_After="3600"), "answered 503: closed"),
        (reply(501), r"refused it \(501\)"),
    ],
)
def test_what_cannot_be_read_is_no_data(
    service: Service, proxy: FaultProxy, found: Reply, expected: str
) -> None:
    """A refusal in the middle of reading stops the import and leaves what was read before."""
    service.add_users(users(5))
    tree = campus(service, proxy.port, page_size=3).load()
    proxy.rule = lambda request, forward: found if start_of(request) == 3 else forward(request)
    with pytest.raises(SourceError, match=expected):
        tree.load()
    assert 5 == len(tree.branches[0])


def test_a_service_that_asks_to_wait_is_waited_for(service: Service, proxy: FaultProxy) -> None:
    """A page that is refused for a few seconds is asked for again after them."""
    service.add_users(users(5))
    waits: list[float] = []
    tree = campus(service, proxy.port, page_size=3)
    session_of(tree).pause = waits.append
    proxy.rule = lambda request, forward: (
        reply(429, Retry_After="7") if start_of(request) == 3 and len(waits) < 2 else forward(request)
    )
    assert 5 == len(tree.load().branches[0])
    assert [7.0, 7.0] == waits


def test_a_redirect_on_the_same_host_is_followed(service: Service, proxy: FaultProxy) -> None:
    """A moved endpoint of the same host is read; the token goes nowhere else."""
    service.add_users(users(2))

    def rule(request: Request, forward: Forward) -> Reply:
        if "/Users?" in request.path and "moved" not in request.path:
            return Reply(307, b"", {"Location": f"{request.path}&moved=1"})
        return forward(request)

    proxy.rule = rule
    assert 2 == len(campus(service, proxy.port).load().branches[0])


def test_a_connection_that_breaks_is_no_data(service: Service, proxy: FaultProxy) -> None:
    """An answer that does not come stops the import."""
    service.add_users(users(5))

    def rule(request: Request, forward: Forward) -> Reply:
        if start_of(request) == 3:
            raise Dropped
        return forward(request)

    proxy.rule = rule
    with pytest.raises(SourceError, match="the answer was lost"):
        campus(service, proxy.port, page_size=3).load()


def test_an_attribute_that_is_gone_is_no_data(service: Service, proxy: FaultProxy) -> None:
    """A column that the service has no attribute for stops the import, and says what is near."""

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if not request.path.endswith("/Schemas"):
            return found
        return Reply(200, found.body.replace(b'"userName"', b'"usersName"'), found.headers)

    proxy.rule = rule
    with pytest.raises(SourceError, match="no attribute userName, did you mean usersName"):
        campus(service, proxy.port).load()


def test_a_resource_that_is_gone_is_no_data(service: Service, proxy: FaultProxy) -> None:
    """An endpoint that the service does not list stops the import."""

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if not request.path.endswith("/ResourceTypes"):
            return found
        kinds = [each for each in found.json["Resources"] if each["name"] != "Group"]
        return answer({**found.json, "totalResults": 1, "Resources": kinds})

    proxy.rule = rule
    with pytest.raises(SourceError, match="the service has no resource 'Groups'"):
        campus(service, proxy.port).load()


def test_what_the_service_never_shows_cannot_be_read(service: Service, proxy: FaultProxy) -> None:
    """An attribute that is never returned would seem to be empty, and is refused."""

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if not request.path.endswith("/Schemas"):
            return found
        text = json.dumps(found.json)
        hidden = text.replace('"name": "userName"', '"name": "userName", "x": 1').replace(
            '"returned": "default", "uniqueness": "server"', '"returned": "never", "uniqueness": "server"'
        )
        assert hidden != text
        return Reply(200, hidden.encode(), found.headers)

    proxy.rule = rule
    with pytest.raises(SourceError, match="the service never shows userName"):
        campus(service, proxy.port).load()


def test_a_service_that_announces_nothing_is_read(service: Service, proxy: FaultProxy) -> None:
    """Without a configuration, kinds and schemas, lists are read all the same."""
    service.add_users(users(2))
    hidden = ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")
    proxy.rule = lambda request, forward: reply(404) if request.path.endswith(hidden) else forward(request)
    tree = campus(service, proxy.port)
    people = tree.load().branches[0]
    assert ({"0", "1"}, 0) == (set(people), len(people.unreadable))


def test_values_arrive_as_they_are(service: Service) -> None:
    """Sub-attributes, chosen values, extensions, several values and references become fields."""
    work = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    boss = service.add("Users", userName="boss", externalId="1")
    service.add(
        "Users",
        userName="Änn 👩‍🏫",
        externalId="0042",
        name={"givenName": "cafe\u0301", "familyName": "שלום"},
        emails=[{"type": "home", "value": "h@x.org"}, {"type": "work", "value": "w@x.org"}],
        phoneNumbers=[{"value": "1"}, {"value": "2"}],
        **{work: {"employeeNumber": "7", "manager": {"value": boss}}},
    )
    expected = person(
        "0042", "Änn 👩‍🏫", given="cafe\u0301", family="שלום", mail="w@x.org", desk=7,
        phones=frozenset({"1", "2"}), mentor="1",
    )  # fmt: skip
    assert expected == campus(service).load().branches[0]["0042"]


def test_an_ambiguous_value_is_quarantined(service: Service) -> None:
    """Two values where one is expected make the row unreadable, and protect its key."""
    emails = [{"type": "work", "value": "a@x.org"}, {"type": "work", "value": "b@x.org"}]
    service.add("Users", userName="ann", externalId="1", emails=emails)
    people = campus(service).load().branches[0]
    (row,) = people.unreadable
    assert (0, ("1",)) == (len(people), row.key)
    assert "a@x.org" not in row.reason


def changed(body: object) -> Reply:
    """Return an answer with this body."""
    return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/scim+json"})


def test_a_page_of_a_cursor_that_is_no_list_is_no_end(service: Service, proxy: FaultProxy) -> None:
    """A portal that answers "please log in" in the middle of a list has not said that the list ends there."""
    service.add_users(users(6))

    def rule(request: Request, forward: Forward) -> Reply:
        if "cursor=next" in request.path:
            return changed({"message": "please log in"})
        if "/Users?" in request.path:
            return changed({"Resources": service.all()[:2], "nextCursor": "next"})
        found = forward(request)
        if "ServiceProviderConfig" in request.path:
            return changed({**found.json, "pagination": {"cursor": True, "index": False}})
        return found

    proxy.rule = rule
    with pytest.raises(SourceError, match="no list of resources"):
        campus(service, proxy.port).load()


def test_the_pages_are_told_of_as_they_come(service: Service) -> None:
    """Who waits for a large service sees how many of how many have come, before the first is a record."""
    service.add_users(users(8))
    heard: list[tuple[str, str, int, int]] = []

    def listen(stage: str, what: str, done: int, total: int, /) -> None:
        heard.append((stage, what, done, total))

    tree = campus(service, page_size=3)
    tree.load(listen)
    name = tree.branches[0].name
    told = [each for each in heard if each[1].startswith(name)]
    # Each page begins with the last of the one before.
    assert [(f"{name}, fetched", done, 8) for done in (3, 5, 7, 8)] + [(name, 8, 8)] == [
        each[1:] for each in told
    ]
    assert {"read"} == {each[0] for each in told}
