"""What nobody overrides is left to the adapter, which writes many records at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from dss_runtime import (
    Action,
    DefaultTemplate,
    Model,
    Outcome,
    TransientError,
    override,
)
from dss_runtime._template import Work
from dss_runtime.codegen import adapter_writes
from tests.runtime.faults import writing
from tests.runtime.people import (
    patient,
)
from tests.runtime.things import held, things


def test_what_nobody_overrides_goes_to_the_adapter_in_batches() -> None:
    """Works of one branch and phase are written together, at most `batch_size`, records as units."""
    batches: list[list[tuple[str, Any, tuple[str, ...]]]] = []

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        batches.append([(work.phase, work.key, work.attributes) for work in works])
        return [Outcome.applied()] * len(works)

    methods = ("new_things", "changed_things_name", "added_things_tags", "removed_things_tags")
    a = things({str(n): {"name": "n", "tags": ["x"], "age": 1} for n in range(5)})
    b = things(
        {str(n): {"name": "o", "tags": ["y"], "age": 2} for n in range(2)}, template=writing(wrote, *methods)
    )

    result = a.sync(b, policy=patient(batch_size=2))

    assert [
        [("new", "2", ()), ("new", "3", ())],
        [("new", "4", ())],
        [("changed", "0", ("name", "tags")), ("changed", "1", ("name", "tags"))],
    ] == batches
    assert result.ok
    assert [] == list(a - b)


def test_of_records_written_together_just_those_that_cannot_follow_are_unknown() -> None:
    """All was applied; where a record in memory refuses its value, that one has to be read again."""

    class Stubborn(Model):
        @override
        def __setattr__(self, name: str, value: object) -> None:
            vars(self)[name] = value

        def __copy__(self) -> Stubborn:
            raise ValueError("there is only one")

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        return [Outcome.applied()] * len(works)

    a = things({str(number): {"name": "new"} for number in range(4)})
    b = things({"0": {"name": "old"}, "3": {"name": "old"}}, template=writing(wrote, "changed_things_name"))
    held(b).put("1", Stubborn("1", name="old"))
    held(b).put("2", Model("2", name="old"))

    result = a.sync(b, policy=patient())

    assert {"0": "applied", "1": "unknown", "2": "applied", "3": "applied"} == {
        action.key: outcome.status for action, outcome in result
    }
    assert ["1"] == [action.key for action in a - b]


@pytest.mark.parametrize(("asked", "sizes"), [(None, [3, 2]), (4, [4, 1]), (9, [5])])
def test_a_template_says_how_many_records_are_written_at_a_time(asked: int | None, sizes: list[int]) -> None:
    """The policy has the last word, and says nothing by default."""
    found: list[int] = []

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        found.append(len(works))
        return [Outcome.applied()] * len(works)

    template = writing(wrote, "new_things")
    template.batch_size = 3
    things({str(n): {} for n in range(5)}).sync(things(template=template), policy=patient(batch_size=asked))
    assert sizes == found


@pytest.mark.parametrize("given_", [0, 1, 3])
def test_an_adapter_that_gives_too_few_or_too_many_outcomes_is_not_believed(given_: int) -> None:
    """Every record of a batch is unknown when nobody can tell whose outcome is whose."""

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        return [Outcome.applied()] * given_

    b = things(template=writing(wrote, "new_things"))

    result = things({"1": {}, "2": {}}) >> b

    unknown = Outcome.unknown(f"the adapter gave {given_} outcomes for 2 records")
    assert [unknown, unknown] == [outcome for _, outcome in result]
    assert [] == list(held(b))


def test_a_batch_is_tried_again_as_a_whole() -> None:
    """An adapter that raises TransientError has written nothing: the same works come again."""
    calls: list[int] = []

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        calls.append(len(works))
        if len(calls) == 1:
            raise TransientError("locked")
        return [Outcome.applied(), Outcome.failed("no")]

    result = things({"1": {}, "2": {}}).sync(things(template=writing(wrote, "new_things")), policy=patient())

    assert [2, 2] == calls
    assert [Outcome.applied().after(2), Outcome.failed("no").after(2)] == [each for _, each in result]


def test_an_adapter_that_cannot_write_is_reported() -> None:
    """A template without `write` names the method that would have been needed."""

    class Marked(DefaultTemplate):
        @adapter_writes
        def new_things(self, action: Action, /) -> Outcome:
            return self.write_one(action)

    result = things({"1": {}}) >> things(template=Marked)

    assert ("new_things",) == result.not_implemented


def test_a_batch_that_keeps_failing_is_tried_one_by_one() -> None:
    """One record that the adapter cannot write for now does not hold up those beside it."""
    batches: list[list[Any]] = []

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        batches.append([work.key for work in works])
        if any(work.key == "2" for work in works):
            raise TransientError("locked")
        return [Outcome.applied()] * len(works)

    b = things(template=writing(wrote, "new_things"))

    result = things({"1": {}, "2": {}, "3": {}}).sync(b, policy=patient(attempts=2))

    assert [["1", "2", "3"], ["1", "2", "3"], ["1"], ["2"], ["3"]] == batches
    assert ["applied", "failed", "applied"] == [outcome.status for _, outcome in result]
    assert ["1", "3"] == list(held(b))
