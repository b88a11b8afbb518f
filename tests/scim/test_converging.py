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
        "x" * 60,
        " a ",
        "0042",
    ]
) | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8)
NUMBERS = ("1", "01", "é", "e\u0301", "A", "a", 'q"', "b\\", "👩‍🏫")
KEYS = st.sampled_from(NUMBERS)


def _to_the_server(text: str) -> str:
    """Return what is equal for texts that are one value to scim2-server."""
    return normalize("NFC", normalize("NFC", text).lower())


@st.composite
def schools(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    """Return any few people, mentors among them, and teams of them; no two people ever have one login."""
    numbers = draw(st.lists(KEYS, unique=True, max_size=5))
    some = st.none() | TEXTS
    people: list[Any] = []
    for number in numbers:
        login = f"{draw(TEXTS)}-{NUMBERS.index(number)}"
        fields = {name: draw(some) for name in ("given", "family", "mail", "place", "postcode", "language")}
        mentor = draw(st.none() | st.sampled_from([each.number for each in people])) if people else None
        phones = frozenset(draw(st.lists(TEXTS, unique_by=_to_the_server, max_size=3)))
        desk = draw(st.none() | st.integers(-9, 10**6))
        people.append(person(number, login, **fields, mentor=mentor, phones=phones, desk=desk))
    members = st.frozensets(st.sampled_from(numbers)) if numbers else st.just(frozenset[str]())
    codes = draw(st.lists(KEYS, unique=True, max_size=3))
    return people, [team(code, *draw(members), name=draw(TEXTS)) for code in codes]


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(before=schools(), after=schools())
def test_a_sync_converges(before: tuple[list[Any], list[Any]], after: tuple[list[Any], list[Any]]) -> None:
    """From any state to any other: who left is disabled, who is there is as on the left, teams are equal."""
    right = campus(Service())
    for people, teams in (before, after):
        left = office(people, teams)
        result = sync(left, right)
        assert [] == [(str(outcome.status), outcome.reason) for _, outcome in result if not outcome.ok]
        assert [] == [action.message for action in left - right.load()]
        assert not sync(left, right).results
