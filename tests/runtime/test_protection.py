"""What rows that could not be read protect: nobody is changed, made twice or removed because of them."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import DataStoreBranch, DataStoreTree, Place, Unreadable
from dss_runtime.codegen import Field, ModelInfo
from tests.runtime.people import (
    TEXT,
    UNGUARDED,
    EnrolmentsBranch,
    Obedient,
    Row,
    SchoolsBranch,
    StudentsBranch,
    World,
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
from tests.runtime.unreadable import NO_KEY, unreadable


def held(tree: DataStoreTree, target: DataStoreTree) -> dict[str, str]:
    """Return the reason of each difference that is held back, by its message."""
    return {each.message: each.reason for each in (tree - target).held_back()}


ROW = "students.txt:7: grade: expected a number"


@given(st.data(), worlds(), worlds())
def test_an_unreadable_row_never_makes_its_record_old(
    data: st.DataObject, ours: World, theirs: World
) -> None:
    """Whatever rows are unreadable on the left, their records on the right stay just as they are."""
    gone = data.draw(st.lists(st.sampled_from(ours), unique_by=id))
    a, b = left(*(record for record in ours if record not in gone)), right(*theirs)
    before = content(b)
    for record in gone:
        held_in = branch(
            a, {"School": "schools", "Student": "students"}.get(record.__dss__.name, "enrolments")
        )
        held_in.quarantine(Unreadable(held_in.fullname, Place("f"), "no", (held_in.key_of(record),)))
    protected = [(each.name, row.key[0]) for each in a.branches for row in each.unreadable]

    result = a.sync(b, policy=patient())

    for name, key in protected:
        if key in before[name]:
            assert before[name][key] is branch(b, name)[key]
    assert not {(each.branch, each.key) for each in result.held_back} & {
        (action.branch, action.key) for action, _ in result
    }


@given(st.data(), worlds(), worlds())
def test_holding_back_only_ever_takes_actions_away(data: st.DataObject, ours: World, theirs: World) -> None:
    """With unreadable rows the plan and what is held back are together the plan without any, in its order."""
    a, b = left(*ours), right(*theirs)
    without = messages(a - b)
    keys: dict[str, list[object]] = {
        "schools": ["1", "a", NO_KEY],
        "students": ["1", "a", NO_KEY],
        "enrolments": [("1", "s"), ("a", "t"), NO_KEY],
    }
    for tree in (a, b):
        for name in data.draw(st.lists(st.sampled_from(sorted(keys)), max_size=3)):
            unreadable(tree, name, data.draw(st.sampled_from(keys[name])))

    diff = a - b

    assert sorted(without) == sorted(messages(diff) + [each.message for each in diff.held_back()])
    assert messages(diff) == [message for message in without if message in messages(diff)]
    assert {"new", "old"} >= {each.kind for each in diff.held_back()}


@given(worlds(), worlds())
def test_a_row_without_a_key_protects_its_whole_branch(ours: World, theirs: World) -> None:
    """Where not even the key could be read, nothing of it, or that refers to it, is old or new."""
    a, b = left(*ours), right(*theirs)
    unreadable(a, "students")
    unreadable(b, "students")

    kinds = {(action.branch, action.kind) for action in a - b}

    assert set() == kinds & {("students", "old"), ("enrolments", "old"), ("students", "new")}


# -- rule 1: the key of an unreadable row, and what refers to it --------------------------------------


def test_the_key_of_an_unreadable_row_is_protected() -> None:
    """The record stays, and the reason says where the row is and what is wrong with it; others go."""
    a, b = left(school("S")), right(school("S"), student("1"), student("2"))
    unreadable(a, "students", "1")

    assert ["old_students(idnumber='2')"] == messages(a - b)
    assert {"old_students(idnumber='1')": ROW} == held(a, b)


def test_what_refers_to_an_unreadable_record_is_protected() -> None:
    """Records of other branches and of its own that refer to it stay too."""
    a = left(school("S"))
    b = right(school("S"), student("1"), student("2", mentor="1"), enrolment("1", "s"), enrolment("2", "s"))
    unreadable(a, "students", "1")

    assert ["old_enrolments(student='2', section='s')"] == messages(a - b)
    assert {
        "old_enrolments(student='1', section='s')": ROW,
        "old_students(idnumber='2')": ROW,
        "old_students(idnumber='1')": ROW,
    } == held(a, b)


def test_a_record_that_only_seems_to_be_missing_on_the_right_is_not_made() -> None:
    """An unreadable row of the right side keeps its key from being created a second time."""
    a, b = left(school("S"), student("1"), student("2")), right(school("S"))
    unreadable(b, "students", "1")

    assert ["new_students(idnumber='2')"] == messages(a - b)
    assert {"new_students(idnumber='1')": f"{ROW} (on the right side)"} == held(a, b)


def test_a_row_on_the_right_whose_key_is_unreadable_lets_nothing_be_made() -> None:
    """Nobody knows which record it is: none of its branch is created, those of other branches are."""
    a, b = left(school("S"), student("1")), right()
    unreadable(b, "students")

    assert ["new_schools(idnumber='S')"] == messages(a - b)


def test_the_right_s_unreadable_rows_protect_only_what_they_may_refer_to() -> None:
    """What is old is decided by what the left side lacks: a school refers to no student."""
    a, b = left(school("S")), right(school("S"), student("1"))
    unreadable(b, "schools", "T")

    assert ["old_students(idnumber='1')"] == messages(a - b)


# -- rule 2: a row whose key cannot be read -----------------------------------------------------------


def test_a_row_without_a_key_protects_the_branches_that_refer_to_its_own() -> None:
    """Its branch and those that refer to it are protected as a whole; others are not."""
    a, b = left(), right(school("S"), school("T"), student("1"), enrolment("1", "s"))
    unreadable(a, "students")

    reason = f"{ROW}; its key could not be read"
    assert ["old_schools(idnumber='T')"] == messages(a - b)
    assert {
        "old_enrolments(student='1', section='s')": reason,
        "old_students(idnumber='1')": reason,
        "old_schools(idnumber='S')": "students (idnumber='1') stays and refers to it",
    } == held(a, b)


# -- rule 3: branches that are derived from an incomplete one -----------------------------------------


class Link(Row):
    """A parent of a student."""

    __slots__ = ("parent", "student")
    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Link",
        ("Link",),
        ("parent", "student"),
        (Field("parent", TEXT, ref="Parent"), Field("student", TEXT, ref="Student")),
    )


class Parent(Row):
    """A parent, who is known from the students only."""

    __slots__ = ("idnumber",)
    __dss__: ClassVar[ModelInfo] = ModelInfo("Parent", ("Parent",), ("idnumber",), (Field("idnumber", TEXT),))


class Total(Row):
    """A record that refers to nothing, and that nothing refers to."""

    __slots__ = ("idnumber",)
    __dss__: ClassVar[ModelInfo] = ModelInfo("Total", ("Total",), ("idnumber",), (Field("idnumber", TEXT),))


class DerivedBranch(DataStoreBranch):
    """A branch whose records follow from the students."""

    derived_from: ClassVar[tuple[str, ...]] = ("students",)
    guard = UNGUARDED


class ParentsBranch(DerivedBranch):
    """Parents."""

    __branchname__ = "parents"
    klass = Parent


class LinksBranch(DerivedBranch):
    """Links."""

    __branchname__ = "links"
    klass = Link


class TotalsBranch(DerivedBranch):
    """Totals, derived from what is itself derived."""

    __branchname__ = "totals"
    klass = Total
    derived_from: ClassVar[tuple[str, ...]] = ("parents",)


class DerivedEnrolments(EnrolmentsBranch):
    """Enrolments that were made from the students."""

    derived_from: ClassVar[tuple[str, ...]] = ("students",)


class Family(DataStoreTree):
    """A system with derived branches."""

    __branches__ = (
        SchoolsBranch, StudentsBranch, ParentsBranch, LinksBranch, TotalsBranch, DerivedEnrolments,
    )  # fmt: skip
    __template__ = Obedient


def family(**worlds: list[Row]) -> Family:
    """Return a tree with the records of each branch."""
    tree = Family()
    for name, records in worlds.items():
        for record in records:
            branch(tree, name).put(branch(tree, name).key_of(record), record)
    return tree


def target() -> Family:
    """Return a system with two students and all that follows from them."""
    return family(
        schools=[school("S")],
        students=[student("1"), student("2")],
        parents=[Parent(idnumber="p"), Parent(idnumber="q")],
        links=[Link(parent="p", student="1"), Link(parent="q", student="2")],
        totals=[Total(idnumber="t")],
        enrolments=[enrolment("1", "s"), enrolment("2", "s")],
    )


def test_a_derived_branch_is_protected_where_it_refers_to_the_row() -> None:
    """Only the records that follow from the unreadable row stay, and what those refer to (rule 4)."""
    a = family(schools=[school("S")])
    unreadable(a, "students", "1")

    found = held(a, target())

    assert {
        "old_enrolments(student='1', section='s')": ROW,
        "old_links(parent='p', student='1')": ROW,
        "old_students(idnumber='1')": ROW,
        "old_parents(idnumber='p')": "links (parent='p', student='1') stays and refers to it",
    } == {message: reason for message, reason in found.items() if "totals" not in message}


def test_a_derived_branch_without_a_link_is_protected_as_a_whole() -> None:
    """Where nothing tells which records the row would have given, all stay, however far down."""
    a = family(schools=[school("S")])
    unreadable(a, "students", "1")

    assert f"{ROW}; students gives this branch its records" == held(a, target())["old_totals(idnumber='t')"]


def test_a_derived_branch_of_a_row_without_a_key_is_protected_as_a_whole() -> None:
    """A row whose key is unknown protects all that is derived from its branch."""
    a = family(schools=[school("S")])
    unreadable(a, "students")

    assert {"schools"} >= {action.branch for action in a - target()}


def test_the_key_of_an_unreadable_row_may_be_refs() -> None:
    """A record derived from an unreadable row is found by what the row's key refers to."""

    class EnrolmentsOfLinks(EnrolmentsBranch):
        derived_from: ClassVar[tuple[str, ...]] = ("links",)

    class Tree(DataStoreTree):
        __branches__ = (LinksBranch, EnrolmentsOfLinks, SchoolsBranch)

    a, b = Tree(), Tree()
    for each in (enrolment("1", "s"), enrolment("2", "s")):
        branch(b, "enrolments").put(branch(b, "enrolments").key_of(each), each)
    unreadable(a, "links", ("p", "1"))

    assert ["old_enrolments(student='2', section='s')"] == messages(a - b)


