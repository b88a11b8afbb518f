"""What a project pays for a database that a run does not touch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dss_runtime._extras import MissingExtraError

ROOT = Path(__file__).parents[2]
IMPORT = """
import sys, generated.importers, generated.templates, generated.tables
print('sqlalchemy' in sys.modules)
"""


def test_generated_code_imports_sqlalchemy_once_it_is_used() -> None:
    """It takes longer to import than all the rest, and most commands touch no database."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert "False\n" == done.stdout


def test_what_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with a database says so from the start, not when it first reads."""
    for name in [each for each in sys.modules if each.startswith("dss_runtime.adapters.sql")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingExtraError, match=r"python -m pip install 'datastoresync\[sql\]'"):
        __import__("dss_runtime.adapters.sql")
