"""Projects that are made from packs, and what `dss` says of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from dss_runtime.cli import app


def made(folder: Path, pack: str) -> Path:
    """Return a new project that is made from *pack*."""
    done = CliRunner().invoke(app, ["-C", str(folder), "init", "school", "--pack", pack])
    assert 0 == done.exit_code, done.output
    return folder / "school"


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the project, in a process of its own, as `generated` can be imported only once."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def dss(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `dss` in the project."""
    return run(project, "dss_runtime.cli", *arguments)
