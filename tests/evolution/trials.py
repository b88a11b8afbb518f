"""Projects to try edits on: one in which nothing is wrong, and a copy of it for each edit."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from click.testing import CliRunner

from dss_runtime.cli import app
from tests.evolution.checkers import mypy
from tests.evolution.diagnoses import without_places
from tests.evolution.mutations import FOLDER, Mutation

UNTOUCHED = "untouched"
"""The project in which nothing is wrong, by the name of its folder."""


CHECK = "dss generate --check"
"""The command that looks what is out of step."""

AGAIN = f"{CHECK}, again"
"""The same once more, after `dss generate`."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A project in `root`, after an edit (None: none), and what `dss` said, by command."""

    root: Path
    mutation: Mutation | None
    said: dict[str, str]

    @property
    def name(self) -> str:
        """What its folder and its recording are called."""
        return self.root.name


def try_all(root: Path, mutations: tuple[Mutation, ...]) -> list[Trial]:
    """Make the untouched project and a project for each mutation below *root*, and run `dss` on each.

    Where a mutation changes the schema, that is the loop of a person: see what is out of step, generate, look
    again. Each copy has mypy's cache of the untouched project, as after an edit.
    """
    untouched = _new_project(root / UNTOUCHED)
    mypy({UNTOUCHED: untouched})
    trials = [Trial(untouched, None, {CHECK: _dss(untouched, "--check")})]
    for mutation in mutations:
        place = root / mutation.name
        shutil.copytree(untouched, place)
        mutation.apply(place)
        said = {CHECK: _dss(place, "--check")}
        if mutation.of_schema:
            said["dss generate"] = _dss(place)
        if mutation.of_schema and mutation.told_by != "schema":
            said[AGAIN] = _dss(place, "--check")
        trials.append(Trial(place, mutation, said))
    return trials


def _new_project(root: Path) -> Path:
    """Write the project of the folder `project`, with the settings of `dss init`, and generate it.

    Its Python files end in .txt so that no tool takes them for part of our own code.
    """
    source = FOLDER / "project"
    for path in sorted(source.rglob("*")):
        if path.is_file():
            target = root / path.relative_to(source).as_posix().removesuffix(".txt")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    template = files("dss_runtime.cli") / "new_project" / "pyproject.toml.txt"
    settings = template.read_text(encoding="utf-8").replace("@NAME@", "school")
    others = (root / "other_checkers.toml").read_text(encoding="utf-8")
    (root / "pyproject.toml").write_text(f"{settings}\n{others}", encoding="utf-8")
    (root / "other_checkers.toml").unlink()
    _dss(root)
    return root


def _dss(root: Path, *options: str) -> str:
    """Return what `dss generate` says, its exit code, and, as the diff is long, no diff."""
    done = CliRunner().invoke(app, ["-C", str(root), "generate", *options])
    shown = done.stderr if options else done.stdout + done.stderr
    return f"{without_places(shown)}exit code {done.exit_code}\n"
