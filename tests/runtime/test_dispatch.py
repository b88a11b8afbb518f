"""How a template finds the method for an action, or for all changes of a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from dss_runtime import (
    Action,
    DefaultTemplate,
    Outcome,
    RecordChange,
    override,
)
from dss_runtime._template import MissingHandlerError, Work
from dss_runtime.codegen import Answer, Route
from tests.runtime.people import (
    arrange,
    patient,
)
from tests.runtime.things import Things, held, things


class Named(DefaultTemplate):
    """Handlers found by name, as they are written by hand."""

    def new_things(self, action: Action) -> None:
        """Do nothing."""

    def changed_things(self, action: Action) -> Outcome:
        """Stand in for every attribute that has no method."""
        return Outcome.applied(f"stood in for {action.attribute}")

    def changed_things_name(self, action: Action) -> Outcome:
        """Handle the name."""
        return Outcome.applied("the name's own")

    old_things = "not callable"


def test_a_method_is_found_by_name() -> None:
    """The attribute's method is preferred to the branch's; what is missing is reported once."""
    a = things({"1": {"name": "new", "age": 2, "tags": ["x"]}, "2": {}})
    b = things({"1": {"name": "old", "age": 1, "tags": ["y"]}, "3": {}, "4": {}}, template=Named)

    result = a >> b

    assert [
        ("new_things(idnumber='2')", "applied", ""),
        ("changed_things_age(idnumber='1', old=1, new=2)", "applied", "stood in for age"),
        ("changed_things_name(idnumber='1', old='old', new='new')", "applied", "the name's own"),
        ("added_things_tags(idnumber='1', item='x')", "applied", "stood in for tags"),
        ("removed_things_tags(idnumber='1', item='y')", "applied", "stood in for tags"),
        ("old_things(idnumber='3')", "skipped", "not implemented: old_things"),
        ("old_things(idnumber='4')", "skipped", "not implemented: old_things"),
    ] == [(action.message, str(outcome.status), outcome.reason) for action, outcome in result]
    assert ("old_things",) == result.not_implemented


def test_a_stub_that_nobody_filled_is_missing() -> None:
    """A handler that is nothing but its docstring is not taken for one that has applied its action."""

    class Stub(DefaultTemplate):
        """Its handlers were written by the generator."""

        def new_things(self, action: Action) -> Any:
            """To be written."""

        def old_things(self, action: Action) -> Any:
            """Written."""
            return None if action.attribute else Outcome.applied()

        @override
        def perform(self, action: Action, /) -> Answer:
            self.require_filled(action)
            return super().perform(action)

    result = things({"1": {}}) >> things({"2": {}}, template=Stub)

    assert ["skipped", "applied"] == [outcome.status for _, outcome in result]
    assert ("new_things",) == result.not_implemented


class ByRecord(Things):
    """A system whose records are changed as a whole."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        arrange(held(self), by_record=True)


def by_record(template: type[DefaultTemplate], records: dict[str, dict[str, Any]]) -> ByRecord:
    """Return such a system with a record per key."""
    tree = ByRecord(template=template)
    for key, fields in records.items():
        held(tree).make(key, **fields)
    return tree


def test_a_branch_may_ask_for_whole_records() -> None:
    """One call gets all changes of a record; they have one outcome and are applied together."""
    seen: list[RecordChange[Any, Any, Any]] = []

    class Whole(DefaultTemplate):
        def changed_things(self, change: RecordChange[Any, Any, Any]) -> None:
            seen.append(change)
            if change.key == "2":
                raise ValueError("no")

    a = things({"1": {"name": "n", "tags": ["x", "y"]}, "2": {"name": "n", "tags": []}})
    b = by_record(Whole, {"1": {"name": "o", "tags": ["z"]}, "2": {"name": "o", "tags": ["z"]}})

    result = a.sync(b, policy=patient())

    assert [("name", "tags"), ("name", "tags")] == [change.attributes for change in seen]
    assert "<RecordChange changed_things(idnumber='1', attributes=('name', 'tags'))>" == repr(seen[0])
    assert ["applied"] * 4 + ["failed"] * 2 == [outcome.status for _, outcome in result]
    assert ["changed", "added", "added", "removed"] == [change.kind for change in seen[0].changes]
    assert {"2"} == {action.key for action in a - b}


def test_a_missing_method_for_records_is_reported_by_its_name() -> None:
    """With record granularity the method that is missing is the branch's."""
    a, b = things({"1": {"name": "n"}}), by_record(DefaultTemplate, {"1": {"name": "o"}})

    result = a >> b

    assert ("changed_things",) == result.not_implemented


