"""Org units, groups and members: order, scope, and what is nobody's business."""

from __future__ import annotations

import pytest

from tests.google.school import School, reasons, user
from tests.google.stand_in import StandIn


def test_org_units_go_children_first(school: School, server: StandIn) -> None:
    """And come parents first, one after the other, whatever order they are given in."""
    units = [school.record("units", path=path) for path in ("/Pupils/7/a", "/Pupils/7/b", "/Pupils/7")]
    assert {} == reasons(school.sync(server, *units))
    assert [] == server.state.batches
    assert {} == reasons(school.sync(server))
    assert {"/", "/Pupils", "/Teachers"} == set(server.directory.orgunits)


def test_an_org_unit_with_somebody_in_it_stays(school: School, server: StandIn) -> None:
    """Google refuses to delete it, and the record says why."""
    school.sync(server, school.record("units", path="/Pupils/7"))
    server.fail("orgunits.delete", (412, "conditionNotMet", "Org unit is not empty"))
    told = reasons(school.sync(server))
    assert {"old_units(path='/Pupils/7')": "failed: 412 conditionNotMet: Org unit is not empty"} == told


def test_a_name_that_is_no_part_of_a_path_is_rejected(school: School, server: StandIn) -> None:
    """Such an org unit could not be found again."""
    (told,) = reasons(school.sync(server, school.record("units", path="/Pupils/7?"))).values()
    assert told.startswith("rejected: orgUnitPath: none of ? # %")


def test_groups_that_are_not_like_the_pattern_are_nobodys(school: School, server: StandIn) -> None:
    """They are neither read nor deleted, nor created by mistake."""
    server.directory.groups_insert({}, {"email": "board@school.example"})
    server.directory.members_insert({"groupKey": "board@school.example"}, {"email": "x@y.example"})
    result = school.sync(server, school.record("groups", email="team@school.example", name="Team"))
    (told,) = reasons(result).values()
    assert "rejected: email: is not in class-*@school.example, where the branch is" == told
    assert 1 == len(server.directory.groups)
    assert "board@school.example" not in {each.arguments.get("groupKey") for each in server.state.asked}


def test_a_group_is_changed_and_cleared(school: School, server: StandIn) -> None:
    """Only what differs is sent, and None clears."""
    email = "class-1@school.example"
    school.sync(server, school.record("groups", email=email, name="One", about="first"))
    assert {} == reasons(school.sync(server, school.record("groups", email=email, name="Eins")))
    (group,) = server.directory.groups.values()
    assert ("Eins", False) == (group["name"], "description" in group)
    sent = [each.body for each in server.state.asked if each.name == "groups.patch"]
    assert [{"name": "Eins", "description": None}] == sent


def test_members_change_their_role_and_leave(school: School, server: StandIn) -> None:
    """Each by itself; members who are groups or strangers are members too."""
    email = "class-1@school.example"
    group = school.record("groups", email=email, name="One")
    members = [
        school.record("members", group=email, email=who, role=role)
        for who, role in (("a@x.example", "MEMBER"), ("b@x.example", "OWNER"))
    ]
    assert {} == reasons(school.sync(server, group, *members))
    changed = school.record("members", group=email, email="a@x.example", role="MANAGER")
    assert {} == reasons(school.sync(server, group, changed))
    (held,) = server.directory.members.values()
    assert {"a@x.example": "MANAGER"} == {name: each["role"] for name, each in held.items()}
    assert {} == reasons(school.sync(server))
    assert {} == server.directory.groups


def test_a_member_that_is_there_already_is_no_failure(school: School, server: StandIn) -> None:
    """Somebody may have added it since the read; another role is a change for the next run."""
    email = "class-1@school.example"
    group = school.record("groups", email=email, name="One")
    school.sync(server, group)
    right = school.google(server).load()
    server.directory.members_insert({"groupKey": email}, {"email": "a@x.example"})
    members = [
        school.record("members", group=email, email="a@x.example", role=role) for role in ("MEMBER", "OWNER")
    ]
    (told,) = reasons(school.office(group, members[1]).sync(right)).values()
    assert told.startswith("failed: 409 duplicate: Member already exists.")
    assert {} == reasons(school.office(group, members[0]).sync(school.google(server).load()))
    right = school.google(server).load()
    server.directory.members_insert({"groupKey": email}, {"email": "b@x.example"})
    other = school.record("members", group=email, email="b@x.example", role="MEMBER")
    assert {} == reasons(school.office(group, members[0], other).sync(right))


@pytest.mark.parametrize("gone", ["users", "groups"])
def test_what_is_gone_already_is_no_failure_of_others(school: School, server: StandIn, gone: str) -> None:
    """A record that somebody has deleted since the read fails alone, and says so."""
    email = "class-1@school.example"
    school.sync(
        server, school.pupil("1"), school.pupil("2"), school.record("groups", email=email, name="One")
    )
    right = school.google(server).load()
    if gone == "users":
        server.directory.users.pop(user(server.directory, "p1@school.example")["id"])
    else:
        server.directory.groups.clear()
    left = [school.pupil(at, first="X") for at in ("1", "2")]
    result = school.office(*left, school.record("groups", email=email, name="Two")).sync(right)
    (told,) = reasons(result).values()
    assert f"failed: there is no such {gone.removesuffix('s')} any more" == told
