"""Switches give changes another class: by rule, by path, the last one that matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_generator.evolution import RULES, Change, Class, Switch, classes, judge
from dss_generator.positions import Position

NAMES = st.sampled_from(["models", "Student", "fields", "email", "a"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(tuple)
PATTERNS = st.lists(NAMES | st.sampled_from(["*", "**"]), min_size=1, max_size=4).map(".".join)
RULE_IDS = st.sampled_from(["field-removed", "key-changed", "field-added"])
PLACE = Position("schema/a.yaml", 1, 1)


def change(rule: str, path: tuple[str, ...], old_path: tuple[str, ...] | None = None) -> Change:
    """Return a change of an element."""
    return Change(rule, RULES[rule].impact, path, old_path, PLACE, None, "it changed", "it does something")


CHANGES = st.builds(change, RULE_IDS, PATHS)
SWITCHES = st.builds(Switch, RULE_IDS, PATTERNS | st.just(""), st.sampled_from(classes), st.just("so"))


@given(st.lists(CHANGES), st.lists(SWITCHES))
def test_the_last_switch_that_matches_gives_the_class(changes: list[Change], switches: list[Switch]) -> None:
    """Every change is kept, in its order; one without a switch keeps its class."""
    found = judge(changes, switches)
    assert changes == [each.change for each in found.changes]
    for each in found.changes:
        matching = [switch for switch in switches if switch.matches(each.change)]
        assert each.switch == (matching[-1] if matching else None)
        assert each.impact == (matching[-1].impact if matching else each.change.impact)


@given(st.lists(CHANGES), st.lists(SWITCHES))
def test_a_switch_for_a_path_that_matches_nothing_is_named(
    changes: list[Change], switches: list[Switch]
) -> None:
    """A switch is unmatched when it names a path and no change of its rule is there."""
    unmatched = [each for each in switches if each.path and not any(map(each.matches, changes))]
    assert unmatched == list(judge(changes, switches).unmatched)


@given(PATHS)
def test_a_path_matches_itself_and_what_is_above_it(path: tuple[str, ...]) -> None:
    """A pattern without stars is an element with all below it, and nothing else."""
    for length in range(1, len(path) + 1):
        assert _matches(".".join(path[:length]), path)
    assert not _matches(f"{'.'.join(path)}.more", path)
    assert not _matches(f"{'.'.join(path)}x", path)


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ("models.*.fields.email", True),
        ("models.Stu*", True),
        ("models.*", True),
        ("**.email", True),
        ("**", True),
        ("*", True),
        ("*.email", False),
        ("models.*.email", False),
        ("models.Student.fields.emai", False),
        ("Student", False),
        ("models.Student.fields.email.compare", False),
        ("models.Student.fields.(email|x)", False),
    ],
)
def test_stars_stand_for_names_and_for_ways(pattern: str, matches: bool) -> None:
    """`*` is any name or part of one, `**` any way; nothing else has a meaning."""
    assert matches == _matches(pattern, ("models", "Student", "fields", "email"))


def test_a_switch_knows_an_element_by_its_former_name() -> None:
    """What was renamed is found by the path of today and by that of the old version."""
    renamed = change("key-changed", ("models", "Pupil", "key"), ("models", "Student", "key"))
    assert all(_switch(path).matches(renamed) for path in ("models.Pupil", "models.Student"))


def _switch(path: str, impact: Class = "off") -> Switch:
    return Switch("key-changed", path, impact, "so")


def _matches(pattern: str, path: tuple[str, ...]) -> bool:
    return _switch(pattern).matches(change("key-changed", path))
