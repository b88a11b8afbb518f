"""A small project to generate, and what is in its folder afterwards."""

from __future__ import annotations

from pathlib import Path

from dss_generator import Project

SCHEMA = """\
models:
  Thing:
    key: code
    fields:
      code: str
      title: {type: str, sensitive: true}
      day: {type: date, optional: true}
      tags: {type: set, of: str}
    derived: [label]
branches: {things: {model: Thing}}
trees:
  Files: {adapter: csv, branches: {things: {path: things.csv, computed: [title]}}}
  Base: {adapter: sql, branches: {things: {table: things, old: {set: {gone: true}}}}}
  Own: {adapter: custom, branches: {things: {}}}
syncs:
  nightly: {from: Files, to: Base}
  own: {from: Files, to: Own}
"""


def project_in(root: Path, *texts: str) -> Project:
    """Write the schema's files below *root*, and return the project; nothing is generated."""
    folder = root / "schema"
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts or (SCHEMA,)):
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    return Project(root, folder, root / "generated", root / "handlers")


def change(project: Project, before: str, after: str) -> None:
    """Replace a text in the project's first schema file."""
    path = project.schema / "0.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return the bytes and the time of change of every file below *root*."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def contents(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file below *root*, bytecode left out: other tests import the packages."""
    return {name: content for name, (content, _) in snapshot(root).items()}
