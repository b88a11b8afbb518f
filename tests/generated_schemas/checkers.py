"""Runs type checkers over generated packages, as a project that uses them would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


def mypy_errors(root: Path) -> list[str]:
    """Return what mypy --strict, with the rules of this project, says of every file below *root*."""
    config = root / "mypy.ini"
    config.write_text(_MYPY, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), "--no-error-summary", "."]
    environment = {**os.environ, "MYPY_CACHE_DIR": str(root / ".mypy_cache")}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    lines = done.stdout.splitlines()
    # The runtime is checked on its own; here it is only read.
    return [
        line for line in lines if ": error:" in line and not line.startswith(("dss_runtime", str(REPOSITORY)))
    ]


def pyright_errors(root: Path, packages: list[str]) -> list[str]:
    """Return what pyright's strict mode says of the *packages* below *root*."""
    config = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "include": packages,
        "extraPaths": [".", str(REPOSITORY), str(REPOSITORY / "generator")],
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
