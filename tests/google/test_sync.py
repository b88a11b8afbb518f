"""A school is synced to a directory: what is written there, and what is left as it is."""

from __future__ import annotations

from tests.google.directory import ADMIN
from tests.google.school import School, reasons, user
from tests.google.stand_in import StandIn


def whole(school: School) -> list[object]:
    """Return a record of each kind, and some more."""
    groups = [
        school.record("groups", email=f"class-{name}@school.example", name=name) for name in ("7a", "7b")
    ]
    return [
        school.record("units", path="/Pupils/7/a", about="the best"),
        school.record("units", path="/Pupils/7"),
        school.record("units", path="/Pupils"),
        school.pupil("0042", unit="/Pupils/7/a", phone="+49 1", grade=7, first="Elána"),
        school.pupil("1", visible=False),
        school.record("teachers", email="t@school.example", first="Tea", last="Cher", kind="Dr."),
        *groups,
        school.record("members", group="class-7a@school.example", email="p1@school.example", role="MEMBER"),
        school.record("members", group="class-7a@school.example", email="t@school.example", role="OWNER"),
    ]


def test_a_school_converges_and_a_second_run_sends_no_write(school: School, server: StandIn) -> None:
    """All kinds are created, parents first, and then there is nothing left to do."""
    records = whole(school)
    assert {} == reasons(school.sync(server, *records))
    server.forget()
    again = school.sync(server, *records)
    assert 0 == len(again)
    assert {"users.list", "orgunits.list", "groups.list", "members.list"} == set(server.methods())
    left = user(server.directory, "p0042@school.example")
    assert [{"type": "organization", "value": "0042"}] == left["externalIds"]
    assert {"School": {"grade": 7}} == left["customSchemas"]
    assert ADMIN in [each["primaryEmail"] for each in server.directory.users.values()]
