"""Errors have one root, say what they know, and pickle; so do actions and outcomes."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given

import dss_runtime
from dss_runtime import (
    DeclarationError,
    DssError,
    DuplicateKeyError,
    GuardHeldError,
    HeldError,
    Limit,
    New,
    Outcome,
    PermanentError,
    Place,
    RowError,
    SettingsError,
    SourceError,
    Status,
    SyncResult,
    TransientError,
    Trip,
    UnknownOutcomeError,
    Unreadable,
)
from dss_runtime._importer import DeclarationNeededError
from dss_runtime._template import MissingHandlerError
from dss_runtime.codegen import BadCellError
from tests.runtime.people import World, left, right, school, worlds

PLACE = Place("students.txt", 12, "grade")
ERRORS: list[tuple[DssError, str]] = [
    (DeclarationError("no such class"), "no such class"),
    (SettingsError("no folder"), "no folder"),
    (TransientError("busy"), "busy"),
    (TransientError("slower", 30.0), "slower"),
    (UnknownOutcomeError("timed out"), "timed out"),
    (PermanentError("gone"), "gone"),
    (HeldError("held"), "held"),
    (SourceError(PLACE, "is empty"), "students.txt:12: grade: is empty"),
    (RowError(Place("students.txt", 12), "too short"), "students.txt:12: too short"),
    (DuplicateKeyError("A.students", "1"), "branch A.students holds the key '1' twice"),
    (DuplicateKeyError("A.students", ("1", 2), "why"), "branch A.students holds the key ('1', 2) twice: why"),
    (
        GuardHeldError([Trip("students", "old", 2, 3, Limit(1))]),
        "held by the guard, nothing was written: students: 2 old records of 3, the limit is 1",
    ),
    (MissingHandlerError("new_students"), "not implemented: new_students"),
    (
        DeclarationNeededError("CSV", "students"),
        "CSV cannot read the branch students: define readin_branch or reader",
    ),
    (BadCellError("grade", "expected a number"), "('grade', 'expected a number')"),
]


@pytest.mark.parametrize(("error", "text"), ERRORS, ids=lambda each: type(each).__name__)
def test_errors_read_well_and_pickle(error: DssError, text: str) -> None:
    """An error's text says what it knows; a copy of it, or one from another process, is the same."""
    for each in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert text == str(each)
        assert (type(error), error.args, vars(error)) == (type(each), each.args, vars(each))


def test_every_public_error_has_the_one_root() -> None:
    """Whoever catches DssError catches every error of the runtime."""
    public = [getattr(dss_runtime, name) for name in dss_runtime.__all__]
    errors = [each for each in public if isinstance(each, type) and issubclass(each, BaseException)]

    assert [] == [each for each in errors if not issubclass(each, DssError)]
    assert {type(error) for error, _ in ERRORS} >= set(errors) - {DssError}
    assert all(issubclass(each, DssError) for each in (MissingHandlerError, DeclarationNeededError))


def test_a_place_says_only_what_is_known() -> None:
    """File alone, with line, with column."""
    assert ["f", "f:3", "f: c", "f:3: c"] == [
        str(Place("f")), str(Place("f", 3)), str(Place("f", column="c")), str(Place("f", 3, "c")),
    ]  # fmt: skip


@given(worlds(), worlds())
def test_actions_and_results_pickle(ours: World, theirs: World) -> None:
    """Actions, outcomes, results and what was held back are equal after a journey."""
    a, b = left(*ours), right(*theirs)
    actions = list(a - b)

    assert actions == pickle.loads(pickle.dumps(actions))
    result = a >> b
    assert result == pickle.loads(pickle.dumps(result))
    assert [repr(action) for action in actions] == [repr(each) for each in copy.deepcopy(actions)]


def test_other_values_pickle() -> None:
    """Rows that could not be read, guards' trips and outcomes travel too."""
    for value in (
        Unreadable("A.students", PLACE, "no", ("1",)),
        Trip("students", "old", 2, 3, Limit(1, percent=True), ("x",)),
        Outcome.failed("no").after(3),
        Status.UNKNOWN,
    ):
        assert value == pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (New("schools", "1", school("1")), "key"),
        (Outcome.applied(), "status"),
        (SyncResult(()), "results"),
        (Limit(1), "amount"),
        (Unreadable("b", PLACE, "no"), "reason"),
    ],
)
def test_values_are_frozen(value: Any, name: str) -> None:
    """Actions and outcomes are values: nobody changes them."""
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, None)


def test_an_action_knows_what_it_has_not() -> None:
    """A new record has no right side, an old one no left, and neither an attribute."""
    (new, old) = list(left(school("1")) - right(school("2")))

    assert (None, None, school("1")) == (new.right, new.attribute, new.left)
    assert (None, None, school("2")) == (old.left, old.attribute, old.right)


def test_outcomes_say_what_became_of_an_action() -> None:
    """Each status has a constructor, and only applied is well."""
    made = [
        Outcome.applied("r"), Outcome.skipped("r"), Outcome.failed("r"),
        Outcome.blocked("r"), Outcome.rejected("r"), Outcome.unknown("r"),
    ]  # fmt: skip

    assert ["applied", "skipped", "failed", "blocked", "rejected", "unknown"] == [
        str(each.status) for each in made
    ]
    assert [True] + [False] * 5 == [each.ok for each in made]
    assert {"r"} == {each.reason for each in made}
