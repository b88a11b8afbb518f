"""What a second reviewer broke: parents of what stays, rows without a schema, hooks, odd values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import (
    Action,
    DataStoreBranch,
    DataStoreTree,
    DeclarationError,
    DefaultImporter,
    DefaultTemplate,
    Difference,
    DuplicateKeyError,
    Model,
    Outcome,
    Phase,
    Policy,
    RowError,
    Status,
    TransientError,
    override,
)
from dss_runtime._masking import scrub
from dss_runtime._template import Work
from dss_runtime.codegen import Duplicates
from tests.runtime.faults import FAULTS, Journal, failing, writing
from tests.runtime.people import (
    EnrolmentsBranch,
    SchoolsBranch,
    World,
    arrange,
    branch,
    content,
    enrolment,
    left,
    messages,
    patient,
    right,
    school,
    student,
    worlds,
)
from tests.runtime.test_relations import outcomes
from tests.runtime.things import Things, ThingsBranch, held, things
from tests.runtime.unreadable import unreadable

STAYS = "stays and refers to it"
FAILED = next(fault for fault in FAULTS if fault.name == "failed")


def held_back(diff: Any) -> dict[str, str]:
    """Return the reason of each difference that is held back, by its message."""
    return {each.message: each.reason for each in diff.held_back()}


# -- parents of children that stay --------------------------------------------------------------------


@given(st.data(), worlds(), worlds())
def test_no_policy_leaves_a_ref_that_leads_nowhere(data: st.DataObject, ours: World, theirs: World) -> None:
    """Whatever is kept, disabled, not compared or not held, no parent of what stays is deleted."""
    a, b = left(*ours), right(*theirs)
    names = ["schools", "students", "enrolments"]
    for name in names:
        policy = data.draw(st.sampled_from(["delete", "keeps_old", "retires_old"]))
        arrange(branch(b, name), **{} if policy == "delete" else {policy: True})
    omitted = data.draw(st.frozensets(st.sampled_from(["school", "mentor"])))
    arrange(branch(a, "students"), omitted=omitted)
    compared = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))

    before = content(b)

    result = a.sync(b, branches=compared)

    after = {name: {**branch(b, name).retired, **branch(b, name)} for name in names}
    parents = {
        (TARGET[field.name], getattr(record, field.name))
        for records in after.values()
        for record in records.values()
        for field in record.__dss__.refs
    }
    assert set() == {(name, key) for name, key in parents if key in before[name] and key not in after[name]}
    assert "blocked" not in {str(status) for status in result.counts}


TARGET = {"school": "schools", "mentor": "students", "student": "students"}


@pytest.mark.parametrize("policy", ["keeps_old", "retires_old"])
def test_a_parent_of_a_record_that_is_not_deleted_stays(policy: str) -> None:
    """Where old children are kept or disabled, those that they refer to are held back, up to the last."""
    a = left()
    b = right(school("S"), school("T"), student("1", school="S", mentor="2"), enrolment("1", "s"))
    arrange(branch(b, "enrolments"), **{policy: True})

    result = a >> b

    assert {
        "old_students(idnumber='1')": f"enrolments (student='1', section='s') {STAYS}",
        "old_schools(idnumber='S')": f"students (idnumber='1') {STAYS}",
    } == {each.message: each.reason for each in result.held_back}
    assert (True, ["S"]) == (result.ok, list(branch(b, "schools")))
    assert [] == list(a - b)


def test_a_record_that_was_disabled_before_keeps_its_parent() -> None:
    """It is not compared any more, and still refers to its parent; one that returns refers to its new one."""
    a, b = left(school("T"), student("2", school="T")), right(school("S"), school("R"), school("T"))
    arrange(branch(b, "students"), retires_old=True)
    branch(b, "students").retired.update(
        {"1": student("1", school="S"), "2": student("2", school="R")},
    )

    assert {"old_schools(idnumber='S')": f"students (idnumber='1') {STAYS}"} == held_back(a - b)
    assert ["new_students(idnumber='2')", "old_schools(idnumber='R')"] == messages(a - b)


def test_a_disabled_record_that_could_not_return_keeps_its_parent() -> None:
    """Where the return fails, the record in the system still refers to its old parent."""
    new = "new_students(idnumber='2')"
    a, b = left(school("T"), student("2", school="T")), right(school("R"), school("T"))
    b = right(school("R"), school("T"), template=failing({new: FAILED}))
    arrange(branch(b, "students"), retires_old=True)
    branch(b, "students").retired["2"] = student("2", school="R")

    result = outcomes(a >> b)

    assert (
        "blocked", f"{new} did not happen, and its record refers to this one",
    ) == result["old_schools(idnumber='R')"]  # fmt: skip


@pytest.mark.parametrize("policy", ["keeps_old", "retires_old"])
def test_a_parent_that_is_not_deleted_needs_no_child_to_stay(policy: str) -> None:
    """A parent that is disabled is still there to be referred to: nothing is held back, nothing blocked."""
    a, b = left(), right(school("S"), student("1"), enrolment("1", "s"))
    arrange(branch(b, "enrolments"), keeps_old=True)
    arrange(branch(b, "schools"), **{policy: True})

    result = a >> b

    assert ["old_students(idnumber='1')"] == [each.message for each in result.held_back]
    assert result.ok


def test_a_parent_of_what_is_not_compared_stays() -> None:
    """A sync of some branches, or a field that one side does not hold, orphans nobody in the others."""
    a, b = left(), right(school("S"), school("T"), student("1"))
    diff = a.diff(b, branches=["schools"])
    assert {"old_schools(idnumber='S')": f"students (idnumber='1') {STAYS}"} == held_back(diff)
    assert ["old_schools(idnumber='T')"] == messages(diff)

    a = left(school("S"), student("1"))
    b = right(school("S"), student("1", mentor="2"), student("2"), student("3"))
    arrange(branch(a, "students"), omitted=frozenset({"mentor"}))
    assert {"old_students(idnumber='2')": f"students (idnumber='1') {STAYS}"} == held_back(a - b)
    assert ["old_students(idnumber='3')"] == messages(a - b)


def test_a_child_that_moves_away_does_not_keep_its_parent() -> None:
    """A change points the ref elsewhere before old records go."""
    a = left(school("T"), student("1", school="T"))
    b = right(school("S"), school("T"), student("1", school="S"))

    assert {} == held_back(a - b)
    assert (a >> b).ok


# -- unreadable rows of the right side ----------------------------------------------------------------

ON_THE_RIGHT = "students.txt:7: grade: expected a number (on the right side)"


def test_what_an_unreadable_row_of_the_right_may_refer_to_is_not_deleted() -> None:
    """Nobody knows whom the row refers to: old records of any model that its branch refers to stay."""
    a, b = left(), right(school("S"), student("1"), enrolment("1", "s"))
    unreadable(b, "students", "9")

    assert ["old_enrolments(student='1', section='s')"] == messages(a - b)
    assert {
        "old_students(idnumber='1')": ON_THE_RIGHT,
        "old_schools(idnumber='S')": ON_THE_RIGHT,
    } == held_back(a - b)


def test_the_key_of_an_unreadable_row_of_the_right_may_say_whom_it_refers_to() -> None:
    """Where the ref is a part of a key that could be read, only that record is held back."""
    a, b = left(school("S")), right(school("S"), student("1"), student("2"))
    unreadable(b, "enrolments", ("1", "s"))

    assert ["old_students(idnumber='2')"] == messages(a - b)
    assert ["old_students(idnumber='1')"] == list(held_back(a - b))


def test_an_unreadable_row_of_the_right_lets_what_is_disabled_be_disabled() -> None:
    """A parent that is not deleted can still be referred to."""
    a, b = left(), right(school("S"))
    arrange(branch(b, "schools"), retires_old=True)
    unreadable(b, "students")

    assert {} == held_back(a - b)


def test_a_key_that_cannot_be_looked_up_holds_nobody_back() -> None:
    """A part of a key of an odd kind is no record's key."""
    a, b = left(school("S")), right(school("S"), student("1"))
    unreadable(b, "enrolments", ([1], "s"))

    assert ["old_students(idnumber='1')"] == messages(a - b)


