"""Whole projects that are made from schemas: generated, their stubs filled, ready to check and to import."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from dss_generator import Project, Report, generate

REPOSITORY = Path(__file__).parents[2]


def make_project(root: Path, name: str, *texts: str) -> Project:
    """Write a schema of files with these *texts* below *root*, as the package *name*."""
    place = root / name
    (place / "schema").mkdir(parents=True)
    for number, text in enumerate(texts):
        (place / "schema" / f"{number}.yaml").write_text(text, encoding="utf-8")
    return Project(root, place / "schema", place / "generated", place / "handlers")


def generated(root: Path, name: str, *texts: str) -> Project:
    """Return a project whose package is generated."""
    project = make_project(root, name, *texts)
    generate(project)
    return project


def fill_stubs(project: Project) -> None:
    """Give every stub of the handlers a body that fits any type."""
    for path in sorted(project.handlers.glob("*.py")):
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


def filled(source: str) -> str:
    """Return *source* with a body for each function that has a docstring and nothing else."""
    lines = source.splitlines(keepends=True)
    ends = sorted(_stub_ends(ast.walk(ast.parse(source))), reverse=True)
    for line, column in ends:
        lines.insert(line, " " * column + "raise RuntimeError\n")
    return "".join(lines)


def _stub_ends(nodes: Iterable[ast.AST]) -> Iterable[tuple[int, int]]:
    """The line at which each stub ends, and the column in which its body stands."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and len(node.body) == 1 and ast.get_docstring(node) is not None:
            (only,) = node.body
            yield only.end_lineno or only.lineno, only.col_offset


def again(project: Project) -> Report:
    """Generate a second time, and return what that did."""
    return generate(project)
