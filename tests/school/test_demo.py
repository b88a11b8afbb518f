"""The demo: what a stranger sees first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples.school import demo
from examples.school.moodle_db import MoodleDatabase

_ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example's settings, so that the demo's files lie there."""
    settings = (_ROOT / "examples" / "school" / "dss.toml").read_text(encoding="utf-8")
    (tmp_path / "dss.toml").write_text(settings.replace('"../.."', json.dumps(str(_ROOT))), encoding="utf-8")
    return tmp_path


def _run(folder: Path) -> int:
    return demo.main(["--students", "60", "--folder", str(folder)])


def test_the_demo_converges(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It shows the schema, the differences, a run with nothing left to do, and every row that is dirty."""
    assert [0, 0] == [_run(folder), _run(folder)]  # it begins with fresh files each time
    shown = capsys.readouterr()
    assert "" == shown.err
    assert "converged: 0 differences" == shown.out.splitlines()[-1]
    for text in (
        'email: "{username}@students.school.example"',
        "$ dss plan nightly\nPowerSchool -> Moodle: ",
        "nothing to do: 0 differences",
    ):
        assert text in shown.out
    dirty = json.loads((folder / "files" / "manifest.json").read_text(encoding="utf-8"))["dirty"]
    assert dirty
    for row in dirty:
        assert f"{folder / 'files' / row['file']}:{row['line']}: {row['field']}" in shown.out
    assert "\x1b" not in shown.out


def test_the_demo_fails_when_it_does_not_converge(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler that does nothing is found by reading Moodle again, and ends the demo with 1."""

    def does_nothing(_database: MoodleDatabase, _user: int, _course: int) -> None:
        """Enrol nobody."""

    monkeypatch.setattr(MoodleDatabase, "enrol", does_nothing)
    assert 1 == _run(folder)
    shown = capsys.readouterr()
    assert "the demo failed: `dss sync nightly --verify` has ended with 1, not 0\n" == shown.err
    assert "not converged: " in shown.out


def test_a_school_that_is_too_small_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The number of students is checked before anything is written."""
    with pytest.raises(SystemExit):
        demo.main(["--students", "10"])
    assert "--students: expected a number from 40 up, got 10" in capsys.readouterr().err
