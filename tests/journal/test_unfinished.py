"""Which runs the next one looks into, however they ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dss_runtime.journal import Journal, NewRun, RunState

ENDED: tuple[RunState, ...] = ("applied", "incomplete", "interrupted", "failed")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with closing(Journal(tmp_path / "journal.sqlite")) as opened:
        yield opened


def begun(journal: Journal, *states: str, target: str = "t") -> int:
    """Note a run with a work in each of *states*, and return its number."""
    new = NewRun(command="sync", left="Left", right="Right", branches=("a",), schema="s", target=target)
    number = journal.begin(new, {})
    journal.add_works(
        (number, at, "new", "a", "{}", "[]", None, None, state, "", 1, "")
        for at, state in enumerate(states, 1)
    )
    return number


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("left", ["intended", "written", "unknown"])
def test_a_run_that_left_works_undecided_is_unfinished(journal: Journal, state: RunState, left: str) -> None:
    """A run that was interrupted or failed may have written too; so may one whose outcomes were not noted."""
    number = begun(journal, "applied", left)
    journal.end(number, state, {})

    assert [number] == [run.id for run in journal.unfinished("t")]
    assert [] == journal.unfinished("elsewhere")


@pytest.mark.parametrize("state", ENDED)
def test_a_run_all_of_whose_works_are_decided_is_not(journal: Journal, state: RunState) -> None:
    """What is known needs no reading."""
    journal.end(begun(journal, "applied", "failed", "skipped"), state, {})

    assert [] == journal.unfinished("t")


@pytest.mark.parametrize("state", ENDED)
def test_what_is_unknown_is_looked_into_once(journal: Journal, state: RunState) -> None:
    """The next run that has read the target notes that it did: what it could not tell stays unknown."""
    number = begun(journal, "unknown")
    journal.end(number, state, {})
    assert [number] == [run.id for run in journal.unfinished("t")]

    journal.settled(number, begun(journal, "applied"))
    assert [] == journal.unfinished("t")


def test_a_run_that_was_killed_is_unfinished(journal: Journal) -> None:
    """The next run that begins marks it as abandoned, and finds it; itself it does not."""
    killed = begun(journal, "intended")
    begun(journal)

    assert [(killed, "abandoned")] == [(run.id, run.state) for run in journal.unfinished("t")]