def test_a_source_that_is_no_branch_of_the_tree_is_no_source() -> None:
    """A branch may say that it is derived from one that another tree has."""

    class Lost(TotalsBranch):
        derived_from: ClassVar[tuple[str, ...]] = ("nowhere", "totals")

    class Tree(DataStoreTree):
        __branches__ = (Lost, SchoolsBranch)

    a, b = Tree(), Tree()
    branch(b, "totals").put("t", Total(idnumber="t"))
    unreadable(a, "schools", "S")

    assert ["old_totals(idnumber='t')"] == messages(a - b)


# -- rule 4: what a protected record refers to --------------------------------------------------------


def test_whatever_a_protected_record_refers_to_stays() -> None:
    """Its mentor, that one's school, and so on up."""
    a = left()
    b = right(
        school("S"), school("T"), school("U"),
        student("1", school="S", mentor="2"), student("2", school="T"), student("3", school="U"),
    )  # fmt: skip
    unreadable(a, "students", "1")

    assert ["old_students(idnumber='3')", "old_schools(idnumber='U')"] == messages(a - b)
    found = held(a, b)
    assert "students (idnumber='1') stays and refers to it" == found["old_students(idnumber='2')"]
    assert "students (idnumber='2') stays and refers to it" == found["old_schools(idnumber='T')"]


