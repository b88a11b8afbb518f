"""What is written to a service, and what becomes of each record when it does not work."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from dss_runtime import Old, Policy, Status, Work
from tests.scim.campus import UNGUARDED, campus, office, person, reasons, sync, team
from tests.scim.faults import Dropped, FaultProxy, Forward, Reply, Request, Rule, answer, reply
from tests.scim.service import WORK, Service
from tests.services.servers import TOKEN


def announcing(**changed: Any) -> Rule:
    """Return a rule by which the service announces something else."""

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if request.path.endswith("/ServiceProviderConfig"):
            return answer({**found.json, **changed})
        return found

    return rule


NO_BULK: dict[str, Any] = {"bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0}}
NO_PATCH: dict[str, Any] = {"patch": {"supported": False}}


def test_a_change_says_only_what_differs(service: Service, proxy: FaultProxy) -> None:
    """A PATCH holds the attributes that differ, and the version that was read."""
    ident = service.add("Users", userName="ann", externalId="1", title="kept", name={"givenName": "A"})
    assert sync(office([person("1", "ann", given="B", mail="a@x.org")]), campus(service, proxy.port)).ok
    (request,) = proxy.asked("PATCH")
    assert request.path.endswith(f"/Users/{ident}")
    assert [
        {"op": "replace", "path": "name.givenName", "value": "B"},
        {"op": "add", "path": "emails", "value": [{"type": "work", "value": "a@x.org"}]},
    ] == request.json["Operations"]
    assert 'W/"1"' == request.headers["If-Match"]
    assert "kept" == service.one(externalId="1")["title"]


def test_without_patch_the_whole_is_written(service: Service, proxy: FaultProxy) -> None:
    """A PUT holds all that the service has, with what nobody here knows, as it is at that time."""
    proxy.rule = announcing(**NO_PATCH)
    emails = [{"type": "home", "value": "h@x.org"}, {"type": "work", "value": "w@x.org", "display": "W"}]
    service.add("Users", userName="ann", externalId="1", title="kept", emails=emails)
    guest = service.add("Users", userName="guest")
    service.add("Groups", externalId="t", displayName="Team t", members=[{"value": guest}])
    left = office([person("1", "ann", mail="new@x.org", desk=3)], [team("t", "1")])
    right = campus(service, proxy.port)
    assert sync(left, right).ok
    assert not proxy.asked("PATCH")
    held = service.one(externalId="1")
    assert ("kept", "3") == (held["title"], held[WORK]["employeeNumber"])
    assert [emails[0], {**emails[1], "value": "new@x.org"}] == held["emails"]
    members = {each["value"] for each in service.all("Groups")[0]["members"]}
    assert {guest, held["id"]} == members
    assert 0 == len(left - right.load())


def test_many_records_go_in_one_request(service: Service, proxy: FaultProxy) -> None:
    """Where the service takes many operations in one request, no more of them than it says are sent so."""
    proxy.rule = announcing(bulk={"supported": True, "maxOperations": 4, "maxPayloadSize": 1_000_000})
    right = campus(service, proxy.port)
    assert sync(office([person(f"{at}") for at in range(10)]), right).ok
    assert [4, 4, 2] == [len(each.json["Operations"]) for each in proxy.asked("POST")]
    assert 0 == len(office([person(f"{at}") for at in range(10)]) - right.load())


def test_a_request_is_not_larger_than_the_service_takes(service: Service, proxy: FaultProxy) -> None:
    """The size of a bulk request is obeyed as well."""
    proxy.rule = announcing(bulk={"supported": True, "maxOperations": 100, "maxPayloadSize": 3000})
    assert sync(
        office([person(f"{at}", given="ü" * 150) for at in range(20)]), campus(service, proxy.port)
    ).ok
    sizes = [len(each.body) for each in proxy.asked("POST", "/Bulk")]
    assert max(sizes) <= 3000
    assert 20 == len(service.all())


def test_a_taken_name_fails_alone(service: Service) -> None:
    """In a bulk request, each record has its own outcome."""
    service.add("Users", userName="P3", externalId="other")
    result = sync(office([person("other", "P3"), *(person(f"{at}") for at in range(6))]), campus(service))
    ((action, outcome),) = [(action, outcome) for action, outcome in result if not outcome.ok]
    assert ("3", Status.FAILED) == (action.key, outcome.status)
    assert "a value that must be unique is taken by another record (409)" in outcome.reason


def test_one_by_one_a_taken_name_fails_alone(service: Service, proxy: FaultProxy) -> None:
    """Without bulk the same is so, with a request for each record."""
    proxy.rule = announcing(**NO_BULK)
    service.add("Users", userName="P3", externalId="other")
    left = office([person("other", "P3"), *(person(f"{at}") for at in range(6))])
    result = sync(left, campus(service, proxy.port))
    assert {Status.APPLIED: 5, Status.FAILED: 1} == result.counts
    assert 6 == len(proxy.asked("POST", "/Users"))


def test_what_somebody_else_has_changed_elsewhere_is_no_hindrance(
    service: Service, proxy: FaultProxy
) -> None:
    """A record that has another version by now is changed where the same attribute is as it was."""
    ident = service.add("Users", userName="ann", externalId="1")
    right = campus(service, proxy.port).load()
    service.change(ident, "title", "Dr.")
    assert office([person("1", "ann", given="A")]).sync(right, policy=UNGUARDED).ok
    held = service.one(externalId="1")
    assert ("Dr.", "A") == (held["title"], held["name"]["givenName"])


@pytest.mark.parametrize("bulk", [True, False])
def test_what_somebody_else_has_changed_is_not_overwritten(
    service: Service, proxy: FaultProxy, bulk: bool
) -> None:
    """A value that is not the one that was read is left to the next run."""
    if not bulk:
        proxy.rule = announcing(**NO_BULK)
    for number in ("1", "2"):
        service.add("Users", userName=f"p{number}", externalId=number)
    right = campus(service, proxy.port).load()
    service.change(service.one(externalId="1")["id"], "name.givenName", "theirs")
    left = office([person("1", given="ours"), person("2", given="ours")])
    result = left.sync(right, policy=UNGUARDED)
    assert {Status.REJECTED: 1, Status.APPLIED: 1} == result.counts
    assert "somebody else has changed the record" in result.of(Status.REJECTED)[0][1].reason
    assert "theirs" == service.one(externalId="1")["name"]["givenName"]
    assert sync(left, right).ok


def test_a_group_that_somebody_has_changed_is_not_deleted(service: Service) -> None:
    """A record is deleted as it was read, or not at all."""
    ident = service.add("Groups", externalId="t", displayName="T")
    right = campus(service).load()
    service.change(ident, "displayName", "needed", "Groups")
    result = office().sync(right, policy=UNGUARDED)
    assert {Status.REJECTED: 1} == result.counts
    assert "needed" == service.all("Groups")[0]["displayName"]


def test_who_leaves_is_disabled_and_who_returns_enabled(service: Service, proxy: FaultProxy) -> None:
    """`old: {set: …}` is a PATCH of `active`, never a DELETE; a return keeps what is the service's own."""
    left = office([person("1", "ann", given="A", language="de")])
    right = campus(service, proxy.port)
    assert sync(left, right).ok
    assert sync(office(), right).ok
    assert not proxy.asked("DELETE")
    assert not service.one(externalId="1")["active"]
    assert 0 == len(office() - right.load())
    service.change(service.one(externalId="1")["id"], "preferredLanguage", "fr")
    assert sync(office([person("1", "ann", given="B", language="en")]), right).ok
    held = service.one(externalId="1")
    assert (True, "B", "fr") == (held["active"], held["name"]["givenName"], held["preferredLanguage"])


