"""Faults of the network and refusals of Google: nothing twice, nothing lost, nothing made up."""

from __future__ import annotations

from typing import Any

import pytest

from dss_runtime import Outcome, Status, TransientError
from tests.google.faults import AWAY, FORBIDDEN, INCOMPLETE, QUOTA, RATE, TOO_MANY
from tests.google.school import Clock, School, furnish, reasons, user
from tests.google.stand_in import StandIn


def pupils(school: School, number: int, **fields: Any) -> list[Any]:
    """Return some pupils."""
    return [school.pupil(str(at), **fields) for at in range(number)]


@pytest.mark.parametrize("error", [QUOTA, RATE, TOO_MANY])
def test_quotas_are_waited_for(school: School, server: StandIn, error: tuple[int, str, str]) -> None:
    """As long as Google asks; and nothing is written twice."""
    clock = Clock()
    server.fail("users.insert", error, retry_after="7")
    assert {} == reasons(school.sync(server, school.pupil("1"), policy=clock.policy()))
    assert 7 <= clock.now
    assert 2 == server.methods().count("users.insert")


def test_a_part_of_a_batch_is_tried_again(school: School, server: StandIn) -> None:
    """What was carried out is not repeated, what was not is."""
    server.fail("users.insert", RATE, times=20, skip=10)
    assert {} == reasons(school.sync(server, *pupils(school, 60)))
    assert [50, 10] == server.state.batches[:2]
    assert 60 + 1 == len(server.directory.users)


def test_a_record_that_is_refused_fails_alone(school: School, server: StandIn) -> None:
    """In a batch each request has an answer of its own; the reason hides what is sensitive."""
    server.fail("users.insert", (400, "invalid", "Invalid Input: +49 555"), like="+49 555")
    result = school.sync(server, school.pupil("1", phone="+49 555"), *pupils(school, 1), school.pupil("7"))
    (told,) = reasons(result).values()
    assert "failed: 400 invalid: Invalid Input: ***" == told
    assert {Status.APPLIED: 2, Status.FAILED: 1} == dict(result.counts)


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("error", [AWAY, None])
@pytest.mark.parametrize("number", [1, 5])
def test_a_lost_answer_is_looked_into(
    school: School, server: StandIn, number: int, error: tuple[int, str, str] | None, done: bool
) -> None:
    """Whether it was carried out or not: every record is there once, changed once, and gone once."""
    server.fail("users.insert", error, done=done)
    assert {} == reasons(school.sync(server, *pupils(school, number)))
    assert number + 1 == len(server.directory.users)
    server.fail("users.update", error, done=done)
    assert {} == reasons(school.sync(server, *pupils(school, number, phone="+49 1")))
    teachers = [
        school.record("teachers", email=f"t{at}@school.example", first="T", last="C") for at in range(number)
    ]
    assert {} == reasons(school.sync(server, *pupils(school, number, phone="+49 1"), *teachers))
    server.fail("users.delete", error, done=done)
    assert {} == reasons(school.sync(server, *pupils(school, number, phone="+49 1")))
    assert number + 1 == len(server.directory.users)


@pytest.mark.parametrize("done", [True, False])
def test_a_batch_without_answer_is_looked_into(school: School, server: StandIn, done: bool) -> None:
    """As a whole: what has happened is not done again."""
    server.fail("batch", done=done)
    assert {} == reasons(school.sync(server, *pupils(school, 70)))
    assert 71 == len(server.directory.users)
    assert max(server.state.batches) <= 50


def test_an_answer_that_takes_too_long_is_looked_into(school: School, server: StandIn) -> None:
    """A time-out says nothing of what was done."""
    server.fail("users.insert", delay=0.6)
    assert {} == reasons(school.sync(server, school.pupil("1"), timeout=0.3))
    assert 2 == len(server.directory.users)


def test_lost_rights_change_nothing(school: School, server: StandIn) -> None:
    """Every record fails with what Google says, and no other is made of it."""
    school.sync(server, *pupils(school, 3))
    right = school.google(server).load()
    before = repr(server.directory.users)
    server.state.tokens.rights = False
    result = school.office(school.pupil("9"), school.pupil("0", first="X")).sync(
        right, policy=Clock().policy()
    )
    assert Status.APPLIED not in result.counts
    assert all("403 forbidden" in told for told in reasons(result).values())
    assert before == repr(server.directory.users)


def test_a_server_that_is_away_is_no_answer(school: School) -> None:
    """Nothing counts as written when nobody listens."""
    with StandIn() as server:
        furnish(server.directory)
        right = school.google(server).load()
    result = school.office(*pupils(school, 120)).sync(right, policy=Clock().policy())
    assert Status.APPLIED not in result.counts
    assert all("cannot connect" in told or "skipped" in told for told in reasons(result).values())


@pytest.mark.parametrize("error", [INCOMPLETE, (404, "notFound", "Resource Not Found: userKey")])
def test_what_was_just_made_may_not_be_everywhere_yet(
    school: School, server: StandIn, error: tuple[int, str, str]
) -> None:
    """After a restore, or a new group, Google may not find it for a moment: that is waited for."""
    school.sync(server, school.pupil("1"))
    number = user(server.directory, "p1@school.example")["id"]
    server.directory.users_delete({"userKey": number}, None)
    server.fail("users.update", error)
    assert {} == reasons(school.sync(server, school.pupil("1")))
    assert number in server.directory.users
    server.fail("members.insert", (404, "notFound", "Resource Not Found: groupKey"))
    group = school.record("groups", email="class-1@school.example", name="class-1")
    member = school.record(
        "members", group="class-1@school.example", email="p1@school.example", role="MEMBER"
    )
    assert {} == reasons(school.sync(server, school.pupil("1"), group, member))


def test_a_new_org_unit_may_not_be_known_to_users_yet(school: School, server: StandIn) -> None:
    """The user waits for it."""
    server.fail("users.insert", (400, "invalid", "Invalid Input: INVALID_OU_ID"))
    unit = school.record("units", path="/Pupils/7")
    assert {} == reasons(school.sync(server, unit, school.pupil("1", unit="/Pupils/7")))


def test_what_google_refuses_for_good_is_not_repeated(school: School, server: StandIn) -> None:
    """A refusal is an answer."""
    server.fail("users.insert", FORBIDDEN, times=5)
    (told,) = reasons(school.sync(server, school.pupil("1"))).values()
    assert "failed: 403 forbidden: Not Authorized to access this resource/api" == told
    assert 1 == server.methods().count("users.insert")


def test_when_nothing_can_be_written_the_template_says_so(school: School, server: StandIn) -> None:
    """It is a TransientError where no record of the batch was written."""
    right = school.google(server).load()
    server.fail("users.insert", RATE, times=2, retry_after="30")
    seen: list[Any] = []
    write = right.template.write

    def watched(works: Any) -> Any:
        try:
            return write(works)
        except TransientError as error:
            seen.append(error)
            raise

    right.template.write = watched  # type: ignore[method-assign]
    assert school.office(*pupils(school, 2)).sync(right, policy=Clock().policy()).ok
    assert [30.0] == [error.retry_after for error in seen]


def test_a_handler_may_write_through_the_adapter(school: School, server: StandIn) -> None:
    """`write_one` gives the outcome of one record, outside of any batch."""
    right = school.google(server).load()
    (action,) = school.office(school.pupil("1")) - right
    assert Outcome.applied() == right.template.write_one(action)
    right.template.end("new")
