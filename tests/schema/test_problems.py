"""Problems: collected, sorted, printed on one line each."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_generator.positions import Position
from dss_generator.problems import GeneratorError, Problem, Problems, SchemaError, did_you_mean, shown

positions = st.builds(
    Position, st.sampled_from(["schema/a.yaml", "schema/b.yaml"]), st.integers(1, 9), st.integers(1, 9)
)
some_problems = st.builds(Problem, positions, st.text(max_size=5), st.sampled_from(["tab", "omit"]))


@given(st.lists(some_problems, min_size=1))
def test_all_problems_are_reported_once_in_the_order_of_their_places(found: list[Problem]) -> None:
    """A SchemaError holds each problem once, sorted, whatever the order they were found in."""
    assert tuple(sorted(set(found))) == SchemaError(found).problems == SchemaError(found[::-1]).problems


@given(st.lists(some_problems, min_size=1))
def test_a_schema_error_survives_pickling(found: list[Problem]) -> None:
    """It can be passed between processes whole, and is caught as an error of the generator."""
    error = SchemaError(found)
    copied = pickle.loads(pickle.dumps(error))
    assert isinstance(copied, SchemaError)
    assert isinstance(copied, GeneratorError)
    assert (error.problems, str(error)) == (copied.problems, str(copied))


def test_a_problem_is_printed_as_compilers_do() -> None:
    """A problem reads file:line:column: error: message [rule]."""
    problem = Problem(Position("schema/a.yaml", 3, 7), "a tab", "tab")
    assert "schema/a.yaml:3:7: error: a tab [tab]" == str(problem)


def test_a_rule_that_does_not_exist_is_a_bug() -> None:
    """A problem is never noted under a rule that the documentation does not have."""
    with pytest.raises(KeyError):
        Problems().add(Position("schema/a.yaml", 1, 1), "no-such-rule", "message")


def test_hundreds_of_problems_are_reported_in_part() -> None:
    """After 500 problems the collecting ends, and says so."""
    problems = Problems()

    def note_a_thousand() -> None:
        for number in range(1000):
            problems.add(Position("schema/a.yaml", number + 1, 1), "tab", "a tab")

    with pytest.raises(SchemaError) as caught:
        note_a_thousand()
    assert 501 == len(caught.value.problems)
    last = Problem(
        Position("schema/a.yaml", 500, 1),
        "500 problems; the rest of the schema was not looked at",
        "too-many-problems",
    )
    assert last in caught.value.problems


def test_without_problems_nothing_is_raised() -> None:
    """An empty collection is no error."""
    Problems().raise_any()


@given(st.text())
def test_what_is_shown_of_a_text_obeys_nothing(text: str) -> None:
    """A shown text is on one line, of printable characters, and not long."""
    assert shown(text).isprintable()
    assert len(shown(text)) <= 60 * len("\\U0010ffff") + 2


@given(st.lists(st.text(max_size=20), unique=True))
def test_a_suggestion_does_not_depend_on_the_order_of_the_candidates(candidates: list[str]) -> None:
    """Whoever comes first, the nearest is suggested, and a candidate is the nearest to itself."""
    assert did_you_mean("students", candidates) == did_you_mean("students", candidates[::-1])
    assert "; did you mean 'students'?" == did_you_mean("Students", [*candidates, "students"])


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    """No suggestion is better than a silly one."""
    assert "" == did_you_mean("students", ["courses", "x"])