def test_who_was_set_aside_is_deleted_for_good(service: Service) -> None:
    """A record that is still set aside is deleted; one that somebody has enabled since is not."""
    ids = [service.add("Users", userName=f"p{key}", externalId=key, active=False) for key in ("1", "2")]
    right = campus(service).load()
    people = right.branches[0]
    assert {"1", "2"} == set(people.retired)
    service.change(ids[1], "active", True)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    works = [
        Work("old", "people", key, (Old("people", key, record, aside_since=since),))
        for key, record in people.retired.items()
    ]
    outcomes = {work.key: outcome for work, outcome in zip(works, right.template.write(works), strict=True)}
    assert (True, False) == (outcomes["1"].ok, outcomes["2"].ok)
    assert "not set aside any more" in outcomes["2"].reason
    assert ["2"] == [each["externalId"] for each in service.all()]
    held = {work.key: right.template.look(work) for work in works}
    assert (True, False) == (held["1"] is None, held["2"] is None)


def test_a_record_without_its_key_is_adopted(service: Service) -> None:
    """An account that is there gets its key and stays the same account; others stay as they are."""
    ident = service.add("Users", userName="Ann", title="Dr.")
    service.add("Users", userName="admin")
    left = office([person("1", "ann", given="A")])
    right = campus(service)
    assert sync(left, right).ok
    held = service.one(externalId="1")
    assert (ident, "ann", "Dr.", "A") == (
        held["id"],
        held["userName"],
        held["title"],
        held["name"]["givenName"],
    )
    assert 2 == len(service.all())
    assert 0 == len(left - right.load())


