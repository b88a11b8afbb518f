"""What is adopted, what moves and what returns, in a system in memory."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import DeclarationError, New, Status, Unclaimed
from dss_runtime.codegen import Field, ModelInfo
from dss_runtime.types import StrType
from tests.adoption.models import (
    Club,
    Members,
    Movers,
    Moving,
    Person,
    follow,
    people_of,
    source,
    system,
)

EMAILS = st.sampled_from([None, "", "a@x", "A@X", "b@x", "c@x"])
PEOPLE = st.lists(
    st.builds(Person, st.sampled_from("123456"), EMAILS, st.sampled_from([None, "left"])),
    max_size=5,
    unique_by=lambda each: each.number,
)
UNCLAIMED = st.lists(
    st.builds(
        Unclaimed,
        st.fixed_dictionaries({"email": EMAILS, "login": st.sampled_from([None, "", "own"])}),
        st.just({}),
        st.sampled_from([frozenset[str](), frozenset({"login"})]),
    ),
    max_size=5,
)


@given(ours=PEOPLE, theirs=PEOPLE, unclaimed=UNCLAIMED)
def test_nobody_is_adopted_twice_and_nobody_is_lost(
    ours: list[Person], theirs: list[Person], unclaimed: list[Unclaimed]
) -> None:
    """As many are there afterwards as before, with those who are new and not adopted, and in step."""
    held, left = system(theirs, unclaimed), source(*ours)
    before = len(theirs) + len(unclaimed)
    result = follow(left, held)
    news = [(action, outcome) for action, outcome in result if isinstance(action, New)]
    adopted = [action.adopts for action, outcome in news if outcome.ok and action.adopts is not None]
    created = sum(outcome.ok and action.adopts is None for action, outcome in news)
    assert max(Counter(map(id, adopted)).values(), default=0) <= 1
    assert sorted(map(id, unclaimed)) == sorted(map(id, [*adopted, *held.unclaimed("people")]))
    after = len(held.branch("people")) + len(held.aside("people")) + len(held.unclaimed("people"))
    assert before + created == after
    undecided = {action.key for action, outcome in result if outcome.status is Status.REJECTED}
    assert undecided == {action.key for action, outcome in result if not outcome.ok}
    right = Club(settings={"system": held}).load()
    assert undecided == {action.key for action in left - right}
    assert [] == [
        each.message for each in right - left if each.attribute != "login" and each.key not in undecided
    ]


@given(ours=PEOPLE, theirs=PEOPLE, unclaimed=UNCLAIMED)
def test_what_is_remembered_is_what_is_there(
    ours: list[Person], theirs: list[Person], unclaimed: list[Unclaimed]
) -> None:
    """After a sync the right tree holds in memory what reading it again finds; so it does where keys move."""
    for tree in (Club, Moving):
        held, left = system(theirs, unclaimed), source(*ours)
        right = tree(settings={"system": held}).load()
        left >> right  # pyright: ignore[reportUnusedExpression]
        again: Any = tree(settings={"system": held}).load()
        (branch,), (fresh,) = right.branches, again.branches
        assert (dict(fresh), fresh.retired) == (dict(branch), branch.retired)
        assert fresh.unclaimed == branch.unclaimed


@given(ours=PEOPLE, theirs=PEOPLE, unclaimed=UNCLAIMED)
def test_a_key_moves_only_where_one_record_matches_one(
    ours: list[Person], theirs: list[Person], unclaimed: list[Unclaimed]
) -> None:
    """Nobody is deleted or set aside whom somebody new may be."""
    held, left = system(theirs, unclaimed), source(*ours)
    keyed, before = {each.number: each for each in theirs}, len(theirs) + len(unclaimed)
    result = follow(left, held, Moving)
    created = 0
    for action, outcome in result:
        if isinstance(action, New) and outcome.ok:
            moved = None if action.adopts is None else action.adopts.key
            created += action.adopts is None
            if moved is not None:
                person: Any = held.branch("people")[action.key]
                assert moved not in held.branch("people")
                assert (keyed[str(moved)].login or action.left.login) == person.login
    assert before + created == sum(
        len(each) for each in (held.branch("people"), held.aside("people"), held.unclaimed("people"))
    )
    left_alone = {each.key for each in result.held_back}
    for number in left_alone:
        assert keyed[str(number)] == held.branch("people")[number]


def test_a_key_that_moves_is_one_change() -> None:
    """The record keeps what is its own, gets its new key, and nothing is old."""
    held = system([Person("1", "a@x", "ada"), Person("2", "b@x", "bob")])
    result = follow(source(Person("9", "A@X", "new"), Person("2", "b@x")), held, Moving)
    assert ["new_people(number='9') adopts number='1', email='***'"] == [each.message for each, _ in result]
    assert [Person("2", "b@x", "bob"), Person("9", "A@X", "ada")] == people_of(held)
    again = follow(source(Person("7", "a@x"), Person("2", "b@x")), system(people_of(held)))
    assert ["new_people(number='7')", "old_people(number='9')"] == [each.message for each, _ in again]


def test_who_was_set_aside_returns_under_another_key() -> None:
    """A leaver who comes back with a new number gets the account that was theirs."""
    held = system([Person("1", "a@x", "ada")])
    follow(source(), held, Moving)
    assert {"1": Person("1", "a@x", "ada")} == dict(held.aside("people"))
    follow(source(Person("9", "a@x", "new")), held, Moving)
    assert ([Person("9", "a@x", "ada")], {}) == (people_of(held), dict(held.aside("people")))


def test_keys_that_others_name_do_not_move() -> None:
    """A record that refers to a key would be left behind, so that is refused."""

    class Badge(Person):
        """What somebody wears."""

        __slots__ = ()
        __dss__ = ModelInfo("Badge", ("Badge",), ("number",), (Field("number", StrType(), ref="Person"),))

    class Badges(Members):
        """The badges."""

        __branchname__ = "badges"
        klass = Badge
        matched_by = ()

    class Office(Moving):
        """A system with both."""

        __branches__ = (Movers, Badges)

    right = Office(settings={"system": system([Person("1", "a@x")])})
    with pytest.raises(
        DeclarationError, match=r"Office.people: keys cannot move, since Office.badges refers"
    ):
        list(source(Person("9", "a@x")) - right)


def test_an_adoption_that_fails_leaves_everything() -> None:
    """What was not adopted is still there without its key, and is adopted by the next run."""
    unclaimed = Unclaimed({"email": "a@x"})
    held = system([], [unclaimed])
    held.fail("people", "1", ValueError("no a@x today"))
    left = source(Person("1", "a@x"))
    ((_, outcome),) = follow(left, held)
    assert (Status.FAILED, "no *** today") == (outcome.status, outcome.reason)
    assert [unclaimed] == held.unclaimed("people")
    held.fail_commit(ValueError("full"))
    ((_, outcome),) = follow(left, held)
    assert Status.UNKNOWN is outcome.status
    assert [unclaimed] == held.unclaimed("people")
    assert follow(left, held).ok
    assert ([Person("1", "a@x")], []) == (people_of(held), held.unclaimed("people"))


def test_who_returns_is_the_same_record() -> None:
    """A leaver who comes back keeps the login, which is theirs; everything else is the left side's."""
    held = system([Person("1", "a@x", "ada")])
    follow(source(), held)
    assert ([], {"1": Person("1", "a@x", "ada")}) == (people_of(held), dict(held.aside("people")))
    follow(source(Person("1", "b@x", "new")), held)
    assert ([Person("1", "b@x", "ada")], {}) == (people_of(held), dict(held.aside("people")))
