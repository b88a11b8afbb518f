"""Several works at once: only where the template says so, and never one that another has to wait for."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Action, DataStoreTree, DefaultTemplate, Outcome, Phase, Status, Work, override
from dss_runtime.codegen import Answer
from tests.runtime.people import World, branch, canonical, left, patient, right, school, student, worlds
from tests.runtime.things import things

PATIENCE = 20
"""How many seconds a thread waits for another that must come."""


def test_as_many_run_at_once_as_the_policy_says() -> None:
    """Three handlers wait for each other: one after the other, none would ever go on."""
    meeting = threading.Barrier(3, timeout=PATIENCE)

    class Meeting(DefaultTemplate):
        concurrent = True

        def new_things(self, action: Action) -> None:
            """Make it, once two others are being made."""
            meeting.wait()

    result = things({key: {} for key in "abcdef"}).sync(
        things(template=Meeting), policy=patient(concurrency=3)
    )

    assert result.ok


def test_a_template_that_does_not_say_so_gets_one_at_a_time() -> None:
    """Whatever the policy allows, handlers run in the thread that has begun the run."""
    threads: set[threading.Thread] = set()

    class Alone(DefaultTemplate):
        def new_things(self, action: Action) -> None:
            """Make it."""
            threads.add(threading.current_thread())

    things({key: {} for key in "abcdef"}).sync(things(template=Alone), policy=patient(concurrency=4))

    assert {threading.current_thread()} == threads


class Referential(DefaultTemplate):
    """A system that refuses refs to what is not there, and two changes of one record at a time."""

    concurrent = True

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self.mentors = {key: record.mentor for key, record in branch(tree, "students").items()}
        self.busy: set[object] = set()
        self.mutex = threading.Lock()

    @override
    def perform(self, action: Action, /) -> Answer:
        ident = (action.branch, action.key)
        with self.mutex:
            assert ident not in self.busy
            self.busy.add(ident)
        with self.mutex:
            if action.branch == "students":
                self._change(action)
            self.busy.discard(ident)
        return None

    def _change(self, action: Action) -> None:
        if action.kind == "old":
            del self.mentors[action.key]
        elif action.kind == "new":
            self.mentors[action.key] = action.left.mentor
        elif action.kind == "changed" and action.attribute == "mentor":
            self.mentors[action.key] = action.new
        assert {None, *self.mentors} >= set(self.mentors.values())


@given(worlds(), worlds(), st.integers(2, 5))
def test_what_depends_on_another_waits_for_it(ours: World, theirs: World, at_once: int) -> None:
    """Refs hold at every step, no record is touched by two threads, and the end is the same."""
    a, b = left(*ours), right(*theirs, template=Referential)

    result = a.sync(b, policy=patient(concurrency=at_once))

    assert [] == [(action.message, outcome) for action, outcome in result if not outcome.ok]
    assert canonical(a) == canonical(b)


class Recorder:
    """Takes note, and fails at its third intent."""

    def __init__(self) -> None:
        self.intended: list[object] = []
        self.settled: dict[object, Status] = {}

    def intend(self, works: Sequence[Work], /) -> None:
        """Take note of an intent."""
        if len(self.intended) == 2:
            raise OSError("no space left")
        self.intended.extend(work.key for work in works)

    def settle(self, work: Work, outcome: Outcome, /) -> None:
        """Take note of an outcome."""
        self.settled[work.key] = outcome.status

    def committed(self, phase: Phase, /) -> None:
        """Take note of a phase."""


@pytest.mark.parametrize("at_once", [1, 3])
def test_what_is_under_way_when_a_run_breaks_off_is_not_called_untried(at_once: int) -> None:
    """What has returned stays as it is told; what was not begun is skipped. The journal is told the same."""
    made: list[object] = []

    class Slow(DefaultTemplate):
        concurrent = True

        def new_things(self, action: Action) -> None:
            """Make it."""
            made.append(action.key)

    recorder = Recorder()

    result = things({key: {} for key in "abcd"}).sync(
        things(template=Slow), policy=patient(concurrency=at_once), recorder=recorder
    )

    told = {action.key: outcome.status for action, outcome in result}
    assert {"a", "b"} == set(made)
    assert {
        "a": Status.APPLIED, "b": Status.APPLIED, "c": Status.SKIPPED, "d": Status.SKIPPED
    } == told == recorder.settled  # fmt: skip


def test_an_interruption_waits_for_what_is_under_way() -> None:
    """The template is not told that the phase is over while a handler is still at work."""
    order: list[str] = []
    begun = threading.Event()

    class Slow(DefaultTemplate):
        concurrent = True

        def new_things(self, action: Action) -> None:
            """Make it, slowly."""
            begun.set()
            released.wait(PATIENCE)
            order.append("made")

        @override
        def abandon(self, phase: Phase) -> None:
            order.append("abandoned")

    released = threading.Event()
    asked: list[str] = []

    def stop() -> str:
        if threading.current_thread() is not threading.main_thread():
            return ""
        if asked:  # before the second work, once the first is under way
            begun.wait(PATIENCE)
            threading.Timer(0.05, released.set).start()
            raise KeyboardInterrupt
        asked.append("")
        return ""

    with pytest.raises(KeyboardInterrupt):
        things({"a": {}, "b": {}}).sync(things(template=Slow), policy=patient(concurrency=2, stop=stop))

    assert ["made", "abandoned"] == order


def test_mentors_are_made_before_their_students_whatever_the_number() -> None:
    """A chain of refs leaves nothing to be done at once."""
    a = left(school("S"), *(student(str(n), mentor=str(n - 1) if n else None) for n in range(20)))
    b = right(school("S"), template=Referential)

    assert a.sync(b, policy=patient(concurrency=8)).ok
