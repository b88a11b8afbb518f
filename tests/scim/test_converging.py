"""Whatever people and teams both sides hold, a sync makes them equal, and the next one has nothing to do."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.scim.campus import campus, office, person, sync, team
from tests.scim.service import Service

TEXTS = st.sampled_from(
    [
        "café",
        "cafe\u0301",
        "👩‍🏫",
        "שלום",
        "\u202eabc",
        "a,b",
        'a"b',
        "a\\b",
        "O'Neil",
        "x" * 300,
        " a ",
        "0042",
    ]
) | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8)
NUMBERS = st.sampled_from(["1", "01", "é", "e\u0301", "A", "a", 'q"', "b\\", "👩‍🏫"])


@st.composite
def schools(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    """Return any few people, mentors among them, and teams of them."""
    numbers = draw(st.lists(NUMBERS, unique=True, max_size=5))
    logins = draw(
        st.lists(
            st.sampled_from(["ann", "Bob", "Łukasz", "ß", "שלום", "o'neil", "👩‍🏫", 'q"x']) | TEXTS,
            min_size=len(numbers),
            max_size=len(numbers),
            unique_by=lambda login: normalize("NFC", normalize("NFC", login).lower().strip()),
        )
    )
    some = st.none() | TEXTS
    people: list[Any] = []
    for number, login in zip(numbers, logins, strict=True):
        fields = {name: draw(some) for name in ("given", "family", "mail", "place", "postcode", "language")}
        mentor = draw(st.none() | st.sampled_from([each.number for each in people])) if people else None
        phones = draw(st.frozensets(TEXTS, max_size=3))
        desk = draw(st.none() | st.integers(-9, 10**6))
        people.append(person(number, login, **fields, mentor=mentor, phones=phones, desk=desk))
    members = st.frozensets(st.sampled_from(numbers)) if numbers else st.just(frozenset[str]())
    codes = draw(st.lists(NUMBERS, unique=True, max_size=3))
    return people, [team(code, *draw(members), name=draw(TEXTS)) for code in codes]


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(before=schools(), after=schools())
def test_a_sync_converges(before: tuple[list[Any], list[Any]], after: tuple[list[Any], list[Any]]) -> None:
    """From any state to any other: who left is disabled, who is there is as on the left, teams are equal.

    A login may move from one person to another, which takes a second run where the first meets the taken one.
    """
    right = campus(Service())
    for people, teams in (before, after):
        left = office(people, teams)
        for _ in range(len(people) + 2):
            result = sync(left, right)
            if result.ok:
                break
            assert all(
                "must be unique" in outcome.reason or "not there" in outcome.reason
                for _, outcome in result
                if not outcome.ok and outcome.reason and str(outcome.status) == "failed"
            )
        else:
            return  # two people have swapped their logins, which no order of changes can do
        assert [] == [action.message for action in left - right.load()]
        assert not sync(left, right).results