# -- rows of importers written by hand ----------------------------------------------------------------


class FromSettings(DefaultImporter):
    """Reads the rows that the settings hold."""

    @override
    def reader(self, branch: Any) -> Any:
        return self.settings[branch.name]


def load(*rows: Any, duplicates: Duplicates | None = None) -> Things:
    """Return a tree of things that has read *rows*."""
    tree = Things(importer=FromSettings, settings={"things": rows})
    if duplicates is not None:
        arrange(held(tree), duplicates=duplicates)
    tree.load()
    return tree


TWICE = ({"idnumber": "1", "name": "x"}, {"idnumber": "2", "name": "z"}, {"idnumber": "1", "name": "y"})


@pytest.mark.parametrize(("duplicates", "name"), [("first", "x"), ("last", "y")])
def test_the_first_or_the_last_row_may_win(duplicates: Duplicates, name: str) -> None:
    """A branch declared by hand says what becomes of a second row, as a generated one does."""
    tree = load(*TWICE, duplicates=duplicates)

    assert {"1": name, "2": "z"} == {key: record.name for key, record in held(tree).items()}


def test_rows_with_one_key_may_be_quarantined() -> None:
    """None of them is used, however many there are, and the key is protected."""
    tree = load(*TWICE, TWICE[0], duplicates="quarantine")

    assert ["2"] == list(held(tree))
    assert [
        ("row 3 of Things.things: the key '1' is there twice", ("1",)),
        ("row 4 of Things.things: the key '1' is there twice", ("1",)),
    ] == [(str(row), row.key) for row in held(tree).unreadable]
    assert {"1"} == {each.key for each in (tree - things({"1": {}, "2": {"name": "z"}})).held_back()}


