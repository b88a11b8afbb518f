"""What a sync gives to new records: names that nobody has, once, in a database and in memory."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime import DataStoreBranch, DataStoreTree, Generation, Model, Status
from dss_runtime._naming import leave_out_records
from tests.naming import people
from tests.naming.people import KINDS, LIMIT, Data, School

few = settings(max_examples=max(4, settings().max_examples // 2), phases=[Phase.explicit, Phase.generate])
targets = pytest.mark.parametrize("target", ["Memory", "Base"])


def without_doubles(data: Data) -> Data:
    """Return *data* as a system can hold it: a name that somebody has already is left out."""
    seen: set[str] = set()
    found: dict[str, list[Any]] = {}
    for kind, records in data.items():
        for record in map(copy.copy, records):
            form = people.forms([record.username])
            if not form or seen.intersection(form):
                object.__setattr__(record, "username", None)
            seen.update(form)
            found.setdefault(kind, []).append(record)
    return {kind: found.get(kind, []) for kind in KINDS}


@targets
@few
@given(data=st.data())
def test_every_name_is_nobody_elses(school: School, target: str, data: st.DataObject) -> None:
    """After a sync no two have one name, none that was there has changed, and all fit; another gives none."""
    ours = data.draw(people.people(school, names=people.taken_names()))
    theirs = without_doubles(data.draw(people.people(school, names=people.taken_names())))
    before = copy.deepcopy(ours)
    left = school.office(ours)
    with school.target(target, theirs) as right:
        held = people.user_names(right)
        planned = people.news(left, right)
        assert people.given_names(planned) == people.given_names(people.news(left, right))
        people.synced(left, right)
        right.load()
        now = people.user_names(right)
        assert [] == [each for each in held if each in now and held[each] != now[each]]
        found = people.forms(list(now.values()))
        assert len(found) == len(set(found))
        assert [] == [each for each in now.values() if each and len(each) > LIMIT]
        refused = {(action.branch, action.key) for action in planned if action.error}
        again = people.news(left, right)
        # A name that the left side gives may have become free with the old record that had it.
        assert refused == {(action.branch, action.key) for action in again}
        people.synced(left, right)
        assert [] == [action for action in people.news(left, right) if action.error is None]
    assert before == ours == {branch.name: list(branch.values()) for branch in left.branches}


@few
@given(data=st.data())
def test_a_database_and_memory_agree(school: School, data: st.DataObject) -> None:
    """Both give the same names to the same people."""
    ours = data.draw(people.people(school, names=people.taken_names()))
    theirs = without_doubles(data.draw(people.people(school, names=people.taken_names())))
    left = school.office(ours)
    with school.target("Memory", theirs) as one, school.target("Base", theirs) as other:
        assert people.given_names(people.news(left, one)) == people.given_names(people.news(left, other))


@few
@given(data=st.data())
def test_names_do_not_depend_on_the_order_of_the_target(school: School, data: st.DataObject) -> None:
    """A target that gives its records in another order leads to the same names."""
    ours = data.draw(people.people(school, names=people.taken_names()))
    theirs = without_doubles(data.draw(people.people(school, names=people.taken_names())))
    shuffled = {kind: data.draw(st.permutations(records)) for kind, records in theirs.items()}
    left = school.office(ours)
    with school.target("Memory", theirs) as one, school.target("Memory", shuffled) as other:
        assert people.given_names(people.news(left, one)) == people.given_names(people.news(left, other))


def elena(school: School, kind: str, number: int, **fields: Any) -> Any:
    """Return a person whose name others have too."""
    return school.person(kind, number, **{"firstname": "Elena", "lastname": "Ruiz", **fields})


@targets
def test_collisions_are_counted_up_across_branches(school: School, target: str) -> None:
    """Students, staff and guardians share the names; patterns are tried in order, the last is counted up."""
    ours = {
        "students": [elena(school, "students", 1), elena(school, "students", 2, firstname="Eléna", grade=7)],
        "staff": [elena(school, "staff", 1)],
        "guardians": [elena(school, "guardians", 1)],
    }
    left = school.office(ours)
    with school.target(target, {}) as right:
        people.synced(left, right)
        expected = ["elena.ruiz", "eléna.ruiz.7", "elena.ruiz.2", "elena.ruiz.3"]
        assert expected == list(people.user_names(right).values())


@targets
def test_a_field_can_be_made_of_a_name_that_was_just_given(school: School, target: str) -> None:
    """An address is made of the user name, whichever that has become."""
    left = school.office({"students": [elena(school, "students", 1), elena(school, "students", 2, grade=3)]})
    with school.target(target, {}) as right:
        people.synced(left, right)
        emails = [record.email for record in right.students.values()]  # type: ignore[attr-defined]
        assert ["elena.ruiz@school.example", "elena.ruiz.3@school.example"] == emails


@targets
def test_what_the_left_side_gives_is_kept_or_rejected(school: School, target: str) -> None:
    """A name that is given is not changed; where somebody has it, the record is rejected."""
    ours = {
        "students": [
            elena(school, "students", 1, username="Chosen"),
            elena(school, "students", 2, username="BOSS"),
            elena(school, "students", 3, username="chosen"),
        ]
    }
    left = school.office(ours)
    with school.target(target, {"staff": [school.person("staff", 9, username="böss")]}) as right:
        results = {
            action.key: outcome for action, outcome in people.synced(left, right) if action.kind == "new"
        }
    assert Status.APPLIED is results[1].status
    told = "username: what the left side gives is taken already, in"
    assert (Status.REJECTED, f"{told} staff") == (results[2].status, results[2].reason)
    assert (Status.REJECTED, f"{told} students") == (results[3].status, results[3].reason)


def test_a_name_that_is_given_to_a_later_record_is_not_offered(school: School) -> None:
    """Who is first in the diff does not get the name that the left side gives to somebody else."""
    ours = {
        "students": [elena(school, "students", 1)],
        "guardians": [elena(school, "guardians", 5, username="Elena.Ruiz")],
    }
    with school.target("Memory", {}) as right:
        people.synced(school.office(ours), right)
        assert ["elena.ruiz.1", "Elena.Ruiz"] == list(people.user_names(right).values())


@targets
def test_who_has_no_name_is_rejected_with_the_reason(school: School, target: str) -> None:
    """A record that no pattern can make a name of says which field is empty."""
    left = school.office({"staff": [school.person("staff", 1, firstname="Elena")]})
    with school.target(target, {}) as right:
        ((_, outcome),) = people.synced(left, right)
        assert {} == people.user_names(right)
    expected = (Status.REJECTED, "username: no pattern gives a name: lastname is empty")
    assert expected == (outcome.status, outcome.reason)


def test_a_name_outside_of_the_branches_is_taken(school: School) -> None:
    """A database's admin account, in rows that no branch reads, keeps its name for itself."""
    left = school.office({"students": [elena(school, "students", 1)], "staff": [elena(school, "staff", 1)]})
    with school.target("Base", {}) as right:
        with people.engine(right.settings["url"]) as made, made.begin() as connection:
            connection.execute(
                sa.text("INSERT INTO people (number, role, username) VALUES (0, 'admin', 'ELENA.RUIZ')")
            )
        right.load()
        assert ["elena.ruiz.1", "elena.ruiz.2"] == people.given_names(people.news(left, right))


