"""Whatever fails, and whatever answer is lost: nothing is done twice, and every outcome tells the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Action, DefaultTemplate, Outcome, Status, TransientError, UnknownOutcomeError, Work
from tests.runtime.flaky import (
    RETRY_AFTER,
    Clock,
    Names,
    Schedule,
    Service,
    always,
    batches,
    handlers,
    schedules,
    source,
    target,
    worlds,
)
from tests.runtime.things import held

Make = Callable[[Service], type[DefaultTemplate]]
LOOKING: tuple[Make, ...] = (handlers, batches, partial(batches, atomic=True))
BLIND: tuple[Make, ...] = (
    partial(handlers, looks=False), partial(batches, looks=False), partial(batches, atomic=True, looks=False)
)  # fmt: skip


def at_once(attempt: int) -> float:
    """Wait for nothing."""
    return 0.0


def happened(service: Service, action: Action) -> bool:
    """Whether the service holds what *action* was to make of it."""
    now = dict(service.rows).get(str(action.key))
    return now == (None if action.kind == "old" else action.left.name)


@pytest.mark.parametrize("make", LOOKING)
@given(worlds, worlds, schedules, st.integers(1, 4), st.integers(1, 3))
def test_what_is_looked_into_is_known(
    make: Make, ours: Names, theirs: Names, schedule: Schedule, size: int, at_once: int
) -> None:
    """No record is there twice, every action has one outcome, and it is `applied` where it is true."""
    service, tree = target(theirs, schedule, make)
    actions = list(source(ours) - tree)

    result = source(ours).sync(
        tree, policy=service.clock.policy(batch_size=size, concurrency=at_once, retry_for=1e9)
    )

    assert {1} >= set(Counter(key for key, _ in service.rows).values())
    assert [action.message for action in actions] == [action.message for action, _ in result]
    assert {outcome.status for _, outcome in result} <= {Status.APPLIED, Status.FAILED}
    assert [happened(service, action) for action in actions] == [outcome.ok for _, outcome in result]
    assert dict(service.rows) == {key: record.name for key, record in held(tree).items()}


@pytest.mark.parametrize("make", BLIND)
@given(worlds, worlds, schedules, st.integers(1, 4))
def test_what_cannot_be_looked_into_is_never_repeated(
    make: Make, ours: Names, theirs: Names, schedule: Schedule, size: int
) -> None:
    """A template that cannot look leaves outcomes unknown; what it says it knows is true all the same."""
    service, tree = target(theirs, schedule, make)

    result = source(ours).sync(tree, policy=service.clock.policy(batch_size=size, retry_for=1e9))

    assert {1} >= set(Counter(key for key, _ in service.rows).values())
    for action, outcome in result:
        assert outcome.status is Status.UNKNOWN or outcome.ok is happened(service, action)


@pytest.mark.parametrize("make", LOOKING)
@given(worlds, worlds, schedules)
def test_the_next_run_does_what_is_left(make: Make, ours: Names, theirs: Names, schedule: Schedule) -> None:
    """Once the service works, another run makes it equal to the source."""
    service, tree = target(theirs, schedule, make)
    source(ours).sync(tree, policy=service.clock.policy())
    service.faults.clear()

    assert source(ours).sync(tree, policy=service.clock.policy()).ok
    assert sorted(ours.items()) == sorted(service.rows)


@pytest.mark.parametrize("make", [handlers, batches])
@given(worlds, worlds, schedules, st.integers(2, 5), st.integers(1, 3))
def test_several_at_once_give_the_same_as_one_after_the_other(
    make: Make, ours: Names, theirs: Names, schedule: Schedule, at_once: int, size: int
) -> None:
    """Concurrency changes neither the outcomes, nor their order, nor what the target holds."""
    found: list[Any] = []
    for number in (1, at_once):
        service, tree = target(theirs, schedule, make)
        policy = service.clock.policy(concurrency=number, batch_size=size, retry_for=1e9)
        result = source(ours).sync(tree, policy=policy)
        told = [(action.message, outcome) for action, outcome in result]
        found.append((told, sorted(service.rows), list(held(tree))))

    assert found[0] == found[1]


@given(worlds, st.sets(st.sampled_from("abcdef")), st.booleans(), st.integers(1, 6))
def test_poison_records_fail_alone(ours: Names, poison: set[str], atomic: bool, size: int) -> None:
    """Records that the target refuses for good fail; every other of their batch is applied."""
    schedule: Schedule = {key: always("permanent") for key in poison}
    service, tree = target({}, schedule, partial(batches, atomic=atomic))

    result = source(ours).sync(tree, policy=service.clock.policy(batch_size=size))

    assert {str(a.key): "failed" if a.key in poison else "applied" for a, _ in result} == {
        str(action.key): outcome.status for action, outcome in result
    }
    assert {"PermanentError: no"} >= {outcome.reason for _, outcome in result if not outcome.ok}


@given(worlds, schedules, st.integers(1, 4))
def test_nothing_is_tried_before_the_system_allows_it(ours: Names, schedule: Schedule, attempts: int) -> None:
    """After a Retry-After the next try comes no sooner than that, and no record is tried too often."""
    service, tree = target({}, schedule, handlers)

    source(ours).sync(tree, policy=service.clock.policy(attempts=attempts, wait=at_once))

    for key in ours:
        times = [time for each, time in service.tries if each == key]
        assert len(times) <= attempts
        for fault, time, following in zip(schedule.get(key, ()), times, times[1:], strict=False):
            assert following - time >= (RETRY_AFTER if fault == "throttled" else 0.0)


def test_a_retry_after_that_is_too_long_fails_at_once() -> None:
    """Who is told to wait longer than an action may take does not wait, and says why."""
    service, tree = target({}, {"a": ["throttled"]}, handlers)

    result = source({"a": "x"}).sync(tree, policy=service.clock.policy(retry_for=6.0))

    reason = (
        "TransientError: slower; not tried again: the system asks to wait 7 s, "
        "and an action is given up after 6 s"
    )
    assert [Outcome.failed(reason)] == [outcome for _, outcome in result]
    assert 0.0 == service.clock()


def test_tries_end_when_their_time_is_over() -> None:
    """The waits of one action add up, and the next one may not exceed the bound."""
    service, tree = target({}, {"a": always("transient")}, handlers)
    policy = service.clock.policy(attempts=9, retry_for=4.0)

    ((_, outcome),) = source({"a": "x"}).sync(tree, policy=policy).results

    assert (4, 3.5) == (outcome.attempts, service.clock())
    assert outcome.reason.endswith("the next wait would be 4 s, and an action is given up after 4 s")


def test_looking_waits_and_tries_again_too() -> None:
    """A target that is down for a while when it is asked what it holds is asked again."""
    service = Service(Clock(), {"a": ["lost after"]}, [])
    looks: list[str] = []

    class Down(handlers(service)):  # type: ignore[misc]
        def look(self, work: Work) -> Any:
            looks.append(str(work.key))
            if len(looks) == 1:
                raise TransientError("down", 5.0)
            if len(looks) == 2:
                raise UnknownOutcomeError("timed out")
            return service.holds(str(work.key))

    result = source({"a": "x"}).sync(source({}, Down), policy=service.clock.policy(retry_for=60.0))

    assert [Outcome.applied("found by looking: it is there")] == [outcome for _, outcome in result]
    assert (["a", "a", "a"], 6.5) == (looks, service.clock())


@pytest.mark.parametrize("error", [KeyError("id"), TransientError("down"), UnknownOutcomeError("again")])
def test_where_looking_fails_the_outcome_is_unknown(error: Exception) -> None:
    """Nobody knows then, so nothing is repeated."""
    service = Service(Clock(), {"a": ["lost after"]}, [])

    class Broken(handlers(service)):  # type: ignore[misc]
        def look(self, work: Work) -> Any:
            raise error

    result = source({"a": "x"}).sync(source({}, Broken), policy=service.clock.policy())

    ((_, outcome),) = result.results
    assert Status.UNKNOWN is outcome.status
    assert f"looking failed: {type(error).__name__}: " in outcome.reason
    assert [("a", "x")] == service.rows


def test_a_record_that_somebody_else_has_changed_meanwhile_is_unknown() -> None:
    """What is neither as it was nor as it was to be is nobody's to repeat."""
    service = Service(Clock(), {"a": ["lost before"]}, [("a", "x")])

    class Meddled(handlers(service)):  # type: ignore[misc]
        def look(self, work: Work) -> Any:
            service.rows[:] = [("a", "theirs")]
            return service.holds("a")

    result = source({"a": "y"}).sync(source({"a": "x"}, Meddled), policy=service.clock.policy())

    ((_, outcome),) = result.results
    assert Status.UNKNOWN is outcome.status
    assert outcome.reason.endswith("the record is neither as it was nor as it was to be")
    assert [("a", "theirs")] == service.rows


def test_a_run_that_is_to_end_does_not_wait_on() -> None:
    """A stop that comes during a long wait ends it within a second; the record has failed, and says so."""
    service, tree = target({}, {"a": ["throttled"]}, handlers)

    def stop() -> str:
        return "stopped by SIGTERM" if service.clock() >= 2.0 else ""

    result = source({"a": "x", "b": "x"}).sync(tree, policy=service.clock.policy(stop=stop))

    assert [
        Outcome.failed("TransientError: slower; not tried again: stopped by SIGTERM"),
        Outcome.skipped("stopped by SIGTERM"),
    ] == [outcome for _, outcome in result]
    assert 2.0 == service.clock()