@pytest.mark.parametrize("row", [{"idnumber": "1", "tags": ["a"]}, ("1",)])
def test_a_second_row_may_be_an_error_in_any_case(row: Any) -> None:
    """With `error` rows are not even merged; the text names branch, key and row, and what to do."""
    with pytest.raises(
        DuplicateKeyError,
        match=r"branch Things.things holds the key '1' twice: row 2 of Things.things; set `duplicates` to ",
    ):
        load(row, row, duplicates="error")


def test_rows_that_contradict_each_other_are_not_merged() -> None:
    """Lists of a second row are added only where its other values are those of the record."""
    rows = [{"idnumber": "1", "name": name, "tags": [name]} for name in "xy"]

    with pytest.raises(
        DuplicateKeyError, match="the rows differ in name; override resolve_duplicate"
    ) as caught:
        load(*rows)

    assert ("Things.things", "1") == (caught.value.branch, caught.value.key)
    assert "'x'" not in str(caught.value)


def test_a_record_without_an_idnumber_can_be_there_twice_too() -> None:
    """The error names branch and key also where the key has several parts."""

    class Pair:
        def __init__(self, key: tuple[str, str]) -> None:
            self.key = key

    class Pairs(ThingsBranch):
        klass: Any = Pair

    class Tree(Things):
        __branches__ = Pairs

    with pytest.raises(DuplicateKeyError, match=r"Tree.things holds the key \('a', 'b'\) twice"):
        Tree(importer=FromSettings, settings={"things": [[("a", "b")], [("a", "b")]]}).load()


def test_what_resolve_duplicate_is_given_need_not_be_stored() -> None:
    """Called by somebody else with a record of their own, it names the tree."""
    importer = FromSettings(things())

    with pytest.raises(DuplicateKeyError, match="branch Things holds the key '1' twice"):
        importer.resolve_duplicate(Model("1"))


@pytest.mark.parametrize("row", [{"name": "x"}, ()])
def test_a_row_without_a_key_is_named(row: Any) -> None:
    """The error says which row of which branch has no key."""
    with pytest.raises(RowError, match=r"^row 2 of Things.things: has no 'idnumber'"):
        load({"idnumber": "1"}, row)