def test_what_the_left_side_has_is_not_held_back() -> None:
    """A parent that both sides have needs no protection, and is still brought up to date."""
    a, b = left(school("S", name="n")), right(school("S", name="o"), student("1"))
    unreadable(a, "students", "1")

    assert ["changed_schools_name(idnumber='S', old='o', new='n')"] == messages(a - b)
    assert {"old_students(idnumber='1')": ROW} == held(a, b)


def test_what_a_record_of_both_sides_leaves_may_go() -> None:
    """Only a record that stays because of a row keeps what it refers to; one of both sides moves on."""
    a = left(school("T"), student("2", school="T"))
    b = right(school("T"), school("U"), student("1", school="T", mentor="2"), student("2", school="U"))
    unreadable(a, "students", "1")

    assert [
        "changed_students_school(idnumber='2', old='U', new='T')",
        "old_schools(idnumber='U')",
    ] == messages(a - b)


def test_a_key_that_cannot_be_looked_up_protects_nothing_else() -> None:
    """A key of an odd kind is no reason to fail."""
    a, b = left(), right(school("S"))
    unreadable(a, "schools", [1])

    assert ["old_schools(idnumber='S')"] == messages(a - b)


def test_the_reasons_come_with_the_result() -> None:
    """A sync tells what it left alone, and why."""
    a, b = left(school("S")), right(school("S"), student("1"))
    row = unreadable(a, "students", "1")

    result = a >> b

    assert () == result.results
    assert [("students", "old", "1", str(row))] == [
        (each.branch, each.kind, each.key, each.reason) for each in result.held_back
    ]
    assert ["1"] == list(branch(b, "students"))


