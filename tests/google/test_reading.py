"""No part of a directory is taken for the whole of it."""

from __future__ import annotations

from typing import Any

import pytest

from dss_runtime import DataStoreTree, SettingsError, SourceError
from dss_runtime.adapters.google import GoogleSource
from tests.google.faults import AWAY, FORBIDDEN, QUOTA
from tests.google.school import School, reasons
from tests.google.stand_in import StandIn


def filled(school: School, server: StandIn, number: int) -> DataStoreTree:
    """Put pupils into the directory, and return a tree of it that is not read."""
    for at in range(number):
        ids = [{"type": "organization", "value": str(at)}]
        server.directory.add_user(f"p{at}@school.example", orgUnitPath="/Pupils", externalIds=ids)
    return school.google(server)


def test_every_page_is_read(school: School, server: StandIn) -> None:
    """Users come 500 at a time, groups and members 200; the branches share one list of users."""
    tree: Any = filled(school, server, 1_203)
    for at in range(401):
        email = f"class-{at}@school.example"
        server.directory.groups_insert({}, {"email": email})
    for at in range(450):
        server.directory.members_insert(
            {"groupKey": "class-0@school.example"}, {"email": f"p{at}@school.example"}
        )
    tree.load()
    assert (1_203, 401, 450) == (len(tree.pupils), len(tree.groups), len(tree.members))
    users = [each.arguments for each in server.state.asked if each.name == "users.list"]
    assert ["500"] * 6 == [each["maxResults"] for each in users]  # with the custom schema, and without
    assert 3 + 403 == sum(name in ("groups.list", "members.list") for name in server.methods())


@pytest.mark.parametrize("error", [AWAY, FORBIDDEN, QUOTA, (400, "invalid", "pageToken"), None])
@pytest.mark.parametrize("collection", ["users", "orgunits", "groups", "members"])
def test_a_page_that_does_not_come_stops_the_run(
    school: School, server: StandIn, collection: str, error: tuple[int, str, str] | None
) -> None:
    """Whatever the reason: what came before it is no data."""
    tree = filled(school, server, 3)
    server.directory.groups_insert({}, {"email": "class-1@school.example"})
    server.fail(f"{collection}.list", error, times=5)
    with pytest.raises(SourceError, match=f"{collection} cannot be read, page 1"):
        tree.load()


def test_an_expired_page_token_stops_the_run(school: School, server: StandIn) -> None:
    """The first page has come, the second never does."""
    tree = filled(school, server, 600)
    server.fail("users.list", (400, "invalid", "Invalid Input: pageToken"), like="pageToken")
    with pytest.raises(SourceError, match="page 2: 400 invalid"):
        tree.load()
    assert not any(tree.branches)


