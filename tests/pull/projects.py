"""Projects in which `dss pull` is called, and what their generated code then reads."""

from __future__ import annotations

import csv
import importlib
import io
import itertools
import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dss_generator import Project, generate
from dss_runtime import DataStoreTree
from dss_runtime.cli import app

_NUMBERS = itertools.count()


def pull(folder: Path, *arguments: str) -> Result:
    """Call `dss pull` in *folder*."""
    return CliRunner().invoke(app, ["-C", str(folder), "pull", *arguments])


def pulled(folder: Path, *arguments: str) -> str:
    """Return the schema that `dss pull` prints, which must have worked."""
    done = pull(folder, *arguments)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def report(folder: Path, *arguments: str) -> dict[str, Any]:
    """Return what `dss pull --json` prints."""
    found: dict[str, Any] = json.loads(pulled(folder, *arguments, "--json"))
    return found


def fields(found: Mapping[str, Any], model: str) -> dict[str, Mapping[str, Any]]:
    """Return the fields of a *model* in a report, by name."""
    (table,) = [each for each in found["tables"] if each["model"] == model]
    return {each["name"]: each for each in table["fields"]}


def write_csv(
    path: Path, rows: Iterable[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    """Write *rows* to *path* as a writer of the standard library does it, whatever their width."""
    page = io.StringIO(newline="")
    csv.writer(page, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(page.getvalue().encode(encoding))
    return path


def started(folder: Path, *arguments: str) -> Path:
    """Start a project in *folder* by `dss pull … --init` and generate it; return the folder."""
    done = pull(folder, *arguments, "--init")
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(app, ["-C", str(folder), "generate"])
    assert done.exit_code == 0, done.output
    return folder


def read(root: Path, text: str, settings: Mapping[str, object]) -> DataStoreTree:
    """Generate the schema *text* as a package of its own below *root*, and read its one tree."""
    name = f"pulled_{next(_NUMBERS)}"
    place = root / name
    (place / "schema").mkdir(parents=True)
    (place / "schema" / "pulled.yaml").write_text(text, encoding="utf-8")
    generate(Project(root, place / "schema", place / "generated", place / "handlers"))
    (make,) = _wiring(root, f"{name}.generated").values()
    tree: DataStoreTree = make(settings)
    tree.load()
    return tree


def read_project(folder: Path) -> DataStoreTree:
    """Read the one tree of the project in *folder*, with the settings of its dss.toml."""
    settings = tomllib.loads((folder / "dss.toml").read_text(encoding="utf-8"))
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((folder / "schema").glob("*.yaml")))
    ((_, tree),) = settings["trees"].items()
    found = dict(tree)
    if "folder" in found:
        found["folder"] = str(folder / found["folder"])
    if "url" in found:
        found["url"] = found["url"].replace("sqlite:///", f"sqlite:///{folder}/")
    return read(folder, text, found)


def unreadable(tree: DataStoreTree) -> list[str]:
    """Return every row that could not be read."""
    return [str(row) for branch in tree.branches for row in branch.unreadable]


def counts(tree: DataStoreTree) -> dict[str, int]:
    """Return how many records each branch holds."""
    return {branch.name: len(branch) for branch in tree.branches}


def _wiring(root: Path, package: str) -> Mapping[str, Any]:
    """Import the wiring of a package below *root*, whose modules are forgotten again."""
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        found: Mapping[str, Any] = importlib.import_module(f"{package}.wiring").TREES
        return found
    finally:
        sys.path.remove(str(root))
        top = package.partition(".")[0]
        for name in [each for each in sys.modules if each.partition(".")[0] == top]:
            del sys.modules[name]
