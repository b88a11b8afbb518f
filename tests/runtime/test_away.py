"""A system that is away ends the run soon and truthfully, whatever is left to do."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any, ClassVar

import pytest

from dss_runtime import (
    Action,
    DeclarationError,
    DefaultTemplate,
    Model,
    Outcome,
    Status,
    TransientError,
    UnknownOutcomeError,
    Work,
    override,
)
from dss_runtime.codegen import adapter_writes
from tests.runtime.flaky import Clock, always, batches, handlers, source, target
from tests.runtime.people import left, right, school, student

MANY = {f"k{number:04}": "x" for number in range(1000)}


def counted(result: Any) -> Counter[Status]:
    """Return how many actions ended in each status."""
    return Counter(outcome.status for _, outcome in result)


@pytest.mark.parametrize("at_once", [1, 4])
@pytest.mark.parametrize("seconds", [None, 60.0, 299.0])
def test_a_system_that_is_away_is_not_asked_for_every_record(seconds: float | None, at_once: int) -> None:
    """After so many works in a row that were given up the rest is skipped, and says why."""
    clock, calls = Clock(), list[object]()

    class Down(DefaultTemplate):
        concurrent = True

        def new_things(self, action: Action) -> None:
            """Be away."""
            calls.append(action.key)
            raise TransientError("503", seconds)

    result = source(MANY).sync(source({}, Down), policy=clock.policy(away_after=5, concurrency=at_once))

    assert 5 <= counted(result)[Status.FAILED] < 5 + at_once
    assert len(calls) <= 3 * (5 + at_once)
    assert "the system is away: given up 5 times in a row" == result.results[-1][1].reason
    assert Status.SKIPPED is result.results[-1][1].status
    if at_once == 1:
        assert clock() < 5 * 2 * 300


def test_what_asks_for_longer_than_anybody_waits_is_away_at_once() -> None:
    """One Retry-After above the bound ends the run: nobody else is sent there."""
    service, tree = target({}, {"k0001": always("throttled")}, handlers)

    result = source(MANY).sync(tree, policy=service.clock.policy(retry_for=6.0))

    assert {Status.APPLIED: 1, Status.FAILED: 1, Status.SKIPPED: 998} == counted(result)
    away = "the system is away: it asks to wait 7 s, and is waited for 6 s at most"
    assert away == result.results[-1][1].reason
    assert 2 == len(service.tries)


def test_what_the_system_asks_of_one_holds_for_the_next() -> None:
    """A Retry-After on the last try of a record puts off the first try of the next."""
    service, tree = target({}, {"a": ["throttled"]}, handlers)

    source({"a": "x", "b": "x"}).sync(tree, policy=service.clock.policy(attempts=1))

    assert [("a", 0.0), ("b", 7.0)] == service.tries


def test_an_answer_begins_the_count_anew() -> None:
    """Records that fail here and there do not make a system away."""
    names = {f"{n}": "x" for n in range(10)}
    service, tree = target({}, {key: always("transient") for key in "02468"}, handlers)

    result = source(names).sync(tree, policy=service.clock.policy(away_after=2))

    assert {Status.APPLIED: 5, Status.FAILED: 5} == counted(result)


class Batches(DefaultTemplate):
    """Writes in batches."""

    atomic_writes: ClassVar[bool] = True

    @adapter_writes
    def new_things(self, action: Action) -> Outcome:
        """Leave it to the adapter."""
        return self.write_one(action)


def locked(clock: Clock, calls: list[int]) -> type[DefaultTemplate]:
    """Return a template whose every write waits for five seconds, and then gives up."""

    class Locked(Batches):
        @override
        def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
            calls.append(len(works))
            clock.sleep(5.0)
            raise TransientError("locked")

    return Locked


def test_a_batch_does_not_take_longer_one_by_one_than_it_may() -> None:
    """The records of a batch that are tried once more are bound by the same time."""
    clock, calls = Clock(), list[int]()

    result = source(MANY).sync(source({}, locked(clock, calls)), policy=clock.policy(retry_for=60.0))

    assert clock() <= 65.0
    assert {Status.FAILED: 1000} == counted(result)
    assert "not tried again: an action is given up after 60 s" in result.results[-1][1].reason


def test_a_stop_ends_the_tries_one_by_one() -> None:
    """Who is to stop does not try the other thousand records once more."""
    clock, calls = Clock(), list[int]()

    def stop() -> str:
        return "stopped by SIGTERM" if len(calls) >= 10 else ""

    source(MANY).sync(source({}, locked(clock, calls)), policy=clock.policy(stop=stop))

    assert 10 == len(calls)


def lost(looks: list[object]) -> type[DefaultTemplate]:
    """Return a template whose every answer is lost, and whose looks fail too."""

    class Lost(Batches):
        @override
        def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
            raise UnknownOutcomeError("timed out")

        @override
        def look(self, work: Work) -> Any:
            looks.append(work.key)
            raise TransientError("timed out")

    return Lost


def test_after_a_look_that_fails_for_all_its_tries_there_are_no_others() -> None:
    """A lost batch costs the looks of one record where the system cannot be asked."""
    looks: list[object] = []

    result = source(MANY).sync(source({}, lost(looks)), policy=Clock().policy())

    assert ["k0000"] * 3 == looks
    assert {Status.UNKNOWN: 1000} == counted(result)


def test_a_stop_ends_the_looks() -> None:
    """Who is to stop looks no further; what was not looked for is unknown."""
    looks: list[object] = []

    def stop() -> str:
        return "stopped by SIGTERM" if looks else ""

    result = source(MANY).sync(source({}, lost(looks)), policy=Clock().policy(stop=stop))

    assert ["k0000"] == looks
    assert {Status.UNKNOWN: 1000} == counted(result)


@pytest.mark.parametrize("kind", ["phase", "record"])
def test_threads_never_share_a_transaction(kind: Any) -> None:
    """A template that says both is refused before anything is written."""

    class Both(DefaultTemplate):
        concurrent = True
        transactions = kind

    with pytest.raises(DeclarationError, match=f"Both: concurrent needs transactions = 'none', not '{kind}'"):
        source({"a": "x"}).sync(source({}, Both), policy=Clock().policy())


def test_a_retry_after_may_be_the_text_of_the_header() -> None:
    """Seconds and dates are taken as HTTP has them; what is neither counts for nothing."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)

    assert 120.0 == TransientError("429", "120").retry_after
    assert 90 < (TransientError("429", soon).retry_after or 0) <= 100
    assert 0.0 == TransientError("429", "Wed, 21 Oct 2015 07:28:00 GMT").retry_after
    assert None is TransientError("429", "soon").retry_after
    assert 5.0 == pickle.loads(pickle.dumps(TransientError("429", 5))).retry_after