def test_an_impossible_change_does_not_take_the_rest_of_its_record_along() -> None:
    """Where two types cannot be compared that attribute is rejected; the record's others are carried out."""

    class Whole(DefaultTemplate):
        def changed_things(self, change: RecordChange[Any, Any, Any]) -> None:
            """Do nothing."""

    a = things({"1": {"age": 1, "name": "n"}})
    b = by_record(Whole, {"1": {"age": "1", "name": "o"}})

    result = a >> b

    assert [("age", "rejected"), ("name", "applied")] == [
        (action.attribute, outcome.status) for action, outcome in result
    ]


def test_a_handler_can_leave_its_action_to_the_adapter_after_all() -> None:
    """`write_one` and `write_record` write through the adapter from within a handler."""
    written: list[Work] = []

    class Special(DefaultTemplate):
        @override
        def write(self, works: Sequence[Work]) -> Sequence[Outcome]:
            written.extend(works)
            return [Outcome.applied("written")] * len(works)

        def new_things(self, action: Action) -> Outcome:
            return self.write_one(action)

        def changed_things(self, item: Action | RecordChange[Any, Any, Any]) -> Outcome:
            return self.write_record(item) if isinstance(item, RecordChange) else self.write_one(item)

    a = things({"1": {"name": "n"}, "2": {}})
    for b in (things({"1": {"name": "o"}}, template=Special), by_record(Special, {"1": {"name": "o"}})):
        written.clear()
        assert ["written", "written"] == [outcome.reason for _, outcome in a >> b]
        assert [("new", "2"), ("changed", "1")] == [(work.phase, work.key) for work in written]


def test_what_a_tree_does_not_own_is_skipped() -> None:
    """`unhandled` says whose business a difference is not."""

    class Partial(DefaultTemplate):
        @override
        def perform(self, action: Action, /) -> Answer:
            return self.unhandled(action)

    a, b = things({"1": {"name": "n"}, "2": {}}), things({"1": {"name": "o"}}, template=Partial)

    assert [
        Outcome.skipped("Things does not own things"),
        Outcome.skipped("Things does not own name"),
    ] == [outcome for _, outcome in a >> b]


def test_missing_handlers_have_a_name() -> None:
    """The error for a missing method says which."""
    error = MissingHandlerError("new_students")

    assert ("not implemented: new_students", "new_students") == (str(error), error.method)


class Typed(DefaultTemplate):
    """Handlers as the generator declares them, which take the values of their action too."""

    __routes__: ClassVar = {"things": Route(unowned=frozenset(("old_things", "removed_things_tags")))}

    def new_things(self, action: Action, /) -> Outcome:
        """Create nothing."""
        return Outcome.applied("nothing more")

    def changed_things_name(self, action: Action, /, *, new: str, old: str) -> Outcome:
        """Say what has changed."""
        return Outcome.applied(f"{old} to {new}")

    def added_things_tags(self, action: Action, /, *, item: str) -> Outcome:
        """Say what was added."""
        return Outcome.applied(item)

    def changed_things_age(self, action: Action, /, *, new: int, old: int) -> Any:
        """A stub that nobody has filled in."""


def test_a_typed_method_takes_the_values_of_its_action() -> None:
    """Every kind of action brings its values; what is not asked for is skipped, a stub is missing."""
    a = things({"1": {"name": "n", "age": 2, "tags": ["x"]}, "2": {}})
    b = things({"1": {"name": "o", "age": 1, "tags": ["y"]}, "3": {}}, template=Typed)

    result = a >> b

    assert [
        ("new_things(idnumber='2')", "applied", "nothing more"),
        ("changed_things_age(idnumber='1', old=1, new=2)", "skipped", "not implemented: changed_things_age"),
        ("changed_things_name(idnumber='1', old='o', new='n')", "applied", "o to n"),
        ("added_things_tags(idnumber='1', item='x')", "applied", "x"),
        ("removed_things_tags(idnumber='1', item='y')", "skipped", "Things does not own tags"),
        ("old_things(idnumber='3')", "skipped", "Things does not own things"),
    ] == [(action.message, str(outcome.status), outcome.reason) for action, outcome in result]
    assert ("changed_things_age",) == result.not_implemented


def test_a_typed_method_that_a_route_promises_and_nobody_declares_is_missing() -> None:
    """A route without its method is reported like any other method that is missing."""

    class Bare(DefaultTemplate):
        __routes__: ClassVar = {"things": Route()}

    assert ("new_things",) == (things({"1": {}}) >> things({}, template=Bare)).not_implemented


def test_a_typed_method_may_take_whole_records() -> None:
    """With record granularity one change by itself reaches the method for the record too."""

    class Whole(DefaultTemplate):
        __routes__: ClassVar = {"things": Route(by_record=True)}

        def changed_things(self, change: RecordChange[Any, Any, Any], /) -> Outcome:
            return Outcome.applied(" and ".join(change.attributes))

    a, b = things({"1": {"name": "n", "age": 2}}), by_record(Whole, {"1": {"name": "o", "age": 1}})

    assert ["age", "name"] == [b.template(action).reason for action in a - b]
    assert ["age and name"] * 2 == [outcome.reason for _, outcome in a >> b]