def test_a_return_writes_only_what_differs(service: Service, proxy: FaultProxy) -> None:
    """What the account holds already is not written again, so that what never changes is no hindrance."""
    proxy.rule = described("userName", '{"mutability": "immutable"}')
    service.add("Users", userName="ann", externalId="1", name={"givenName": "A"}, active=False)
    assert sync(office([person("1", "ann", given="A")]), campus(service, proxy.port)).ok
    (request,) = proxy.asked("PATCH")
    assert [{"op": "replace", "path": "active", "value": True}] == request.json["Operations"]


def test_who_was_adopted_by_somebody_else_fails(service: Service) -> None:
    """An account that got a key meanwhile is not taken."""
    ident = service.add("Users", userName="ann")
    right = campus(service).load()
    service.change(ident, "externalId", "9")
    result = office([person("1", "ann")]).sync(right, policy=UNGUARDED)
    assert [True] == ["what it adopts is not there any more" in outcome.reason for _, outcome in result]
    assert "9" == service.all()[0]["externalId"]


def test_members_are_keys_and_strangers_stay(service: Service, proxy: FaultProxy) -> None:
    """Members are added and removed one by one; what is no record of the branch stays a member."""
    guest = service.add("Users", userName="guest")
    people = [person(number) for number in "1234"]
    right = campus(service, proxy.port)
    assert sync(office(people, [team("t", "1", "2")]), right).ok
    group = service.all("Groups")[0]
    held = [*group["members"], {"value": guest}, {"value": "another-group", "type": "Group"}]
    service.change(group["id"], "members", held, "Groups")
    left = office(people, [team("t", "2", "3", "4")])
    assert sync(left, right).ok
    ids = {each["externalId"]: each["id"] for each in service.all() if "externalId" in each}
    members = {each["value"] for each in service.all("Groups")[0]["members"]}
    assert {ids["2"], ids["3"], ids["4"], guest, "another-group"} == members
    (request,) = proxy.asked("PATCH", "/Groups/")
    assert ["remove", "add"] == [each["op"] for each in request.json["Operations"]]
    assert 0 == len(left - right.load())


def test_a_member_of_another_case_takes_the_place_of_the_one_there(service: Service) -> None:
    """Where case and normal form do not count to the service, a value changes them all the same."""
    right = campus(service)
    assert sync(office([person("1", phones=frozenset({"Café"}))]), right).ok
    left = office([person("1", phones=frozenset({"cafe\u0301"}))])
    assert sync(left, right).ok
    assert ["cafe\u0301"] == [each["value"] for each in service.one(externalId="1")["phoneNumbers"]]
    assert 0 == len(left - right.load())


def test_a_member_that_could_not_be_created_fails_its_team(service: Service) -> None:
    """A team whose member is not there is not made without it."""
    service.add("Users", userName="P1")
    service.add("Users", userName="p1x", externalId="x")
    left = office([person("x", "P1"), person("1", "P1")], [team("t", "1")])
    result = sync(left, campus(service))
    assert ("failed", "the record that it refers to is not there") == reasons(result)["new_teams(code='t')"]


