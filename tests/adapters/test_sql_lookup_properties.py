"""Syncs of random schools whose database holds them by ids."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_runtime import Policy, Status
from tests.adapters.accounts import KINDS, home_of, reasons
from tests.adapters.lookups import School, category, copy, course, member, module, person, truth

CODES, NUMBERS, ROLES = ["a", "b", "ä", "0"], [1, 2, 3], ["student", "helper"]
Records = Mapping[str, list[Any]]


@st.composite
def schools(draw: st.DrawFn, *, closed: bool) -> Records:
    """Return records of which, where *closed*, none names one that is not there."""
    people = draw(st.sets(st.sampled_from(NUMBERS)))
    categories = draw(st.sets(st.sampled_from(CODES)))
    courses = draw(st.sets(st.sampled_from(CODES))) if categories or not closed else set[str]()
    above = st.none() | st.sampled_from(sorted(categories) if closed else CODES) if categories else st.none()
    of = st.sampled_from(sorted(categories) if closed else CODES) if courses else st.nothing()
    teacher = st.none() | (st.sampled_from(sorted(people) if closed else NUMBERS) if people else st.none())
    pairs = [(code, number) for code in sorted(courses) for number in sorted(people)]
    if not closed:
        pairs = [(code, number) for code in CODES for number in NUMBERS]
    places = draw(st.sets(st.sampled_from(pairs), max_size=6)) if pairs else set[tuple[str, int]]()
    return {
        "people": [person(each, draw(st.sampled_from(["Ada", "Bob"]))) for each in sorted(people)],
        "categories": [category(each, draw(above)) for each in sorted(categories)],
        "courses": [course(each, draw(of), draw(teacher)) for each in sorted(courses)],
        "members": [member(*each, draw(st.sampled_from(ROLES))) for each in sorted(places)],
    }


def _content(tree: Any) -> dict[str, dict[Any, dict[str, object]]]:
    """Return what a tree holds, without what its database fills in."""
    return {
        branch.name: {
            key: {
                each.name: getattr(record, each.name)
                for each in branch.info.fields
                if each.name not in ("ident", "label")
            }
            for key, record in branch.items()
        }
        for branch in tree.branches
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_school_without_gaps_converges(kind: str) -> None:
    """From any school to any other in one run, with the content that records in memory come to have."""

    @settings(max_examples=settings().max_examples // 2 if kind == "sqlite" else 5)
    @given(before=schools(closed=True), after=schools(closed=True))
    def check(before: Records, after: Records) -> None:
        with TemporaryDirectory() as folder:
            school = School(home_of(kind, Path(folder)))
            memory = copy(before)
            assert {} == reasons(school.sync(before))
            right = school.read()
            assert {} == reasons(school.sync(after, right))
            assert [] == school.differences(after)
            assert {} == reasons(truth(after).sync(memory, policy=Policy(guarded=False)))
            fresh = school.read()
            assert _content(memory) == _content(fresh) == _content(right)

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_a_school_with_gaps_converges_once_they_are_filled(kind: str) -> None:
    """Who names somebody that is not there fails, or waits for one who does; the rest is there."""

    @settings(max_examples=settings().max_examples // 2 if kind == "sqlite" else 5)
    @given(after=schools(closed=False))
    def check(after: Records) -> None:
        with TemporaryDirectory() as folder:
            school = School(home_of(kind, Path(folder)))
            right = school.read()
            result = school.sync(after, right)
            for _, outcome in result:
                assert outcome.ok or outcome.status in (Status.FAILED, Status.BLOCKED, Status.REJECTED)
            fresh = school.read()
            assert _content(fresh) == _content(right)
            left = [action.message for action, outcome in result if not outcome.ok]
            assert left == [action.message for action in truth(after).diff(fresh)]
            filled = _filled(after)
            assert {} == reasons(school.sync(filled))
            assert [] == school.differences(filled)

    check()


def _filled(data: Records) -> Records:
    """Return *data* with all that it names."""
    courses = {*(each.course for each in data["members"])} - {each.code for each in data["courses"]}
    whole = [*data["courses"], *(course(code, "a") for code in sorted(courses))]
    codes = {each.category for each in whole} | {each.parent for each in data["categories"] if each.parent}
    numbers = {each.person for each in data["members"]} | {each.teacher for each in whole if each.teacher}
    missing = codes - {each.code for each in data["categories"]}
    return {
        "courses": whole,
        "members": data["members"],
        "categories": [*data["categories"], *map(category, sorted(missing))],
        "people": [
            *data["people"],
            *map(person, sorted(numbers - {each.number for each in data["people"]})),
        ],
    }


def test_the_package_is_what_its_schema_says() -> None:
    """Each field that is held by an id has its lookup in the generated template."""
    targets = module("templates").BaseTemplateBase.targets
    held = {name: sorted(targets[name].lookups) for name in targets}
    assert {
        "categories": ["parent"],
        "courses": ["category", "teacher"],
        "people": [],
        "teams": ["course"],
        "members": ["course", "person", "role"],
    } == held
