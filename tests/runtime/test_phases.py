"""A phase that cannot be finished is undone, and nobody claims to know what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Action, DataStoreTree, DefaultTemplate, Outcome, Phase, Status, override
from dss_runtime.codegen import Answer
from tests.runtime.faults import FAULTS, CustomError, Fault, Journal, failing, faults_of
from tests.runtime.people import (
    Obedient,
    Student,
    World,
    arrange,
    branch,
    content,
    fill,
    left,
    messages,
    patient,
    right,
    school,
    student,
    worlds,
)

PHASES: tuple[Phase, ...] = ("new", "changed", "old")
PHASE_OF: dict[str, Phase] = {
    "new": "new", "changed": "changed", "added": "changed", "removed": "changed", "old": "old",
}  # fmt: skip


def state(tree: DataStoreTree) -> list[tuple[str, list[Any], dict[Any, Any]]]:
    """Return what *tree* holds, with its order and the retired records."""
    return [(each.name, list(each.items()), dict(each.retired)) for each in tree.branches]


@given(st.data(), worlds(), worlds(), st.sampled_from(["begin", "end"]), st.sampled_from(PHASES))
def test_a_failed_phase_is_undone(
    data: st.DataObject, ours: World, theirs: World, frame: str, phase: Phase
) -> None:
    """The right tree is as before the phase, what was applied in it unknown, what follows skipped."""
    a, b = left(*ours), right(*theirs)
    faults = data.draw(faults_of(list(a - b)))
    error = CustomError("no transaction")
    b = right(*theirs, template=failing(faults, journal := Journal(), {(frame, phase): error}))
    retires = data.draw(st.booleans())
    arrange(branch(b, "students"), retires_old=retires)
    concerned = {PHASE_OF[action.kind] for action in a - b}
    earlier = right(*theirs, template=failing(faults))
    arrange(branch(earlier, "students"), retires_old=retires)
    without = a.sync(earlier, policy=patient())

    result = a.sync(b, policy=patient())

    if phase not in concerned:
        assert without.results == result.results
        return
    reason = "the phase could not be completed: CustomError: no transaction"
    for (action, outcome), (_, would) in zip(result, without, strict=True):
        order = PHASES.index(PHASE_OF[action.kind]) - PHASES.index(phase)
        if order < 0:
            assert would == outcome
        elif order > 0 or frame == "begin":
            assert Outcome.skipped(reason) == outcome
        else:
            assert (Outcome.unknown(reason) if would.ok else would) == outcome
    assert ("abandon", phase) == journal.phases[-1]
    assert messages(action for action, outcome in result if not outcome.ok) == messages(a - b)


@given(worlds(), worlds(), st.sampled_from(PHASES))
def test_a_failed_commit_brings_back_even_the_order(ours: World, theirs: World, failing_phase: Phase) -> None:
    """Records, their order and the retired ones are just as they were when the phase began."""
    began: dict[Phase, object] = {}

    class Failing(Obedient):
        @override
        def begin(self, phase: Phase) -> None:
            began[phase] = state(self.tree)

        @override
        def end(self, phase: Phase) -> None:
            if phase == failing_phase:
                raise CustomError

    a, b = left(*ours), right(*theirs, template=Failing)
    for name in ("schools", "students", "enrolments"):
        arrange(branch(b, name), retires_old=True)
    retired = branch(b, "students").retired
    retired.update({branch(b, "students").key_of(each): each for each in ours if isinstance(each, Student)})

    result = a >> b

    if failing_phase in began:
        assert began[failing_phase] == state(b)
        assert Status.UNKNOWN in result.counts
    else:
        assert result.ok


def test_undoing_a_removal_brings_back_the_order() -> None:
    """Records that were removed in a failed phase are back in their places."""
    b = right(*map(school, "1234"), template=failing({}, None, {("end", "old"): CustomError()}))

    _ = left(school("2")) >> b

    assert ["1", "2", "3", "4"] == list(branch(b, "schools"))


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit()], ids=lambda each: type(each).__name__
)
@pytest.mark.parametrize("where", ["handler", "begin", "end"])
def test_an_interrupt_rolls_back_and_goes_on_upwards(error: BaseException, where: str) -> None:
    """What is no Exception ends the sync: its phase is abandoned and undone, earlier ones are kept."""
    journal = Journal()
    faults: dict[str, Fault] = {}
    frames: dict[tuple[str, Phase], BaseException] = {}
    if where == "handler":
        faults = {
            "changed_schools_name(idnumber='2', old='o', new='n')": Fault(
                "interrupt", _raising(error), Status.FAILED
            )
        }
    else:
        frames[where, "changed"] = error
    a = left(school("1"), school("2", name="n"), school("3", name="n"))
    b = right(
        school("2", name="o"), school("3", name="o"), school("4"), template=failing(faults, journal, frames)
    )

    with pytest.raises(type(error)):
        a.sync(b, policy=patient())

    assert ("abandon", "changed") == journal.phases[-1]
    assert ["2", "3", "4", "1"] == list(branch(b, "schools"))
    assert {"2": "o", "3": "o", "4": "Hill", "1": "Hill"} == {
        key: record.name for key, record in branch(b, "schools").items()
    }


def _raising(error: BaseException) -> Any:
    def act(action: Action, attempt: int) -> None:
        raise error

    return act


def test_an_interrupt_in_between_two_tries_rolls_back() -> None:
    """Someone who loses patience while the runtime waits gets the tree as it was before the phase."""

    def sleep(seconds: float) -> None:
        raise KeyboardInterrupt

    busy = next(fault for fault in FAULTS if fault.name == "transient once")
    b = right(template=failing({"new_schools(idnumber='2')": busy}, journal := Journal()))

    with pytest.raises(KeyboardInterrupt):
        left(school("1"), school("2")).sync(b, policy=patient(sleep=sleep))

    assert ([], ("abandon", "new")) == (list(branch(b, "schools")), journal.phases[-1])


def test_a_rollback_that_fails_too_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The first error is the one reported; the second goes to the log, without sensitive values."""
    frames: dict[tuple[str, Phase], BaseException] = {
        ("end", "new"): CustomError("first ann@home"),
        ("abandon", "new"): CustomError("second ann@home"),
    }
    b = right(school("S"), template=failing({}, None, frames))

    result = left(school("S"), student("1", email="ann@home")).sync(b)

    assert [Outcome.unknown("the phase could not be completed: CustomError: first ***")] == [
        outcome for _, outcome in result
    ]
    assert ["rolling back the phase new failed too: CustomError: second ***"] == caplog.messages


