"""Runs type checkers over generated packages, as a project that uses them would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.generated_schemas.projects import REPOSITORY

_MYPY = f"""\
[mypy]
strict = True
python_version = 3.11
explicit_package_bases = True
warn_unreachable = True
enable_error_code = explicit-override, ignore-without-code, truthy-bool, possibly-undefined
mypy_path = {REPOSITORY}{os.pathsep}{REPOSITORY / "generator"}
"""


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="dss-mypy-")


def mypy_cache() -> str:
    """Return the folder, this process's own, where mypy remembers the library from one run to the next."""
    return _kept().name


def mypy_errors(root: Path) -> list[str]:
    """Return what mypy --strict, with the rules of this project, says of every file below *root*."""
    config = root / "mypy.ini"
    config.write_text(_MYPY, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), "--no-error-summary", "."]
    environment = {**os.environ, "MYPY_CACHE_DIR": mypy_cache()}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    lines = done.stdout.splitlines()
    # The runtime is checked on its own; here it is only read.
    return [
        line for line in lines if ": error:" in line and not line.startswith(("dss_runtime", str(REPOSITORY)))
    ]


def pyright_errors(root: Path, packages: list[str], projects: Iterable[str] = ()) -> list[str]:
    """Return what pyright's strict mode says of the *packages* below *root*.

    Where those are of several *projects*, folders below *root*, each finds its own packages alone.
    """
    above = [str(REPOSITORY), str(REPOSITORY / "generator")]
    config: dict[str, object] = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "include": packages,
        "extraPaths": [".", *above],
        "executionEnvironments": [{"root": each, "extraPaths": above} for each in projects],
    }
    (root / "pyrightconfig.json").write_text(json.dumps(config), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pyright",
        "-p",
        str(root),
        "--pythonpath",
        sys.executable,
        "--outputjson",
    ]
    environment = {**os.environ, "PYRIGHT_PYTHON_GLOBAL_NODE": "0", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = json.loads(done.stdout)["generalDiagnostics"]
    return [f"{each['file']}:{each['range']['start']['line'] + 1}: {each['message']}" for each in found]
