"""A plan's file: whole and unedited, from the first line to the last, or nothing of it counts."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.plans import PlanRefusedError, PlanWriteError, Seal
from dss_runtime.plans._lines import opened, write_lines

SEAL = Seal(b"k" * 32)
LINES = st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5), max_size=2), max_size=5)


@given(LINES)
def test_what_is_written_is_read(lines: list[dict[str, Any]]) -> None:
    """Every line comes back with its number, and the mark is that of the writing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan")
        written = write_lines(path, lines, SEAL)
        with opened(path, SEAL) as (mark, found):
            assert (written, list(enumerate(lines, 1))) == (mark, list(found))


@given(st.lists(st.text(max_size=5), min_size=1, max_size=50), st.data())
def test_an_edit_after_the_opening_is_found(texts: list[str], data: st.DataObject) -> None:
    """A file that somebody writes into while the target is read is refused before its lines are all out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan")
        write_lines(path, ({"text": text} for text in texts), SEAL)
        size = path.stat().st_size
        with opened(path, SEAL) as (_, found), path.open("r+b", buffering=0) as file:
            at = data.draw(st.integers(0, size - 1))
            os.pwrite(file.fileno(), bytes([os.pread(file.fileno(), 1, at)[0] ^ 1]), at)
            with pytest.raises(PlanRefusedError):
                list(found)


def test_another_whole_plan_in_its_place_is_found(tmp_path: Path) -> None:
    """A file that becomes another plan of the same project while it is open is not carried out."""
    path, other = tmp_path / "plan", tmp_path / "other"
    write_lines(path, [{"a": "1"}], SEAL)
    write_lines(other, [{"a": "2"}], SEAL)
    with opened(path, SEAL) as (_, found):
        path.write_bytes(other.read_bytes())
        with pytest.raises(PlanRefusedError, match="became another plan while it was read"):
            list(found)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A missing folder and what is no file are errors of their own; a link is followed and stays."""
    with pytest.raises(PlanWriteError, match="the plan cannot be written: No such file"):
        write_lines(tmp_path / "missing" / "plan", [], SEAL)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PlanWriteError, match="is no regular file"):
        write_lines(tmp_path / "pipe", [], SEAL)
    (tmp_path / "link").symlink_to(tmp_path / "plan")
    write_lines(tmp_path / "link", [], SEAL)
    assert (True, True) == ((tmp_path / "link").is_symlink(), (tmp_path / "plan").is_file())


def test_what_fails_half_way_leaves_the_old_plan(tmp_path: Path) -> None:
    """A plan that cannot be made to its end leaves nothing of itself."""
    path = tmp_path / "plan"
    write_lines(path, [{"a": "1"}], SEAL)
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError):
        write_lines(path, ({"a": str(1 // number)} for number in (1, 0)), SEAL)
    assert (before, ["plan"]) == (path.read_bytes(), os.listdir(tmp_path))
