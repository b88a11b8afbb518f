"""Errors from the project's own code, told in one line that says where."""

from __future__ import annotations

import site
import sysconfig
import traceback
from pathlib import Path

import dss_runtime
from dss_runtime.cli._toml_file import shown_path


def described(error: BaseException) -> str:
    """Return "handlers/shop.py:12: KeyError: 'price'": the innermost place outside installed code.

    Line breaks become spaces, since what a database driver has to say may fill a screen. The error's notes
    follow its text.
    """
    notes: list[str] = getattr(error, "__notes__", [])
    text = " ".join(" ".join([str(error), *notes]).split())
    kind = type(error).__name__
    what = f"{kind}: {text}" if text else kind
    if isinstance(error, SyntaxError) and error.filename:
        return f"{shown_path(Path(error.filename))}:{error.lineno or 1}: {kind}: {error.msg}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_own(frame.filename)]
    return f"{shown_path(Path(frames[-1].filename))}:{frames[-1].lineno}: {what}" if frames else what


def _is_own(filename: str) -> bool:
    """Whether the file is the project's, not Python's, an installed package's or ours."""
    path = Path(filename)
    return path.is_file() and not any(path.is_relative_to(folder) for folder in _foreign_folders())


def _foreign_folders() -> list[Path]:
    names = sysconfig.get_paths()
    folders = [
        names["stdlib"],
        names["platstdlib"],
        names["purelib"],
        names["platlib"],
        *site.getsitepackages(),
    ]
    return [*map(Path, folders), Path(dss_runtime.__file__).parent]
