"""A small project that declares artefacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dss_generator import Declared, Project
from tests.generator.projects import project_in


def declaring(root: Path, templates: dict[str, str], **rows: str) -> Project:
    """Return a project in *root* with a row for each of *templates*: from the file's path to the text.

    *rows* are artefacts of packages: from the name of each, underlines for hyphens, to the path, or "".
    """
    project = project_in(root)
    folder = root / "artefacts"
    folder.mkdir(exist_ok=True)
    declared: list[Declared] = []
    for number, (path, text) in enumerate(templates.items()):
        name = f"{number}.jinja"
        (folder / name).write_bytes(text.encode())
        declared.append(Declared(path, template=f"artefacts/{name}", at=_place(number)))
    for number, (name, path) in enumerate(rows.items(), start=len(declared)):
        declared.append(Declared(path, use=name.replace("_", "-"), at=_place(number)))
    return replace(project, artefacts=tuple(declared))


def _place(number: int) -> Callable[[str], str]:
    """Return what says where a key is in the settings: here by the row's number, and the key."""
    return lambda key: f"dss.toml:{number}:{key}"