def test_positional_rows_go_past_the_hooks() -> None:
    """Hooks take values by name, which positional rows do not have."""

    class Choosy(FromSettings):
        @override
        def filter_out(self, **row: Any) -> bool:
            return True

        @override
        def kwargs_preprocessor(self, row: dict[str, Any]) -> dict[str, Any] | None:
            return {**row, "name": "x"}

    tree = Things(importer=Choosy, settings={"things": [("1",), {"idnumber": "2"}]})
    tree.load()

    assert ["1"] == list(held(tree))


# -- what a sync says ---------------------------------------------------------------------------------


def test_a_batch_that_raised_may_have_been_written_in_part() -> None:
    """Nobody knows how far the adapter came, unless the batch was one record."""

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        raise ValueError("no")

    b = things(template=writing(wrote, "new_things"))
    unknown = Outcome.unknown("ValueError: no; read the target again")

    assert [unknown] * 2 == [each for _, each in things({"1": {}, "2": {}}) >> b]
    assert [Outcome.failed("ValueError: no")] == [each for _, each in things({"1": {}}) >> b]


def test_the_tries_of_a_batch_count_for_each_of_its_records() -> None:
    """A record that got a try of its own after its batch was tried twice was tried three times."""

    def wrote(works: Sequence[Work]) -> list[Outcome]:
        if len(works) > 1 or works[0].key == "2":
            raise TransientError("locked")
        return [Outcome.applied()]

    b = things(template=writing(wrote, "new_things"))

    result = things({"1": {}, "2": {}}).sync(b, policy=patient(attempts=2))

    assert [("applied", 3), ("failed", 3)] == [(each.status, each.attempts) for _, each in result]


def test_success_is_told_once_it_is_certain() -> None:
    """Hooks hear of an action after its phase was committed, with the outcome that the result holds."""
    told: list[Any] = []

    class Telling(DefaultTemplate):
        def new_schools(self, action: Action) -> None:
            if action.key == "2":
                raise ValueError("no")

        @override
        def end(self, phase: Phase) -> None:
            told.append(phase)
            if phase == "old":
                raise ValueError("lost")

        @override
        def on_exception(self, action: Action, error: Exception) -> None:
            told.append(("exception", action.key))

        @override
        def on_success(self, action: Action, outcome: Outcome) -> None:
            told.append(("success", action.key, outcome))

        @override
        def on_failure(self, action: Action, outcome: Outcome) -> None:
            told.append(("failure", action.key, outcome))

        def old_schools(self, action: Action) -> None:
            """Remove it."""

    b = right(school("9"), template=Telling)

    _ = left(school("1"), school("2"), school("3")) >> b

    lost = Outcome.unknown("the phase could not be completed: ValueError: lost")
    assert [
        ("exception", "2"),
        "new",
        ("success", "1", Outcome.applied()),
        ("failure", "2", Outcome.failed("ValueError: no")),
        ("success", "3", Outcome.applied()),
        "old",
        ("failure", "9", lost),
    ] == told


def test_hooks_hear_of_what_was_never_tried() -> None:
    """An action that a stopped sync leaves alone is told as one that failed, once."""
    journal = Journal()
    b = right(school("9"), template=failing({"new_schools(idnumber='1')": FAILED}, journal))

    _ = left(school("1")).sync(b, policy=patient(on_error="stop"))

    assert [
        ("failure", "new_schools(idnumber='1')"), ("failure", "old_schools(idnumber='9')"),
    ] == journal.hooks  # fmt: skip


# -- what is declared or called wrongly ---------------------------------------------------------------


