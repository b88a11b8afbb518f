"""What tells a file that was compared from one that is there in its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dss_runtime._tabular import State, TextFile


def text(path: Path) -> TextFile:
    """Return a file of two columns."""
    return TextFile(
        path=path,
        shown=path.name,
        wanted=(0,),
        cells=2,
        header=True,
        delimiter=",",
        quote='"',
        encoding="utf-8",
    )


def rewritten(path: Path) -> None:
    """Write more into a file."""
    path.write_text("a,b\n1,2\n3,4\n")


def touched(path: Path) -> None:
    """Say that a file was written earlier than it was."""
    os.utime(path, ns=(1, 1))


def replaced(path: Path) -> None:
    """Put another file in place of a file, of the same size and time."""
    other = path.with_suffix(".new")
    shutil.copy2(path, other)
    status = path.stat()
    other.write_text("a,b\n1,3\n")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("change", [rewritten, touched, replaced, Path.unlink])
def test_a_file_that_is_no_longer_what_it_was_is_told(tmp_path: Path, change: Callable[[Path], None]) -> None:
    """Whatever becomes of a file, it is not taken for what was compared; left alone, it is."""
    file = text(tmp_path / "pupils.csv")
    file.path.write_text("a,b\n1,2\n")
    before = State.of(file)
    assert before.is_of(file)
    change(file.path)
    assert not before.is_of(file)
