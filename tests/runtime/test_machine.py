"""One machine drives two trees through everything that may happen to them, faults included."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dss_runtime import (
    Action,
    DataStore,
    DefaultImporter,
    DefaultTemplate,
    Guard,
    GuardHeldError,
    Limit,
    Outcome,
    Phase,
    Status,
    override,
)
from dss_runtime.codegen import Answer
from tests.runtime.faults import FAULTS, Fault, Journal, failing
from tests.runtime.people import (
    BRANCH_OF,
    UNGUARDED,
    Left,
    Right,
    Row,
    arrange,
    branch,
    canonical,
    content,
    enrolment,
    messages,
    patient,
    school,
    student,
)
from tests.runtime.test_relations import dangling
from tests.runtime.unreadable import unreadable

KEYS = st.sampled_from(["1", "2", "3"])
NAMES = st.sampled_from(["Ann", "ann", "Bob"])
FRAMES = st.none() | st.tuples(st.sampled_from(["begin", "end"]), st.sampled_from(["new", "changed", "old"]))
System = dict[str, dict[Any, Row]]


class FromSystem(DefaultImporter):
    """Reads a copy of each record of the system in the settings, or fails half-way."""

    @override
    def readin_branch(self, branch: Any) -> None:
        for key, record in self.settings["system"][branch.name].items():
            branch.put(key, copy.copy(record))
            if self.tree.settings.get("fail"):
                raise OSError("gone")


def writer(system: System, faults: dict[str, Fault], frame: Any, journal: Journal) -> type[DefaultTemplate]:
    """Return a template that writes to *system*, in one transaction per phase, unless told to fail."""
    base = failing(faults, journal, {frame: OSError("no transaction")} if frame else None)

    class Writes(base):  # type: ignore[misc, valid-type]
        """Writes, and rolls back."""

        @override
        def begin(self, phase: Phase) -> None:
            self.before = copy.deepcopy(system)
            super().begin(phase)

        @override
        def abandon(self, phase: Phase) -> None:
            system.clear()
            system.update(self.before)

        @override
        def perform(self, action: Action, /) -> Answer:
            answer: Answer = super().perform(action)
            several = answer if isinstance(answer, (list, tuple)) else [answer or Outcome.applied()]
            if all(getattr(each, "ok", False) for each in several):
                self.carry_out(action)
            return answer

        def carry_out(self, action: Any) -> None:
            """Do what the action says to the system."""
            held = system[action.branch]
            if action.kind == "old":
                del held[action.key]
            elif action.kind == "new":
                held[action.key] = copy.copy(action.left)
            else:
                record = held[action.key] = copy.copy(held[action.key])
                values = getattr(record, action.attribute)
                if action.kind == "changed":
                    values = action.new
                elif action.kind == "added":
                    values = values | {action.item}
                else:
                    values = frozenset(each for each in values if each.casefold() != action.item.casefold())
                object.__setattr__(record, action.attribute, values)

    return Writes


class TwoTrees(RuleBasedStateMachine):
    """A left and a right tree in one datastore, the right one in front of a system with transactions."""

    def __init__(self) -> None:
        super().__init__()
        self.source: System = {name: {} for name in BRANCH_OF.values()}
        self.system: System = {name: {} for name in BRANCH_OF.values()}
        self.store = DataStore()
        self.left = Left(datastore=self.store, importer=FromSystem, settings={"system": self.source})
        self.right = self.new_right({}, None)
        self.model: System = {name: {} for name in BRANCH_OF.values()}

    def new_right(self, faults: dict[str, Fault], frame: Any) -> Right:
        """Return a right tree with a template that fails as told."""
        self.journal = Journal()
        template = writer(self.system, faults, frame, self.journal)
        return Right(
            datastore=DataStore(), importer=FromSystem, settings={"system": self.system}, template=template
        )

    def renewed(self, faults: dict[str, Fault], frame: Any) -> Right:
        """Return the right tree as it is, with a template that fails as told."""
        right = self.new_right(faults, frame)
        for each in self.right.branches:
            branch(right, each.name).restore(each.snapshot())
        return right

    @initialize()
    def begin(self) -> None:
        """Give the source a school, to which students may refer."""
        self.source["schools"]["1"] = school("1")

    # -- the left side --------------------------------------------------------------------------------

    def put(self, record: Row) -> None:
        """Put a record into the left tree, through `make` where it is new."""
        held = branch(self.left, BRANCH_OF[type(record)])
        key = held.key_of(record)
        if held.existing(key) is None:
            held.put(key, record)
        else:
            held.replace(key, record)
        self.model[held.name][key] = copy.copy(record)

    @rule(key=KEYS, name=NAMES)
    def put_school(self, key: str, name: str) -> None:
        """Make or change a school."""
        self.put(school(key, name=name))

    @precondition(lambda self: self.model["schools"])
    @rule(key=KEYS, name=NAMES, courses=st.frozensets(st.sampled_from("xXy")), data=st.data())
    def put_student(self, key: str, name: str, courses: frozenset[str], data: st.DataObject) -> None:
        """Make or change a student of a school that is there."""
        where = data.draw(st.sampled_from(sorted(self.model["schools"])))
        mentors = [each for each in self.model["students"] if each < key]
        mentor = data.draw(st.sampled_from([None, *sorted(mentors)]))
        self.put(student(key, name=name, courses=courses, school=where, mentor=mentor))

    @precondition(lambda self: self.model["students"])
    @rule(section=st.sampled_from("st"), role=st.none() | NAMES, data=st.data())
    def put_enrolment(self, section: str, role: str | None, data: st.DataObject) -> None:
        """Make or change an enrolment of a student who is there."""
        self.put(enrolment(data.draw(st.sampled_from(sorted(self.model["students"]))), section, role=role))

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a record of the left tree that nothing refers to."""
        used = {
            getattr(record, field.name)
            for records in self.model.values()
            for record in records.values()
            for field in record.__dss__.refs
        }
        free = [
            (name, key) for name, records in self.model.items() for key in records
            if name == "enrolments" or key not in used
        ]  # fmt: skip
        if free:
            name, key = data.draw(st.sampled_from(sorted(free, key=repr)))
            branch(self.left, name).delete(key)
            del self.model[name][key]

    @rule()
    def clear_left(self) -> None:
        """Forget the left tree."""
        self.left.clear()
        self.model = {name: {} for name in BRANCH_OF.values()}

    @rule(fail=st.booleans())
    def load_left(self, fail: bool) -> None:
        """Read the source again; when that fails the tree is as it was."""
        self.left.settings["fail"] = fail
        rows = [(each, list(each.unreadable)) for each in self.left.branches]
        try:
            self.left.load()
        except OSError:
            assert rows == [(each, each.unreadable) for each in self.left.branches]
        else:
            self.model = copy.deepcopy(self.source)

    @rule(name=st.sampled_from(sorted(BRANCH_OF.values())), data=st.data())
    def lose_a_row(self, name: str, data: st.DataObject) -> None:
        """A row of the source cannot be read: its record, where there is one, is not in the left tree."""
        key = data.draw(st.tuples(KEYS, st.sampled_from("st")) if name == "enrolments" else KEYS)
        unreadable(self.left, name, key)
        if key in self.model[name] and not self.refers_to(name, key):
            branch(self.left, name).delete(key)
            del self.model[name][key]

    def refers_to(self, name: str, key: Any) -> bool:
        """Whether a record of the left side refers to this one."""
        return any(
            getattr(record, field.name) == key and name in ("schools", "students")
            for records in self.model.values()
            for record in records.values()
            for field in record.__dss__.refs
        )

    # -- the right side -------------------------------------------------------------------------------

    @rule()
    def load_right(self) -> None:
        """Read the system again: memory and system are the same."""
        self.right.load()

    @rule(data=st.data(), frame=FRAMES, mode=st.sampled_from(["continue", "stop"]), interrupt=st.booleans())
    def sync(self, data: st.DataObject, frame: Any, mode: Any, interrupt: bool) -> None:
        """Sync with faults of any kind."""
        planned, held = (self.left - self.right).plan()
        faults = {
            message: fault
            for message in messages(planned)
            if (fault := data.draw(st.sampled_from(FAULTS))) != FAULTS[0]
        }
        if interrupt and planned:
            faults[data.draw(st.sampled_from(messages(planned)))] = Fault(
                "interrupt", _interrupt, Status.FAILED
            )
        right = self.right = self.renewed(faults, frame)

        try:
            result = self.left.sync(right, policy=patient(on_error=mode))
        except KeyboardInterrupt:
            assert interrupt
            return

        assert messages(planned) == messages(action for action, _ in result)
        assert [each.message for each in held] == [each.message for each in result.held_back]
        assert messages(action for action, outcome in result if not outcome.ok) == messages(self.left - right)

    @rule()
    def sync_without_faults(self) -> None:
        """A sync that meets no trouble leaves nothing to do, but for what is held back."""
        right = self.right = self.renewed({}, None)

        result = self.left >> right

        assert all(outcome.ok or outcome.status is Status.BLOCKED for _, outcome in result)
        if not result.held_back:
            assert result.ok
            assert canonical(self.left) == canonical(right)
            assert () == (self.left >> right).results

    @rule(limit=st.integers(0, 1))
    def sync_guarded(self, limit: int) -> None:
        """A run that its guard holds writes nothing."""
        self.right = self.renewed({}, None)
        schools = branch(self.right, "schools")
        arrange(schools, guard=Guard({"old": Limit(limit), "new": Limit(limit)}))
        before = copy.deepcopy(self.system)
        try:
            self.left.sync(self.right, policy=patient())
        except GuardHeldError:
            assert before == self.system
        finally:
            arrange(schools, guard=UNGUARDED)

    # -- what always holds ----------------------------------------------------------------------------

    @invariant()
    def the_left_tree_is_what_was_made(self) -> None:
        """Nothing but the rules of the left side has changed it."""
        assert self.model == content(self.left)
        assert [] == list(self.left - self.left)
        assert {f"Left.{name}": records for name, records in self.model.items()} == {
            name: dict(records) for name, records in self.store.__tree__.items()
        }

    @invariant()
    def memory_and_system_agree(self) -> None:
        """The right tree holds just what its system does, in canonical form."""
        read = Right(datastore=DataStore(), importer=FromSystem, settings={"system": self.system})
        assert canonical(+read) == canonical(self.right)

    @invariant()
    def no_ref_leads_nowhere(self) -> None:
        """Every ref of the right tree leads to a record."""
        assert set() == dangling(self.right)

    @invariant()
    def nothing_is_shared(self) -> None:
        """No record is in both trees."""
        mine = {id(record) for each in self.left.branches for record in each.values()}
        assert not any(id(record) in mine for each in self.right.branches for record in each.values())

    @invariant()
    def a_diff_is_the_same_each_time(self) -> None:
        """Two diffs are equal, and protect every unreadable row's record."""
        diff = self.left - self.right
        actions, held = diff.plan()
        assert (actions, held) == diff.plan()
        assert held == diff.held_back()
        lost = {(each.name, row.key[0]) for each in self.left.branches for row in each.unreadable if row.key}
        assert not lost & {(action.branch, action.key) for action in actions if action.kind == "old"}


def _interrupt(action: Action, attempt: int) -> None:
    raise KeyboardInterrupt


TestTwoTrees = TwoTrees.TestCase
TestTwoTrees.settings = settings(stateful_step_count=25)
