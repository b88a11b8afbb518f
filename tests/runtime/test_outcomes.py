"""Every action of a sync gets exactly one outcome, whatever its handler does."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import (
    Action,
    DefaultTemplate,
    Model,
    Outcome,
    Policy,
    Status,
    SyncResult,
    TransientError,
    override,
)
from dss_runtime._outcomes import worst
from dss_runtime._policy import backoff
from dss_runtime._template import outcome_of
from tests.runtime.faults import FAULTS, Fault, Journal, failing, faults_of
from tests.runtime.people import (
    World,
    branch,
    content,
    enrolment,
    fill,
    left,
    messages,
    patient,
    right,
    school,
    student,
    worlds,
)
from tests.runtime.things import held, things

MODES = st.sampled_from(["continue", "stop"])


@given(st.data(), worlds(), worlds(), MODES)
def test_every_action_has_exactly_one_outcome(
    data: st.DataObject, ours: World, theirs: World, mode: Literal["continue", "stop"]
) -> None:
    """The result holds the planned actions, each once and in order, with the outcome its handler deserved."""
    a, b = left(*ours), right(*theirs)
    planned = list(a - b)
    faults = data.draw(faults_of(planned))
    journal = Journal()
    b = right(*theirs, template=failing(faults, journal))

    result = a.sync(b, policy=patient(on_error=mode))

    assert messages(planned) == messages(action for action, _ in result)
    for action, outcome in result:
        fault = faults[action.message]
        if action.message in journal.attempts:
            assert (fault.expected, fault.attempts) == (outcome.status, outcome.attempts), fault.name
            assert fault.attempts == journal.attempts[action.message]
        else:
            assert outcome.status in (Status.BLOCKED, Status.SKIPPED)
        assert outcome.ok or outcome.reason or fault.name == "missing"


@given(st.data(), worlds(), worlds(), MODES)
def test_what_is_left_is_what_was_not_applied(
    data: st.DataObject, ours: World, theirs: World, mode: Literal["continue", "stop"]
) -> None:
    """After a sync with failures the diff shows just the actions that were not applied, in the same order."""
    a, b = left(*ours), right(*theirs)
    b = right(*theirs, template=failing(data.draw(faults_of(list(a - b)))))

    result = a.sync(b, policy=patient(on_error=mode))

    assert messages(action for action, outcome in result if not outcome.ok) == messages(a - b)


@given(st.data(), worlds(), worlds())
def test_syncing_again_heals(data: st.DataObject, ours: World, theirs: World) -> None:
    """What one sync could not do, the next one does as soon as the handlers work."""
    a, b = left(*ours), right(*theirs)
    faults = data.draw(faults_of(list(a - b)))
    b = right(*theirs, template=failing(faults))
    _ = a.sync(b, policy=patient())
    faults.clear()

    result = a.sync(b, policy=patient())

    assert result.ok
    assert [] == list(a - b)


@given(st.data(), worlds(), worlds())
def test_stop_leaves_everything_after_the_first_failure_untried(
    data: st.DataObject, ours: World, theirs: World
) -> None:
    """With `on_error="stop"` no handler is called after one that failed, and the rest says why."""
    a, b = left(*ours), right(*theirs)
    faults = data.draw(faults_of(list(a - b)))
    b = right(*theirs, template=failing(faults, journal := Journal()))

    result = a.sync(b, policy=patient(on_error="stop"))

    statuses = [outcome.status for _, outcome in result]
    first = next((at for at, each in enumerate(statuses) if each in (Status.FAILED, Status.UNKNOWN)), None)
    if first is not None:
        failed = result.results[first][0].message
        assert failed == journal.tried[-1]
        assert {Status.SKIPPED} >= set(statuses[first + 1 :])
        reason = f"stopped after {failed} {statuses[first]}"
        assert all(reason == outcome.reason for _, outcome in result.results[first + 1 :])


@given(st.data(), worlds(), worlds())
def test_hooks_are_called_once_per_action_and_exception(
    data: st.DataObject, ours: World, theirs: World
) -> None:
    """Success or failure is told once per action, an exception at each try, a missing method once."""
    a, b = left(*ours), right(*theirs)
    faults = data.draw(faults_of(list(a - b)))
    b = right(*theirs, template=failing(faults, journal := Journal()))

    result = a.sync(b, policy=patient())

    ends = [hook for hook in journal.hooks if hook[0] in ("success", "failure")]
    assert [("success" if each.ok else "failure", action.message) for action, each in result] == ends
    missing = [action for action, _ in result if faults[action.message].name == "missing"]
    called = [action for action in missing if action.message in journal.attempts]
    assert Counter(("not implemented", action.message) for action in called) == Counter(
        hook for hook in journal.hooks if hook[0] == "not implemented"
    )
    assert tuple(dict.fromkeys(action.method for action in called)) == result.not_implemented


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_handler_may_do_anything(fault: Fault) -> None:
    """Each kind of trouble has its outcome, and the next record is not touched by it."""
    b = right(template=failing({"new_schools(idnumber='1')": fault}, journal := Journal()))

    result = left(school("1"), school("2")).sync(b, policy=patient())

    (_, first), (_, second) = result.results
    assert (fault.expected, fault.attempts) == (first.status, first.attempts)
    assert Outcome.applied() == second
    assert (["1", "2"] if first.ok else ["2"]) == list(branch(b, "schools"))
    assert fault.attempts + 1 == len(journal.tried)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(True, "bool"), (3, "int"), ("done", "str"), ([None], "NoneType"), ({}.items, "builtin")],
)
def test_a_wrong_answer_says_what_to_return(answer: Any, kind: str) -> None:
    """A handler that returns anything but outcomes is told what it has returned and what it may return."""
    with pytest.raises(
        TypeError, match=f"a handler has returned {kind}.*: return an Outcome, several, or None"
    ):
        outcome_of(answer)


def test_the_worst_of_several_outcomes_counts() -> None:
    """Several outcomes count as the worst, with every reason; none at all is applied."""
    several = [Outcome.applied("a"), Outcome.skipped("b"), Outcome.failed("c"), Outcome.blocked("")]

    assert Outcome(Status.FAILED, "a; b; c") == worst(several)
    assert Outcome.unknown("x") == worst([Outcome.failed(""), Outcome.unknown("x")])
    assert Outcome.rejected("") == worst([Outcome.blocked(""), Outcome.rejected("")])
    assert Outcome.applied() == worst([])


@pytest.mark.parametrize(("times", "attempts"), [(0, 5), (1, 5), (4, 5), (5, 5), (9, 5), (0, 1), (1, 1)])
def test_a_transient_error_is_tried_again(times: int, attempts: int) -> None:
    """An action is tried at most `attempts` times, waiting in between, longer each time."""
    slept: list[float] = []
    fault = Fault("busy", _busy(times), Status.APPLIED)
    b = right(template=failing({"new_schools(idnumber='1')": fault}))

    result = left(school("1")).sync(b, policy=Policy(attempts=attempts, sleep=slept.append))

    ((_, outcome),) = result.results
    tries = min(times + 1, attempts)
    assert (times < attempts, tries) == (outcome.ok, outcome.attempts)
    assert sum([0.5, 1.0, 2.0, 4.0][: tries - 1]) == sum(slept)


def _busy(times: int) -> Any:
    def act(action: Action, attempt: int) -> None:
        if attempt <= times:
            raise TransientError("busy")

    return act


def test_other_errors_are_not_tried_again() -> None:
    """What is not a TransientError is final at the first try, and nobody waits."""
    slept: list[float] = []
    b = right(template=failing({"new_schools(idnumber='1')": FAULTS[15]}))

    result = left(school("1")).sync(b, policy=Policy(sleep=slept.append))

    assert ([], Outcome.failed("ValueError: no")) == (slept, result.results[0][1])


def test_the_wait_between_tries_is_bounded() -> None:
    """The default wait doubles, and never exceeds half a minute."""
    assert [0.5, 1, 2, 4, 8, 16, 30, 30] == [backoff(attempt) for attempt in range(1, 9)]


def test_a_record_that_cannot_follow_is_unknown_and_stops_nobody_else() -> None:
    """Where the record in memory refuses the new value, its action is unknown; the phase goes on."""

    class Stubborn(Model):
        @property
        def name(self) -> str:
            return str(self._name)

        @name.setter
        def name(self, value: str) -> None:
            if getattr(self, "_name", value) != value:
                raise ValueError("the name never changes")
            self._name = value

    a, b = things(), things()
    for tree, name in ((a, "new"), (b, "old")):
        held(tree).put("1", Stubborn("1", name=name))
        held(tree).put("2", Model("2", name=name))

    result = a >> b

    text = "applied, but the record in memory could not follow: ValueError: the name never changes"
    assert [Outcome.unknown(text), Outcome.applied()] == [outcome for _, outcome in result]
    assert ["1"] == [action.key for action in a - b]


def test_a_handler_that_removes_the_record_itself_is_unknown() -> None:
    """A handler that deletes from the branch what it was to change leaves an action nobody can vouch for."""

    class Remover(DefaultTemplate):
        def changed_things(self, action: Action) -> None:
            held(self.tree).delete(action.key)

        def old_things(self, action: Action) -> None:
            held(self.tree).delete(action.key)

    result = things({"1": {"name": "n"}}) >> things({"1": {"name": "o"}, "2": {}}, template=Remover)

    assert ["unknown", "applied"] == [outcome.status for _, outcome in result]


def test_a_hook_that_raises_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """A hook only looks on: what it raises is logged, without sensitive values."""

    class Loud(DefaultTemplate):
        def new_students(self, action: Action) -> None:
            """Do nothing."""

        @override
        def on_success(self, action: Action, outcome: Outcome) -> None:
            raise RuntimeError(f"cannot mail {action.left.email}" if action.left else "")

    b = right(school("S"), template=Loud)

    result = left(school("S"), student("1", email="ann@home")).sync(b)

    assert result.ok
    assert ["the hook on_success has raised RuntimeError: cannot mail ***"] == caplog.messages


def test_a_result_counts_and_selects() -> None:
    """A result says how many actions ended how, and gives those of one status."""
    faults = {"new_schools(idnumber='2')": FAULTS[15]}
    result = left(school("1"), school("2")).sync(right(template=failing(faults)), policy=patient())

    assert 2 == len(result)
    assert {Status.APPLIED: 1, Status.FAILED: 1} == result.counts
    assert not result.ok
    assert ["new_schools(idnumber='2')"] == messages(action for action, _ in result.of(Status.FAILED))
    assert SyncResult(()).ok


def test_nothing_to_do_needs_no_template() -> None:
    """A sync of equal trees does not even make the template of the right one."""

    class Unmakable(DefaultTemplate):
        def __init__(self, tree: Any) -> None:
            raise AssertionError("made")

    assert SyncResult(()) == things() >> things(template=Unmakable)


def test_progress_is_told_to_its_end() -> None:
    """A listener hears of each branch that is written in a phase, from its beginning to its end."""
    heard: list[tuple[str, str, int, int]] = []

    def listen(stage: str, what: str, done: int, total: int, /) -> None:
        heard.append((stage, what, done, total))

    a = left(school("S"), student("1", name="n", email="e", courses=frozenset("xy")), enrolment("1", "s"))
    a.sync(right(school("S"), student("1", name="o")), progress=listen)

    applied = [each for each in heard if each[0] == "apply"]
    assert [
        ("apply", "enrolments, new", 0, 1),
        ("apply", "enrolments, new", 1, 1),
        *(("apply", "students, changed", done, 4) for done in range(5)),
    ] == [each for at, each in enumerate(applied) if each not in applied[:at]]


def test_the_right_tree_follows_a_handler_s_success_only() -> None:
    """A record is made, changed or removed in memory exactly when its action was applied."""
    a = left(school("1"), school("2", name="n"))
    b = right(school("2", name="o"), school("3"), template=failing({}))
    fill(b, [])
    before = content(b)
    refused = {action.message: FAULTS[5] for action in a - b}

    _ = a.sync(right(school("2", name="o"), school("3"), template=failing(refused)), policy=patient())
    assert before == content(b)
    _ = a >> b
    assert content(a) == content(b)