@pytest.mark.parametrize("wrong", [datetime.now(UTC), True, float("nan"), timedelta(1)])
def test_a_retry_after_of_another_kind_fails_its_record_alone(wrong: Any) -> None:
    """It is the handler's mistake: its action fails, the others go on."""

    class Wrong(DefaultTemplate):
        def new_things(self, action: Action) -> None:
            """Make it, or fail wrongly."""
            if action.key == "b":
                raise TransientError("429", wrong)

    result = source(dict.fromkeys("abc", "x")).sync(source({}, Wrong), policy=Clock().policy())

    assert ["applied", "failed", "applied"] == [outcome.status for _, outcome in result]


def broken(*_: int) -> float:
    """Raise."""
    raise IndexError("no such wait")


@pytest.mark.parametrize("name", ["wait", "turn"])
@pytest.mark.parametrize("fault", ["transient", "lost before"])
def test_a_policy_that_raises_fails_works_and_not_the_phase(name: str, fault: Any) -> None:
    """Whatever the project's own functions raise, every work has an outcome of its own."""
    service, tree = target({}, {"b": [fault]}, handlers)

    result = source(dict.fromkeys("abc", "x")).sync(tree, policy=service.clock.policy(**{name: broken}))

    assert not any("phase" in outcome.reason for _, outcome in result)
    due = "unknown" if fault == "lost before" else "failed"
    expected = ["applied", due, "applied"] if name == "wait" else ["failed"] * 3
    assert expected == [outcome.status for _, outcome in result]