def test_a_self_reference_is_a_key(service: Service) -> None:
    """A column may hold ids of its own branch: they are keys when read, and ids when written."""
    left = office([person("1"), person("2", mentor="1"), person("3", mentor="2")])
    right = campus(service)
    assert sync(left, right).ok
    assert service.one(externalId="1")["id"] == service.one(externalId="2")[WORK]["manager"]["value"]
    assert 0 == len(left - right.load())


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_waited_for(service: Service, proxy: FaultProxy, bulk: bool, status: int) -> None:
    """Retry-After is obeyed in the middle of a batch; nothing is written twice."""
    left = office([person(f"{at}") for at in range(6)])
    now: list[float] = [0.0]
    busy: list[float] = []

    def rule(request: Request, forward: Forward) -> Reply:
        if request.path.endswith("/ServiceProviderConfig") and not bulk:
            return announcing(**NO_BULK)(request, forward)
        if request.method != "GET":
            busy.append(now[0])
            if len(busy) in ((1,) if bulk else (3, 4)):
                return reply(status, Retry_After="11")
        return forward(request)

    right = campus(service, proxy.port).load()
    proxy.rule = rule
    right.load()

    def sleep(seconds: float) -> None:
        now[0] += seconds

    result = left.sync(right, policy=Policy(guarded=False, sleep=sleep, clock=lambda: now[0]))
    assert {Status.APPLIED: 6} == result.counts
    assert 6 == len(service.all())
    # The answer in the middle of a batch is asked for once more, at the batch's next try.
    first, *later = busy if bulk else busy[3:]
    assert later[0] - first >= 11


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize("happened", [True, False])
def test_a_lost_answer_is_looked_into(
    service: Service, proxy: FaultProxy, bulk: bool, happened: bool
) -> None:
    """A request whose answer is lost is looked into: what was done is not done again."""
    service.add("Users", userName="p0", externalId="0")
    left = office([person("0", given="A"), person("1", "ann", mail="a@x.org"), person("2")], [team("t", "0")])
    lost: set[str] = set()

    def rule(request: Request, forward: Forward) -> Reply:
        if request.path.endswith("/ServiceProviderConfig") and not bulk:
            return announcing(**NO_BULK)(request, forward)
        if request.method != "GET" and request.method + request.path not in lost:
            lost.add(request.method + request.path)
            if happened:
                forward(request)
            raise Dropped
        return forward(request)

    proxy.rule = rule
    right = campus(service, proxy.port)
    result = sync(left, right)
    assert {Status.APPLIED: 4} == result.counts
    assert (3, 1) == (len(service.all()), len(service.all("Groups")))
    assert 0 == len(left - right.load())


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_gives_up_tells_nothing(service: Service, proxy: FaultProxy, status: int) -> None:
    """An error of a server in between may come after the record was made."""
    tried: list[bool] = []

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if request.method == "POST" and not tried:
            tried.append(True)
            return reply(status)
        return found

    proxy.rule = rule
    result = sync(office([person("1")]), campus(service, proxy.port))
    assert ("applied", "found by looking: it is there") == reasons(result)["new_people(number='1')"]
    assert 1 == len(service.all())


def test_a_slow_answer_is_looked_into(service: Service, proxy: FaultProxy) -> None:
    """An answer that does not come in time is a lost one."""

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if request.method == "POST":
            time.sleep(0.6)
        return found

    proxy.rule = rule
    result = sync(office([person("1")]), campus(service, proxy.port, timeout=0.3))
    assert ("applied", "found by looking: it is there") == reasons(result)["new_people(number='1')"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reply(401), "does not accept the credentials (401)"),
        (reply(403, "read only"), "the credentials have no right to this (403): read only"),
        (Reply(307, b"", {"Location": "https://evil.example/Users"}), "redirects to https://evil.example"),
        (Reply(302, b"", {"Location": "/elsewhere"}), "it redirects what was to be written"),
        (reply(413), "takes no request of this size (413)"),
        (reply(400, "no", "invalidValue"), "has refused it (400, invalidValue): no"),
    ],
)
def test_a_refusal_is_told(service: Service, proxy: FaultProxy, found: Reply, expected: str) -> None:
    """Each record fails with what the service says, and nothing is sent elsewhere."""
    right = campus(service, proxy.port).load()
    proxy.rule = lambda request, forward: forward(request) if request.method == "GET" else found
    result = office([person("1"), person("2")]).sync(right, policy=UNGUARDED)
    assert {Status.FAILED: 2} == result.counts
    assert all(expected in outcome.reason for _, outcome in result)


def test_a_reason_tells_no_sensitive_value(service: Service, proxy: FaultProxy) -> None:
    """What a service quotes of a sensitive field is masked."""
    right = campus(service, proxy.port).load()
    proxy.rule = lambda request, forward: (
        forward(request) if request.method == "GET" else reply(400, "bad value secret@x.org")
    )
    result = office([person("1", mail="secret@x.org")]).sync(right, policy=UNGUARDED)
    ((_, outcome),) = list(result)
    assert "bad value ***" in outcome.reason