def test_an_unreadable_row_says_where_it_is() -> None:
    """It reads as file, line and reason."""
    assert ROW == str(unreadable(left(), "students", "1"))


# -- rule 5: whom a protected record joins to the doubtful one ----------------------------------------


def test_what_is_derived_for_whom_a_link_joins_to_the_row_is_protected() -> None:
    """A mentor of an unreadable student may be enrolled because of that student: the enrolment stays."""
    a = family(schools=[school("S")])
    b = family(
        schools=[school("S")],
        students=[student("1"), student("2", mentor="1"), student("3")],
        enrolments=[enrolment("1", "s"), enrolment("2", "s"), enrolment("3", "s")],
    )
    unreadable(a, "students", "1")

    found = held(a, b)

    assert "old_enrolments(student='3', section='s')" not in found
    assert ROW == found["old_enrolments(student='1', section='s')"]
    assert ROW == found["old_students(idnumber='2')"]


def test_guardians_of_an_unreadable_child_keep_what_is_derived_for_them() -> None:
    """A link that stays joins the child to its guardian, whose own derived records stay too."""

    class Friendship(Row):
        """A student who is joined to another."""

        __slots__ = ("one", "two")
        __dss__: ClassVar[ModelInfo] = ModelInfo(
            "Friendship",
            ("Friendship",),
            ("one", "two"),
            (Field("one", TEXT, ref="Student"), Field("two", TEXT, ref="Student")),
        )

    class Friendships(DerivedBranch):
        __branchname__ = "friendships"
        klass = Friendship

    class Tree(DataStoreTree):
        __branches__ = (StudentsBranch, Friendships, DerivedEnrolments)
        __template__ = Obedient

    a, b = Tree(), Tree()
    for record in (student("1"), student("2"), student("3")):
        branch(b, "students").put(branch(b, "students").key_of(record), record)
    branch(b, "friendships").put(("1", "2"), Friendship(one="1", two="2"))
    for key in ("1", "2", "3"):
        branch(b, "enrolments").put((key, "s"), enrolment(key, "s"))
    unreadable(a, "students", "1")

    found = held(a, b)

    assert "friendships (one='1', two='2') stays" == found["old_enrolments(student='2', section='s')"]
    assert ["old_enrolments(student='3', section='s')", "old_students(idnumber='3')"] == messages(a - b)