@pytest.mark.parametrize("answer", [None, 7, [], ["applied"], "applied"])
@pytest.mark.parametrize("atomic", [True, False])
def test_a_write_that_returns_something_else_is_never_repeated(answer: Any, atomic: bool) -> None:
    """It has returned, so it has written: nobody knows what."""
    written: list[object] = []

    class Odd(Batches):
        atomic_writes = atomic

        @override
        def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
            written.extend(work.key for work in works)
            return answer  # type: ignore[no-any-return]

    result = source(dict.fromkeys("abc", "x")).sync(source({}, Odd), policy=Clock().policy())

    assert ["a", "b", "c"] == written
    assert {Status.UNKNOWN: 3} == counted(result)


@pytest.mark.parametrize(("attempts", "late"), [(1, 0.3), (3, 1.5)])
def test_what_is_late_at_the_last_try_is_waited_for(attempts: int, late: float) -> None:
    """There is a wait before every look, the last one included."""
    clock = Clock()
    due: dict[object, float] = {}

    class Late(DefaultTemplate):
        def new_things(self, action: Action) -> None:
            """Begin it, and lose the answer."""
            due.setdefault(action.key, clock() + late)
            raise UnknownOutcomeError("timed out")

        @override
        def look(self, work: Work) -> Any:
            return Model(work.key, name="x") if due[work.key] <= clock() else None

    ((_, outcome),) = (
        source({"a": "x"}).sync(source({}, Late), policy=clock.policy(attempts=attempts)).results
    )

    assert Outcome.applied("found by looking: it is there") == outcome.after(1)


def test_what_is_not_there_without_a_wait_is_unknown() -> None:
    """Where there is no time to wait, what is not there may still come."""
    service, tree = target({}, {"a": always("lost before")}, handlers)

    ((_, outcome),) = source({"a": "x"}).sync(tree, policy=service.clock.policy(retry_for=0.0)).results

    assert Status.UNKNOWN is outcome.status


@pytest.mark.parametrize("make", [handlers, batches])
def test_nobody_waits_where_nobody_can_look(make: Callable[..., type[DefaultTemplate]]) -> None:
    """A lost answer is unknown at once where the template has no look."""
    service, tree = target({}, {"a": ["lost after"]}, partial(make, looks=False))

    source({"a": "x", "b": "x"}).sync(tree, policy=service.clock.policy())

    assert 0.0 == service.clock()


def test_waiting_for_a_turn_is_no_try() -> None:
    """However long the first turn takes, a record is tried again."""
    service, tree = target({}, {"a": ["transient"]}, handlers)
    clock = service.clock

    policy = clock.policy(turn=lambda: 600.0 - clock() if clock() < 600 else 0.0)

    assert source({"a": "x"}).sync(tree, policy=policy).ok


@pytest.mark.parametrize("skips", [True, False])
def test_a_circle_that_nobody_opens_is_removed_all_the_same(skips: bool) -> None:
    """Where no handler clears a ref before the removal, the removal is tried without."""

    class Removing(DefaultTemplate):
        def old_students(self, action: Action) -> None:
            """Remove it."""

        if skips:

            def changed_students(self, action: Action) -> Outcome:
                """Leave it."""
                return Outcome.skipped("on purpose")

    b = right(school("S"), student("1", mentor="2"), student("2", mentor="1"), template=Removing)

    result = left(school("S")).sync(b, policy=Clock().policy())

    assert result.ok
    assert () == result.not_implemented


def test_a_record_that_is_there_in_another_form_blocks_nobody() -> None:
    """What refers to a new record that the target holds otherwise than meant can be made."""

    class Normalising(DefaultTemplate):
        def new_schools(self, action: Action) -> None:
            """Make it otherwise, and lose the answer."""
            raise UnknownOutcomeError("timed out")

        def new_students(self, action: Action) -> None:
            """Make it."""

        @override
        def look(self, work: Work) -> Any:
            return school("S", name="Other")

    result = left(school("S"), student("1", school="S")).sync(
        right(template=Normalising), policy=Clock().policy()
    )

    assert ["unknown", "applied"] == [outcome.status for _, outcome in result]