def test_members_that_are_missing_stop_the_run(
    school: School, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer members than the group says that it has are not all of them."""
    server.directory.groups_insert({}, {"email": "class-1@school.example"})
    count = server.directory.counted

    def lying(group: Any) -> Any:
        return {**count(group), "directMembersCount": "2"}

    monkeypatch.setattr(server.directory, "counted", lying)
    with pytest.raises(SourceError, match=r"0 of 2 came of the group class-1@school.example"):
        school.google(server).load()


def test_a_count_of_a_moment_ago_is_asked_for_again(
    school: School, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google's counts lag behind: the group itself is asked before anything is called missing."""
    server.directory.groups_insert({}, {"email": "class-1@school.example"})
    once = server.directory.groups_list
    stale = {"directMembersCount": "1"}

    def lagging(arguments: Any, body: None) -> Any:
        page = once(arguments, body)
        return {**page, "groups": [{**each, **stale} for each in page["groups"]]}

    monkeypatch.setattr(server.directory, "groups_list", lagging)
    tree: Any = school.google(server).load()
    assert (1, 0) == (len(tree.groups), len(tree.members))


def test_a_directory_without_users_cannot_be(school: School, server: StandIn) -> None:
    """The administrator who reads it is one."""
    server.directory.users.clear()
    with pytest.raises(SourceError, match="there is no user at all"):
        school.google(server).load()


def test_a_directory_without_root_cannot_be(school: School, server: StandIn) -> None:
    """Every directory has one."""
    server.directory.orgunits.clear()
    with pytest.raises(SourceError, match="there is no org unit at all"):
        school.google(server).load()


def answer_always(monkeypatch: pytest.MonkeyPatch, server: StandIn, page: dict[str, Any]) -> None:
    """Have every list of users be the same page."""

    def users_list(_arguments: Any, _body: None) -> Any:
        return dict(page)

    monkeypatch.setattr(server.directory, "users_list", users_list)


def test_a_list_that_changes_while_it_is_read_stops_the_run(
    school: School, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user who comes twice has moved, and another one may have been left out."""
    once = server.directory.users_list

    def doubled(arguments: Any, body: None) -> Any:
        page = once(arguments, body)
        return {**page, "users": page["users"] * 2}

    monkeypatch.setattr(server.directory, "users_list", doubled)
    with pytest.raises(SourceError, match="changed while they were read: one came twice"):
        school.google(server).load()


def test_pages_in_a_circle_stop_the_run(
    school: School, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that leads back would be followed forever."""
    answer_always(monkeypatch, server, {"kind": "admin#directory#users", "nextPageToken": "again"})
    with pytest.raises(SourceError, match="page 3 is one that was read before"):
        school.google(server).load()


def test_an_answer_of_something_else_stops_the_run(
    school: School, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object without users is not an empty list of them."""
    answer_always(monkeypatch, server, {})
    with pytest.raises(SourceError, match="it is no list of them"):
        school.google(server).load()


def test_a_custom_schema_that_is_missing_stops_the_run(school: School, server: StandIn) -> None:
    """Everybody would seem to have nothing in it."""
    server.directory.schemas.clear()
    with pytest.raises(SourceError, match="400 invalid: Invalid Input: custom_field_mask"):
        school.google(server).load()


def test_reads_are_tried_again(school: School, server: StandIn) -> None:
    """A read does nothing, so the client library may repeat it: quotas pass."""
    server.fail("users.list", QUOTA)
    server.fail("groups.list", (403, "rateLimitExceeded", "Rate Limit Exceeded"))
    with pytest.raises(SourceError, match="403 quotaExceeded"):
        school.google(server, retries=1).load()  # the library does not know this reason
    tree = school.google(server, retries=1).load()
    assert tree is not None
    assert 2 == server.methods().count("groups.list")


def test_other_users_addresses_are_taken(school: School, server: StandIn) -> None:
    """Also those of other org units, and aliases: a name that is generated must not be one of them."""
    server.directory.add_user("x@school.example", aliases=["y@school.example"])
    tree: Any = filled(school, server, 1)
    with tree.importer.open(_source()) as rows:
        list(rows)
        found = rows.values_in("primaryEmail")
    assert {"admin@school.example", "p0@school.example", "x@school.example", "y@school.example"} == set(found)


def _source() -> GoogleSource:
    return GoogleSource(resource="users", columns=("primaryEmail",), below="/Pupils")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"endpoint": "http://google.example:80"},
            "endpoint in dss.toml: expected an address on this machine",
        ),
        ({"endpoint": "https://127.0.0.1:1"}, "endpoint in dss.toml: expected an address on this machine"),
        ({"customer": "C1", "domain": "school.example"}, "give customer or domain, not both"),
        ({"credentials": 7}, "credentials in dss.toml: expected the path"),
        ({"credentials": "/nowhere.json"}, "subject in dss.toml: expected the address of the administrator"),
        ({"credentials": "/nowhere.json", "subject": "a@b"}, "the file cannot be used: No such file"),
        ({"timeout": 0}, "timeout in dss.toml: expected seconds"),
        ({"retries": 11}, "retries in dss.toml: expected a whole number"),
        ({"admins": "yes"}, "admins in dss.toml: expected true or false"),
    ],
)
def test_wrong_settings_say_what_is_expected(
    school: School, server: StandIn, settings: dict[str, object], said: str
) -> None:
    """With the tree, the key, and what would be right."""
    with pytest.raises(SettingsError, match=r"\[trees\.Google\]") as caught:
        school.google(server, **settings).load()
    assert said in str(caught.value)


def test_google_itself_is_never_reached_without_credentials(school: School) -> None:
    """Only an endpoint of this machine may be asked as nobody."""
    with pytest.raises(SettingsError, match="Google has no credentials"):
        school.tree("Google").load()


def test_a_domain_is_asked_for_in_place_of_the_customer(school: School, server: StandIn) -> None:
    """The setting goes with every list of users and groups."""
    assert {} == reasons(school.sync(server, school.pupil("1"), domain="school.example"))
    asked = [each.arguments for each in server.state.asked if each.name in ("users.list", "groups.list")]
    assert {"school.example"} == {each.get("domain") for each in asked}
    assert not any("customer" in each for each in asked)


def test_pages_are_told_of_as_they_come(school: School, server: StandIn) -> None:
    """Who waits for a large directory sees how many have come, and of how many groups the members."""
    tree = filled(school, server, 1_203)
    for at in range(3):
        server.directory.groups_insert({}, {"email": f"class-{at}@school.example"})
    heard: list[tuple[str, int, int]] = []

    def listen(_stage: str, what: str, done: int, total: int, /) -> None:
        if "fetched" in what:
            heard.append((what, done, total))

    tree.load(listen)
    users = [each for each in heard if each[0].startswith("users")]
    members = [each for each in heard if each[0].startswith("members")]
    everybody = (500, 1_000, 1_204)  # with the administrator
    assert [("users, fetched", done, 0) for done in everybody] == users[:3]
    assert [("members, fetched", done, 3) for done in range(3)] == members
