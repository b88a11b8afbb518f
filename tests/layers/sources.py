"""The source files of the installed packages, and what each imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path


def folder_of(package: str) -> Path:
    """Return the folder that *package* is imported from: the checkout, or where the wheel was installed."""
    spec = find_spec(package)
    assert spec is not None, f"{package} is not importable: run the tests through nox, or from the checkout"
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations)))


def modules_of(package: str) -> dict[str, Path]:
    """Return the file of each module of *package*, by the module's dotted name."""
    folder = folder_of(package)
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.py")):
        parts = [package, *path.relative_to(folder).with_suffix("").parts]
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each module that the file at *path* imports, inside functions too.

    Left out are imports for type checkers, which never run, and relative ones, which never leave the package.
    """
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"), filename=str(path))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            yield node.lineno, node.module
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting.extend(node.orelse)
        else:
            waiting.extend(ast.iter_child_nodes(node))
