"""Whatever school a Moodle holds, it follows any other one, and needs no second run."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations, product
from typing import Any, TypeVar

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.moodle.academy import BY_SERVICES, academy, course, made, outcomes, person, registry, sync
from tests.moodle.stand_in.server import StandIn
from tests.moodle.stand_in.site import Site

T = TypeVar("T")
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="<>\x00"), min_size=1, max_size=20).filter(
    lambda name: bool(name.strip())
)
ROLES = ("student", "editingteacher")
CATEGORIES = [
    made("categories", code="C0", name="All", above=None),
    *(made("categories", code=f"C{n}", name=f"Year {n}", above="C0") for n in (1, 2)),
]


def some(choices: Iterable[T]) -> st.SearchStrategy[list[T]]:
    """Return some of the choices, each at most once."""
    found = list(choices)
    return st.lists(st.sampled_from(found), unique=True) if found else st.just([])


@st.composite
def schools(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Return a school with a few records of each kind, whose references hold."""
    numbers = draw(some(f"P{n}" for n in range(5)))
    codes = draw(some(f"K{n}" for n in range(3)))
    cohorts = draw(some(["A", "B"]))
    enrolled = draw(some(product(codes, numbers)))
    with_groups = draw(some(codes))
    in_groups = draw(some((code, who) for code, who in enrolled if code in with_groups))
    optional = st.none() | NAMES
    return {
        "people": [
            person(each, given=draw(NAMES), family=draw(NAMES), city=draw(optional)) for each in numbers
        ],
        "categories": CATEGORIES,
        "courses": [
            course(each, draw(st.sampled_from(["C0", "C1", "C2"])), title=draw(NAMES)) for each in codes
        ],
        "enrolments": [
            made("enrolments", course=code, person=who, role=draw(st.sampled_from(ROLES)))
            for code, who in enrolled
        ],
        "cohorts": [made("cohorts", code=each, name=draw(NAMES)) for each in cohorts],
        "cohort_members": [
            made("cohort_members", cohort=code, person=who)
            for code, who in draw(some(product(cohorts, numbers)))
        ],
        "groups": [made("groups", code=f"G-{each}", name=draw(NAMES), course=each) for each in with_groups],
        "group_members": [made("group_members", group=f"G-{code}", person=who) for code, who in in_groups],
        "parent_links": [
            made("parent_links", parent=one, child=other)
            for one, other in draw(some(permutations(numbers, 2)))
        ],
    }


@pytest.mark.parametrize("way", ["services", "database"])
def test_any_school_follows_any_other(way: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one school leaves in a Moodle becomes another one by one run, and back again."""

    @settings(max_examples=max(2, settings().max_examples // 10), phases=[Phase.explicit, Phase.generate])
    @given(first=schools(), then=schools())
    def follows(first: dict[str, list[Any]], then: dict[str, list[Any]]) -> None:
        address = f"sqlite:///{tmp_path_factory.mktemp('site') / 'moodle.db'}"
        more = {"database": address} if way == "database" else {}
        branches = () if way == "database" else BY_SERVICES
        with StandIn(Site(address)) as stand_in:
            for school in (first, then, first):
                left = registry(**school)
                result = sync(left, academy(stand_in, **more), *branches)
                assert {} == {what: how for what, how in outcomes(result).items() if how[0] != "applied"}
                assert 0 == len(sync(left, academy(stand_in, **more), *branches))

    follows()
