"""Every edit of a schema or of handlers is told before anything runs, and by whom.

`python -m tests.evolution.record` writes the recordings anew, `python docs/reference/write.py` the page.
"""

from __future__ import annotations

import importlib.util
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.evolution.checkers import CHECKERS, REQUIRED
from tests.evolution.diagnoses import GENERATED, written_all
from tests.evolution.mutations import TOLD_BY, Mutation, read_mutations
from tests.evolution.recordings import RECORDED, Recording, read_recording
from tests.evolution.trials import AGAIN, CHECK, UNTOUCHED, Trial, try_all

MUTATIONS = read_mutations()
SAMPLED = {"basedpyright": 6, "pyrefly": 6, "ty": 6}
"""Of which checkers one edit in so many is tried; mypy and pyright, which projects rely on, get each."""
MISSED = {"pyrefly": ["a handler is without `@override`"]}
"""What one does not see though others do: pyrefly asks for no `@override` where the base is abstract."""

each_mutation = pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> list[Trial]:
    """A project for each mutation, and what `dss` said in it: made once for all processes that run tests."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    made = folder / "evolution.pickle"
    with FileLock(folder / "evolution.lock"):
        if not made.exists():
            made.write_bytes(pickle.dumps(try_all(folder / "evolution", MUTATIONS)))
    trials: list[Trial] = pickle.loads(made.read_bytes())
    return trials


@pytest.mark.slow
def test_dss_says_what_is_recorded(trials: list[Trial]) -> None:
    """`dss generate` and its --check say of each edit what they said before, to the letter."""
    recorded = {trial.name: read_recording(trial.name) for trial in trials}
    assert {trial.name: trial.said for trial in trials} == {
        name: {command: recording.said[command] for command in recording.commands}
        for name, recording in recorded.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_says_what_is_recorded(checker: str, trials: list[Trial]) -> None:
    """A type checker says of each edit what it said before: file, line, column, message and rule."""
    if importlib.util.find_spec(checker) is None:
        reason = f"run `pip install {checker}` in the version that pyproject.toml names"
        assert "DSS_REQUIRE_SERVICES" not in os.environ, reason
        pytest.skip(reason)
    projects = {trial.name: trial.root for trial in trials[:: SAMPLED.get(checker, 1)]}
    found = CHECKERS[checker](projects)
    said = {name: written_all(diagnoses, projects[name]) for name, diagnoses in found.items()}
    assert said == {name: read_recording(name).said[checker] for name in projects}


def test_every_edit_has_its_recording() -> None:
    """There is a recording for each mutation, and none of one that is gone; no two share a name."""
    names = [UNTOUCHED, *(mutation.name for mutation in MUTATIONS)]
    assert sorted(names) == sorted(path.stem for path in RECORDED.glob("*.txt"))


def test_nothing_is_said_where_nothing_was_edited() -> None:
    """In the untouched project `dss` and all type checkers are quiet, so that what they say is of an edit."""
    recording = read_recording(UNTOUCHED)
    assert "in step with the schema\nexit code 0\n" == recording.said[CHECK]
    assert {checker: [] for checker in CHECKERS} == {
        checker: recording.diagnoses(checker) for checker in CHECKERS
    }


@each_mutation
def test_no_edit_is_silent(mutation: Mutation) -> None:
    """`dss generate --check` tells of an edit when it was made, or else mypy and pyright both do."""
    recording = read_recording(mutation.name)
    told = recording.problems(CHECK) and failed(recording.said[CHECK])
    assert told or all(recording.diagnoses(checker) for checker in REQUIRED)
    assert told or not mutation.of_schema


@each_mutation
def test_who_has_to_tell_of_an_edit_does(mutation: Mutation) -> None:
    """What is left for a person is said by those who can see it; where nothing is, nobody says a word."""
    recording = read_recording(mutation.name)
    last = recording.said[recording.commands[-1]]
    spoken = [checker for checker in CHECKERS if recording.diagnoses(checker)]
    expectations: dict[str, Callable[[], bool]] = {
        "checkers": lambda: set(REQUIRED) <= set(spoken),
        "dss": lambda: failed(last),
        "schema": lambda: failed(last) and "error: nothing was generated:\n" in last and not spoken,
        "nobody": lambda: AGAIN in recording.said and not failed(last) and not spoken,
    }
    assert set(TOLD_BY) == set(expectations)
    assert expectations[mutation.told_by]()


@each_mutation
def test_a_person_is_sent_to_code_of_their_own(mutation: Mutation) -> None:
    """After an edit of a schema no generated file has errors, but for the wiring, where it meets yours."""
    recording = read_recording(mutation.name)
    files = {
        diagnosis.partition(" ")[0]
        for checker in CHECKERS
        for diagnosis in recording.diagnoses(checker)
        if diagnosis.startswith(GENERATED)
    }
    assert files <= {f"{GENERATED}wiring.py"} or not mutation.of_schema


@pytest.mark.parametrize("checker", CHECKERS)
def test_what_a_checker_misses_is_known(checker: str) -> None:
    """Each checker sees every edit that a checker can see, but for those that are listed."""
    missed = [
        mutation.edit
        for mutation in MUTATIONS
        if mutation.told_by == "checkers" and not read_recording(mutation.name).diagnoses(checker)
    ]
    assert MISSED.get(checker, []) == missed


def test_a_recording_can_be_read_as_it_was_written() -> None:
    """A recording's text gives back what was said, and how many messages that were."""
    said = {
        "dss generate --check": "a.py:1:1: error: no a [rule]\nin step\nexit code 1\n",
        "mypy": "",
        "pyright": "a.py:1:1: no [rule]\n    because\n      of this\nb.py:2:2: no [rule]\n",
        "ty": "",
    }
    recording = Recording(said)
    assert said == Recording.read(recording.text).said
    assert ["a.py:1:1: error: no a [rule]"] == recording.problems("dss generate --check")
    assert [0, 2, 0] == [len(recording.diagnoses(checker)) for checker in ("mypy", "pyright", "ty")]


def test_an_edit_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """A row whose text the project no longer holds is an error: it would try nothing."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "people.yaml").write_text("models: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds this 0 times"):
        Mutation("", "an edit", "nobody", {"schema/people.yaml": "-x\n+y\n"}).apply(tmp_path)


def failed(said: str) -> bool:
    """Return whether a command of `dss` exited with 1."""
    return said.endswith("exit code 1\n")
