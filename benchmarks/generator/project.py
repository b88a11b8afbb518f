"""A project around the schema, as `dss init` and its owner would have it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from benchmarks.generator.schema import Size, schema_files

SETTINGS = """\
[tool.mypy]
strict = true
enable_error_code = ["explicit-override"]
warn_unreachable = true
"""
"""What `dss init` writes for mypy."""


def write_project(folder: Path, size: Size) -> None:
    """Write the schema and the settings into *folder*; nothing is generated."""
    (folder / "schema").mkdir()
    for name, text in schema_files(size).items():
        (folder / "schema" / name).write_text(text, encoding="utf-8")
    (folder / "dss.toml").write_text("# The folders are those by default.\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")


def fill_handlers(folder: Path) -> None:
    """Give every stub of the project's handlers a body, so that a type checker has nothing to say."""
    for path in sorted((folder / "handlers").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines(keepends=True)
        for stub in sorted(_stubs(ast.parse(source)), key=lambda each: -each.lineno):
            lines.insert(stub.body[0].end_lineno or stub.lineno, "        raise NotImplementedError\n")
        path.write_text("".join(lines), encoding="utf-8")


def _stubs(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the methods that have a docstring and nothing else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and len(node.body) == 1 and ast.get_docstring(node) is not None:
            yield node
