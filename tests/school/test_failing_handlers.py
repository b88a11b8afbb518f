"""Syncs in which handlers fail half-way: nothing is left half-done, and the next one does the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import PermanentError, Status, TransientError
from examples.school.moodle_db import MoodleDatabase
from tests.school.nightly import School, dangling

_METHODS = ("insert", "update", "delete", "enrol", "assign")


def _failing(method: Callable[..., Any], every: int, error: BaseException) -> Callable[..., Any]:
    """Return *method*, which raises every so often once it has done its work."""
    calls = 0

    def fails(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        result = method(*args, **kwargs)
        if calls % every == 0:
            raise error
        return result

    return fails


@pytest.mark.parametrize("name", _METHODS)
def test_what_failed_is_undone_and_done_by_the_next_run(name: str, tmp_path: Path) -> None:
    """A handler that fails after it wrote leaves nothing; two such runs and a good one converge."""
    school = School.write(tmp_path, students=60)
    with pytest.MonkeyPatch.context() as patch:
        failing = _failing(getattr(MoodleDatabase, name), 3, PermanentError("no luck"))
        patch.setattr(MoodleDatabase, name, failing)
        for _ in range(2):
            result = school.sync(guarded=False)
            failed = {action.message for action, _ in result.of(Status.FAILED)}
            assert failed
            assert [] == list(dangling(school.dump()))
            assert failed <= set(school.differences())
    assert school.sync().ok
    assert [] == school.differences()
    assert [] == list(dangling(school.dump()))


def test_what_fails_for_a_moment_is_tried_again(tmp_path: Path) -> None:
    """A transient error is not the end of an action: one run converges."""
    school = School.write(tmp_path, students=60)
    with pytest.MonkeyPatch.context() as patch:
        failing = _failing(MoodleDatabase.insert, 5, TransientError("the table is locked"))
        patch.setattr(MoodleDatabase, "insert", failing)
        result = school.sync()
    assert result.ok
    assert {1, 2} == {outcome.attempts for _, outcome in result}
    assert [] == school.differences()
    assert [] == list(dangling(school.dump()))


def test_an_interrupted_phase_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C amid the new records takes the whole phase back; the next run does it all."""
    school = School.write(tmp_path, students=60)
    before = school.dump()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MoodleDatabase, "insert", _failing(MoodleDatabase.insert, 20, KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            school.sync()
    assert before == school.dump()
    assert school.sync().ok
    assert [] == school.differences()