def test_a_phase_without_actions_is_not_begun() -> None:
    """Only phases with something to do are begun and ended, in order."""
    b = right(school("1"), template=failing({}, journal := Journal()))

    _ = left(school("2")) >> b

    assert [("begin", "new"), ("end", "new"), ("begin", "old"), ("end", "old")] == journal.phases


def test_a_handler_runs_inside_its_own_frame() -> None:
    """`single` surrounds each try of a handler, so that one that fails can be undone by itself."""
    events: list[str] = []

    class Framed(DefaultTemplate):
        class Frame:
            def __enter__(self) -> None:
                events.append("enter")

            def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
                events.append("undo" if kind else "keep")

        @override
        def single(self) -> Any:
            return self.Frame()

        @override
        def perform(self, action: Action, /) -> Answer:
            events.append(str(action.key))
            if action.key == "2":
                return self.late()
            return None

        def late(self) -> Answer:
            """Fail only when the answer is looked at."""
            yield Outcome.applied()
            raise ValueError

    result = left(school("1"), school("2")).sync(right(template=Framed))

    assert ["enter", "1", "keep", "enter", "2", "undo"] == events
    assert ["applied", "failed"] == [outcome.status for _, outcome in result]


def test_what_earlier_phases_did_stays() -> None:
    """A failure in the last phase does not take back the first two, and the next sync ends the work."""
    frames: dict[tuple[str, Phase], BaseException] = {("end", "old"): CustomError()}
    a, b = (
        left(school("1", name="n"), school("2")),
        right(school("1", name="o"), school("3"), template=failing({}, None, frames)),
    )

    result = a >> b

    assert ["applied", "applied", "unknown"] == [outcome.status for _, outcome in result]
    assert ["old_schools(idnumber='3')"] == messages(a - b)
    frames.clear()
    assert (a >> b).ok
    assert {"schools": {"1": school("1", name="n"), "2": school("2")}} == {
        name: records for name, records in content(b).items() if records
    }


def test_no_update_from_a_failed_phase_reaches_a_later_sync() -> None:
    """After an undone phase the tree can be changed and synced as if nothing had been."""
    frames: dict[tuple[str, Phase], BaseException] = {("end", "new"): CustomError()}
    a, b = left(school("1")), right(template=failing({}, None, frames))
    _ = a >> b
    frames.clear()
    fill(b, [school("9")])

    _ = a >> b

    assert ["1"] == list(branch(b, "schools"))


@pytest.mark.parametrize(
    "answer", [Outcome.failed("no"), Outcome.skipped("no"), [Outcome.applied(), Outcome.unknown("?")]]
)
def test_what_a_handler_has_begun_is_undone_when_it_does_not_succeed(answer: Any) -> None:
    """A handler that answers with anything but success leaves nothing half-done, as one that raises."""
    left_by: list[type[BaseException] | None] = []

    class Frame:
        def __enter__(self) -> None:
            """Begin."""

        def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
            left_by.append(kind)

    class Framed(DefaultTemplate):
        @override
        def single(self) -> Any:
            return Frame()

        @override
        def perform(self, action: Action, /) -> Answer:
            found: Answer = answer
            return found

    result = left(school("1")).sync(right(template=Framed))

    assert not result.ok
    assert [True] == [kind is not None for kind in left_by]
