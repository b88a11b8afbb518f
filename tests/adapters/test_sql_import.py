"""What a project pays for a database that a run does not touch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORT = """
import sys, generated.importers, generated.templates, generated.tables
print("sqlalchemy" in sys.modules)
"""
MISSING = """
import sys
from dss_runtime._extras import MissingExtraError
sys.modules["sqlalchemy"] = None
try:
    import dss_runtime.adapters.sql
except MissingExtraError as error:
    print(error)
"""


def test_generated_code_imports_sqlalchemy_once_it_is_used() -> None:
    """It takes as long to import as all the rest, and many commands touch no database."""
    assert "False\n" == printed(IMPORT)


def test_what_is_not_installed_says_how_to_get_it() -> None:
    """A project with a database says so from the start, not when it first reads."""
    assert "sqlalchemy is not installed: python -m pip install 'datastoresync[sql]'\n" == printed(MISSING)


def printed(program: str) -> str:
    """Return what a program prints, in a process that has imported nothing yet."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