def test_a_name_in_the_rest_of_a_system_in_memory_is_taken(school: School) -> None:
    """Records of a branch that the tree does not hold have their names too."""
    held = people.system({})
    held.put("admins", 1, elena(school, "staff", 1, username="elena.ruiz"))
    right = school.tree("Memory", system=held).load()
    left = school.office({"staff": [elena(school, "staff", 1)]})
    assert ["elena.ruiz.2"] == people.given_names(people.news(left, right))


def test_a_name_in_a_row_that_cannot_be_read_is_taken(school: School) -> None:
    """An account whose row is quarantined still has its name."""
    left = school.office({"staff": [elena(school, "staff", 1)]})
    with school.target("Base", {}) as right:
        with people.engine(right.settings["url"]) as made, made.begin() as connection:
            text = (
                "INSERT INTO people (number, role, username, grade) VALUES (5, 'students', 'Elena.Ruiz', 'x')"
            )
            connection.execute(sa.text(text))
        right.load()
        assert 1 == len(right.students.unreadable)  # type: ignore[attr-defined]
        assert ["elena.ruiz.2"] == people.given_names(people.news(left, right))


def test_who_comes_back_keeps_the_name(school: School) -> None:
    """A disabled account that returns has the name that it had, and meanwhile nobody else gets it."""
    one, other = elena(school, "students", 1), elena(school, "students", 2)
    with school.target("Base", {}) as right:
        people.synced(school.office({"students": [one]}), right)
        people.synced(school.office({"students": [other]}), right)
        renamed = elena(school, "students", 1, firstname="Maria")
        people.synced(school.office({"students": [renamed, other]}), right)
        expected = {("students", 2): "elena.ruiz.1", ("students", 1): "elena.ruiz"}
        assert expected == people.user_names(right) == people.user_names(right.load())


def test_a_new_name_of_a_person_changes_no_user_name(school: School) -> None:
    """Who marries keeps the account as it is; the names alone are changed."""
    with school.target("Base", {}) as right:
        people.synced(school.office({"students": [elena(school, "students", 1)]}), right)
        left = school.office({"students": [elena(school, "students", 1, lastname="Berg", username="other")]})
        assert ["changed_students_lastname"] == [action.method for action in left - right]


