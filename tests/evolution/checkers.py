"""The type checkers of the matrix: one row each, run over many projects, each as on its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from tests.evolution.diagnoses import Diagnosis

Projects: TypeAlias = Mapping[str, Path]
"""Projects by name; each lies in a folder of that name, all folders side by side."""

Found: TypeAlias = dict[str, list[Diagnosis]]
"""What a checker says of each project."""

PYTHON = "3.11"
"""The version that every checker assumes, whichever runs it: the oldest that is supported."""


def mypy(projects: Projects) -> Found:
    """Run `mypy .` in each project, with the settings that `dss init` writes: strict, explicit-override."""
    return {name: _mypy(root) for name, root in projects.items()}


def pyright(projects: Projects, module: str = "pyright") -> Found:
    """Run pyright once, with an execution environment for each project, and the settings of `dss init`."""
    above = next(iter(projects.values())).parent
    own = tomllib.loads((next(iter(projects.values())) / "pyproject.toml").read_text(encoding="utf-8"))
    environments = [{"root": name} for name in projects]
    settings = {**own["tool"]["pyright"], "pythonVersion": PYTHON, "executionEnvironments": environments}
    settings["include"] = list(projects)
    (above / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    answer = _run(module, "-p", str(above), "--pythonpath", sys.executable, "--outputjson", cwd=above)
    found: Found = {name: [] for name in projects}
    for each in json.loads(answer)["generalDiagnostics"]:
        name, _, file = Path(each["file"]).relative_to(above.resolve()).as_posix().partition("/")
        start = each["range"]["start"]
        place = (file, start["line"] + 1, start["character"] + 1)
        found[name].append(
            Diagnosis(*place, each["message"].replace("\u00a0", " "), each.get("rule", "error"))
        )
    return found


def basedpyright(projects: Projects) -> Found:
    """Run basedpyright, which reads pyright's settings, in the same way."""
    return pyright(projects, "basedpyright")


def ty(projects: Projects) -> Found:
    """Run ty in each project, with its defaults and `missing-override-decorator`."""
    return {name: _ty(root) for name, root in projects.items()}


def pyrefly(projects: Projects) -> Found:
    """Run pyrefly once, over the files that it would check in each project; each has its own settings."""
    above = next(iter(projects.values())).parent
    files = [path.relative_to(above) for root in projects.values() for path in sorted(root.rglob("*.py"))]
    # Files that are named on the command line are checked even where the settings leave them out.
    checked = [path.as_posix() for path in files if path.parts[1] != "generated" or path.name == "wiring.py"]
    options = ["--python-interpreter-path", sys.executable, "--python-version", PYTHON]
    answer = _run("pyrefly", "check", *options, "--output-format", "json", *checked, cwd=above)
    found: Found = {name: [] for name in projects}
    for each in json.loads(answer)["errors"]:
        name, _, file = each["path"].partition("/")
        diagnosis = Diagnosis(file, each["line"], each["column"], each["concise_description"], each["name"])
        found[name].append(diagnosis)
    return found


CHECKERS: dict[str, Callable[[Projects], Found]] = {
    "mypy": mypy,
    "pyright": pyright,
    "basedpyright": basedpyright,
    "ty": ty,
    "pyrefly": pyrefly,
}
"""Every checker, by the name of its package."""

REQUIRED = ("mypy", "pyright")
"""Those that must see whatever a checker can see."""


def _mypy(root: Path) -> list[Diagnosis]:
    answer = _run("mypy", "--python-version", PYTHON, "--output", "json", "--no-error-summary", ".", cwd=root)
    errors = [each for each in map(json.loads, answer.splitlines()) if each["severity"] == "error"]
    return [
        Diagnosis(
            each["file"].replace("\\", "/"), each["line"], each["column"] + 1, each["message"], each["code"]
        )
        for each in errors
    ]


def _ty(root: Path) -> list[Diagnosis]:
    options = ["--python", sys.executable, "--python-version", PYTHON, "--output-format", "concise"]
    answer = _run("ty", "check", *options, cwd=root)
    line = re.compile(
        r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): \w+\[(?P<rule>[\w-]+)\] (?P<message>.*)"
    )
    return [
        Diagnosis(match["file"], int(match["line"]), int(match["column"]), match["message"], match["rule"])
        for match in map(line.fullmatch, answer.splitlines())
        if match is not None
    ]


def _run(module: str, *arguments: str, cwd: Path) -> str:
    """Run a checker as a person does, and return what it prints; it exits with 1 when it finds something."""
    settings: dict[str, Any] = {"PYRIGHT_PYTHON_GLOBAL_NODE": "0", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MYPY", "PYTHONPATH"))}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=cwd, env={**kept, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{module}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout
