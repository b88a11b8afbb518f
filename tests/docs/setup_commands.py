"""The set-up commands that documents may tell a reader to run: those that the checks themselves carry out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SET_UP = "python3 -m venv .venv && .venv/bin/python -m pip install --quiet nox && "
TEST_COMMAND = f"{SET_UP}.venv/bin/nox"
DEMO_COMMAND = f"{SET_UP}.venv/bin/nox -s demo"

_SESSION = re.compile(r"^@nox\.session.*\ndef (\w+)\(", re.MULTILINE)
_NOX = re.compile(r"(?:\.venv/bin/)?nox -s (?P<sessions>[\w .-]+)")
_PIP = re.compile(r"(?:python3? -m )?pip install [\"']?(?:datastoresync|\.)(?:\[(?P<extras>[\w,]+)\])?[\"']?")


def _is_known(command: str) -> bool:
    if command in (TEST_COMMAND, DEMO_COMMAND, ".ci/run", "nox"):
        return True
    if found := _NOX.fullmatch(command):
        sessions = set(_SESSION.findall((ROOT / "noxfile.py").read_text(encoding="utf-8")))
        return {name.partition("-")[0] for name in found["sessions"].split()} <= sessions
    if found := _PIP.fullmatch(command):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return set(filter(None, (found["extras"] or "").split(","))) <= set(project["optional-dependencies"])
    return False


def unknown_setup_commands(source: str) -> str | None:
    """Return which lines of an `sh` block no check carries out, None when there are none."""
    commands = [line.partition("  #")[0].strip() for line in source.splitlines()]
    unknown = [command for command in commands if command and not _is_known(command)]
    if not unknown:
        return None
    return (
        f"no check runs {', '.join(map(repr, unknown))}: show it in a console block, or add it to {__name__}"
    )