def described(old: str, new: str) -> Rule:
    """Return a rule by which the service describes an attribute in another way."""

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if not request.path.endswith("/Schemas"):
            return found
        body = found.json
        for schema in body["Resources"]:
            for attribute in schema["attributes"]:
                if attribute["name"] == old:
                    attribute.update(json.loads(new))
        return answer(body)

    return rule


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("userName", '{"mutability": "readOnly"}', "userName: the service lets nobody write it"),
        ("nickName", '{"required": true}', "the service requires nickName"),
        ("employeeNumber", '{"type": "boolean"}', "holds a value of the type boolean there"),
    ],
)
def test_what_cannot_be_written_is_never_sent(
    service: Service, proxy: FaultProxy, name: str, said: str, expected: str
) -> None:
    """What the service announces of attributes is known before anything is asked of it."""
    proxy.rule = described(name, said)
    result = sync(office([person("1", desk=1)]), campus(service, proxy.port))
    assert [True] == [expected in outcome.reason for _, outcome in result]
    assert not proxy.asked("POST")
    checks = {(check.state, check.text) for check in campus(service, proxy.port).template.examine()}
    if "boolean" not in said:
        assert any(state == "error" and expected in text for state, text in checks)


def test_what_is_immutable_is_written_once(service: Service, proxy: FaultProxy) -> None:
    """An immutable attribute is given to a new record, and a change of it fails."""
    proxy.rule = described("userName", '{"mutability": "immutable"}')
    right = campus(service, proxy.port)
    assert sync(office([person("1", "ann")]), right).ok
    result = sync(office([person("1", "bob")]), right)
    assert [True] == ["lets nobody change it" in outcome.reason for _, outcome in result]
    assert "ann" == service.all()[0]["userName"]


def test_a_key_that_two_records_have_is_never_guessed(service: Service) -> None:
    """Where the key came to be there twice, nobody is changed."""
    service.add("Users", userName="one", externalId="1")
    right = campus(service).load()
    service.remove(service.all()[0]["id"])
    service.add("Users", userName="a", externalId="1")
    service.add("Users", userName="b", externalId="1")
    before = service.all()
    result = office([person("1", "one", given="A")]).sync(right, policy=UNGUARDED)
    assert {Status.FAILED: 1} == result.counts
    assert before == service.all()


def test_without_filters_a_record_is_found_all_the_same(service: Service, proxy: FaultProxy) -> None:
    """Where the service does not filter, the whole list is read to look into a lost answer."""
    lost: list[bool] = []

    def rule(request: Request, forward: Forward) -> Reply:
        if request.method == "POST" and not lost:
            lost.append(True)
            forward(request)
            raise Dropped
        assert "filter=" not in request.path
        return announcing(filter={"supported": False, "maxResults": 0})(request, forward)

    proxy.rule = rule
    assert sync(office([person("1"), person("2")]), campus(service, proxy.port)).ok
    assert 2 == len(service.all())


@pytest.mark.parametrize("results", [0, 1, 3])
def test_a_bulk_answer_that_is_not_whole_is_looked_into(
    service: Service, proxy: FaultProxy, results: int
) -> None:
    """Where the service does not say what became of each operation, it is asked."""
    tried: list[bool] = []

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if request.method != "POST" or tried:
            return found
        tried.append(True)
        return answer(
            {**found.json, "Operations": [*found.json["Operations"], {"status": "201"}][-results or 9 :]}
        )

    proxy.rule = rule
    assert {Status.APPLIED: 2} == sync(office([person("1"), person("2")]), campus(service, proxy.port)).counts
    assert 2 == len(service.all())


def test_several_threads_write_at_once(service: Service, proxy: FaultProxy) -> None:
    """One connection to the service serves several threads, each with records of its own."""
    proxy.rule = announcing(**NO_BULK)
    people = [person(f"{number}") for number in range(20)]
    right = campus(service, proxy.port)
    policy = Policy(guarded=False, batch_size=1, concurrency=4)
    assert sync(office(people, [team("t", *"0123")]), right, policy).ok
    assert 20 == len(service.all())
    changed = office([person(f"{number}", given="A") for number in range(20)], [team("t", *"0145")])
    assert sync(changed, right, policy).ok
    assert 0 == len(changed - right.load())


def test_no_log_holds_what_is_looked_for(
    service: Service, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the token nor the values in filters reach a log, whoever turns logging on."""
    caplog.set_level("DEBUG")
    lost: list[bool] = []

    def rule(request: Request, forward: Forward) -> Reply:
        if request.method == "POST" and not lost:
            lost.append(True)
            raise Dropped
        return forward(request)

    proxy.rule = rule
    assert sync(office([person("key-4711", mail="a@secret.example")]), campus(service, proxy.port)).ok
    assert any("key-4711" in each.path for each in proxy.asked("GET", "filter="))
    assert not any(word in caplog.text for word in ("key-4711", "a@secret.example", TOKEN))