def test_trees_without_a_common_branch_cannot_be_compared() -> None:
    """A name that is spelled differently on both sides is no reason to say that all is well."""

    class Schools(DataStoreTree):
        __branches__ = SchoolsBranch

    class Enrolments(DataStoreTree):
        __branches__ = EnrolmentsBranch

    class Empty(DataStoreTree):
        """A tree without branches."""

    with pytest.raises(DeclarationError) as caught:
        _ = Schools() - Enrolments()
    assert (
        "Schools and Enrolments have no branch in common: Schools has schools, Enrolments has enrolments; "
        "branches with the same __branchname__ are compared"
    ) == str(caught.value)
    assert [] == list(Schools() - Empty()) == list(Empty() - Schools())


def test_the_branches_of_a_diff_are_several() -> None:
    """A single name instead of a list of names would be taken letter by letter."""
    with pytest.raises(TypeError, match=r"write branches=\['students'\]"):
        left().diff(right(), branches="students")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"on_error": "sotp"}, "on_error: 'sotp' is neither 'continue' nor 'stop'"),
        ({"attempts": 0}, "attempts: expected 1 or more, got 0"),
        ({"batch_size": 0}, "batch_size: expected 1 or more, got 0"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(options: dict[str, Any], text: str) -> None:
    """A misspelt or impossible policy is an error where it is made."""
    with pytest.raises(ValueError, match=f"^{text}$"):
        Policy(**options)


def test_an_outcome_has_a_status_of_its_own_kind() -> None:
    """A status that is given as text becomes one; a text that is none is refused."""
    status: Any = "applied"
    outcome = Outcome(status)

    assert (Outcome.applied(), True) == (outcome, outcome.ok)
    assert Status.APPLIED is outcome.status
    status = "done"
    with pytest.raises(ValueError, match="'done' is not a valid Status"):
        Outcome(status)


# -- values that resist -------------------------------------------------------------------------------


def test_a_difference_shows_no_values() -> None:
    """What ends up in a log or a traceback names the attribute only."""
    assert "<Difference changed email>" == repr(Difference("email", "ann@home", "bob@home"))


def test_an_error_of_a_comparison_shows_no_values() -> None:
    """A model whose `-` yields something else is told so by its type."""

    class Account(Model):
        @override
        def __sub__(self, other: Any, /) -> Iterator[Any]:
            yield ("pin", 4711)

    a, b = things(), things()
    for tree in (a, b):
        held(tree).put("1", Account("1"))

    with pytest.raises(TypeError, match=r"Account.__sub__ has yielded tuple, not a Difference or a name"):
        list(a - b)


class Silent:
    """A value that cannot be shown."""

    @override
    def __repr__(self) -> str:
        raise RuntimeError("not today")


SHY = "<Silent that cannot be shown>"


def test_a_value_that_cannot_be_shown_ends_nothing() -> None:
    """A number too long for Python to print, and a value whose repr raises, are differences as any other."""
    long, silent = 10**5000, Silent()
    a = things({long: {}, "1": {"value": long, "tags": {silent, 1}, "other": silent}})
    b = things({"1": {"value": 1, "tags": {1}, "other": None}})

    result = a >> b

    assert [
        "new_things(idnumber=<int that cannot be shown>)",
        f"changed_things_other(idnumber='1', old=None, new={SHY})",
        f"added_things_tags(idnumber='1', item={SHY})",
        "changed_things_value(idnumber='1', old=1, new=<int that cannot be shown>)",
    ] == messages(action for action, _ in result)
    assert result.ok


def test_a_sensitive_value_that_cannot_be_shown_is_in_no_text() -> None:
    """Masking looks for what it can find."""
    record = student("1", email=Silent())

    assert "no such student" == scrub("no such student", record)


def test_a_key_that_cannot_be_shown_can_be_there_twice() -> None:
    """The error of a duplicate is still that error."""
    assert "branch b holds the key <Silent that cannot be shown> twice" == str(
        DuplicateKeyError("b", Silent())
    )


class Named(DataStoreBranch):
    """A branch that says nothing of duplicates."""

    __branchname__: ClassVar[str] = "named"


def test_branches_declared_by_hand_leave_duplicates_to_the_importer() -> None:
    """Unless they say otherwise, `resolve_duplicate` decides."""
    assert "merge" == Named.duplicates