class Member(Model):
    """A record class written by hand."""

    first: str
    nick: str


class Members(DataStoreBranch):
    """A branch that is declared by hand, and gives names."""

    __branchname__ = "members"
    klass = Member
    generates = (Generation[Member]("nick", (lambda member: member.first.lower(),)),)


class Club(DataStoreTree):
    """A tree that is declared by hand."""

    __branches__ = Members


def test_branches_that_are_declared_by_hand_give_names_too() -> None:
    """Without a schema, a branch says the same in Python; existing names are left alone."""
    left, right = Club(name="left"), Club(name="right")
    left.members.make(1, first="Ada", nick="")  # type: ignore[attr-defined]
    left.members.make(2, first="ADA", nick=None)  # type: ignore[attr-defined]
    right.members.make(1, first="Ada", nick="ada")  # type: ignore[attr-defined]
    assert ["ada.2"] == [action.left.nick for action in left - right if action.left is not None]


@targets
def test_a_name_is_free_once_its_record_is_gone(school: School, target: str) -> None:
    """Who is removed and comes back with the name that the left side gives has it, without reading anew."""
    boss = school.person("guardians", 1, firstname="Anna", lastname="Berg", username="anna")
    data = {"guardians": [boss]}
    with school.target(target, data) as right:
        for ours in ({}, data):
            assert people.synced(school.office(ours), right).ok


@few
@given(data=st.data())
def test_names_do_not_depend_on_the_order_of_the_left_side(school: School, data: st.DataObject) -> None:
    """A left side that gives its records in another order leads to the same names for the same people."""
    ours = data.draw(people.people(school, names=people.taken_names()))
    shuffled = {kind: data.draw(st.permutations(records)) for kind, records in ours.items()}

    def names(found: Data) -> dict[object, str | None]:
        with school.target("Memory", {}) as right:
            news = people.news(school.office(found), right)
        return dict(zip(((new.branch, new.key) for new in news), people.given_names(news), strict=True))

    assert names(ours) == names(shuffled)


class Crooked(DataStoreBranch):
    """A branch whose pattern has a fault."""

    __branchname__ = "members"
    klass = Member
    generates = (Generation[Member]("nick", (lambda member: member.nothing.lower(),)),)  # type: ignore[attr-defined]


class CrookedClub(DataStoreTree):
    """A tree whose pattern has a fault."""

    __branches__ = Crooked


def test_a_fault_of_a_pattern_is_the_error_of_its_record() -> None:
    """Whatever a pattern written by hand raises, the diff goes on, and the record has the error."""
    left, right = Club(name="left"), CrookedClub(name="right")
    left.members.make(1, first="Ada", nick="")  # type: ignore[attr-defined]
    assert ["nick: a pattern raises AttributeError"] == [action.error for action in left - right]


def test_a_double_of_a_records_name_stays_taken(school: School) -> None:
    """Who is gone frees the own name alone: a row outside of the branches that has it as well keeps it."""
    gone = school.person("guardians", 1, firstname="Elena", lastname="Ruiz", username="elena.ruiz")
    with school.target("Base", {"guardians": [gone]}) as right:
        with people.engine(right.settings["url"]) as made, made.begin() as connection:
            connection.execute(sa.text("DROP INDEX one"))
            text = "INSERT INTO people (number, role, username) VALUES (0, 'admin', 'elena.ruiz')"
            connection.execute(sa.text(text))
        right.load()
        right.guardians.delete(1)  # type: ignore[attr-defined]
        left = school.office({"staff": [elena(school, "staff", 1)]})
        assert ["elena.ruiz.2"] == people.given_names(people.news(left, right))


def test_a_new_name_can_be_seen(school: School) -> None:
    """The message of a new record tells the names that it gets."""
    left = school.office({"students": [elena(school, "students", 4)]})
    with school.target("Memory", {}) as right:
        (new,) = people.news(left, right)
    told = "new_students(number=4) username='elena.ruiz', email='elena.ruiz@school.example'"
    assert told == new.message


class Guest(DataStoreBranch):
    """The people of another table."""

    __branchname__ = "guests"
    klass = Member


class Hotel(DataStoreTree):
    """A tree of two tables."""

    __branches__ = (Members, Guest)


def test_a_record_frees_no_name_of_another_table() -> None:
    """What a row outside of the branches has stays taken, though a record of another table has it too."""
    tree = Hotel()
    tree.guests.make(1, first="Ada", nick="ada")  # type: ignore[attr-defined]
    tree.members.taken["nick"] = Counter({"ada": 1})  # type: ignore[attr-defined]
    tree.guests.taken["nick"] = Counter({"ada": 1})  # type: ignore[attr-defined]
    leave_out_records(tree.branches)
    assert {"members": {"ada"}, "guests": set()} == {each.name: each.taken["nick"] for each in tree.branches}
