"""What random schemas generate passes the type checkers, and what a project leaves out does not.

`DSS_SCHEMAS=1000 pytest tests/generated_schemas -k mypy` checks a thousand schemas; CI checks a few.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from dss_generator import Project, generate
from tests.generated_schemas.checkers import mypy_errors, pyright_errors
from tests.generated_schemas.projects import fill_stubs, generated
from tests.strategies.schemas import seeded_schemas

COUNT = int(os.environ.get("DSS_SCHEMAS", "16"))
BATCH = 250
"""How many schemas one run of mypy checks: its memory grows with them."""

needs_pyright = pytest.mark.skipif(
    importlib.util.find_spec("pyright") is None, reason="run `pip install pyright[nodejs]` first"
)
MODEL = """
models:
  Thing: {key: code, fields: {code: str, title: str, tags: {type: set, of: int}}, derived: [label]}
branches: {things: {model: Thing}}
trees:
  Files: {adapter: csv, branches: {things: {path: things.csv, computed: [title]}}}
  Own: {adapter: custom, branches: {things: {}}}
syncs: {nightly: {from: Files, to: Own}}
"""


def filled_projects(root: Path, texts: Iterable[str]) -> list[Project]:
    """Generate a package from each schema, its stubs filled."""
    projects = [generated(root, f"s{number:04}", text) for number, text in enumerate(texts)]
    for project in projects:
        fill_stubs(project)
    return projects


@pytest.mark.slow
def test_random_schemas_pass_mypy(tmp_path: Path) -> None:
    """mypy --strict accepts what any schema generates, together with handlers whose stubs are filled."""
    texts = list(seeded_schemas(COUNT))
    for start in range(0, COUNT, BATCH):
        root = tmp_path / f"batch{start}"
        filled_projects(root, texts[start : start + BATCH])
        assert [] == mypy_errors(root)


@pytest.mark.slow
def test_a_derived_property_may_be_called_as_a_type_is(tmp_path: Path) -> None:
    """Within its class, the type of another property still means the type."""
    filled_projects(tmp_path, [MODEL.replace("derived: [label]", "derived: {time: date, kind: time}")])
    assert [] == mypy_errors(tmp_path)


@pytest.mark.slow
@needs_pyright
def test_random_schemas_pass_pyright(tmp_path: Path) -> None:
    """pyright's strict mode accepts them too."""
    projects = filled_projects(tmp_path, seeded_schemas(8, seed=1))
    assert [] == pyright_errors(tmp_path, [each.generated.parent.name for each in projects])


@pytest.mark.slow
def test_an_unfilled_stub_is_an_error(tmp_path: Path) -> None:
    """Each stub that nobody has filled in is an error of its own, where it stands; nothing else is."""
    project = generated(tmp_path, "project", MODEL)
    errors = mypy_errors(tmp_path)
    stubs = [
        f"{path.relative_to(tmp_path).as_posix()}:{number}"
        for path in sorted(project.handlers.glob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.startswith("    def ")
    ]
    assert 9 == len(stubs)
    assert sorted(stubs) == sorted(error.partition(": ")[0] for error in errors)
    assert all(error.endswith("[empty-body]") for error in errors)


@pytest.mark.slow
def test_what_no_longer_fits_the_schema_is_an_error(tmp_path: Path) -> None:
    """A field retyped, removed or added, and a handler removed, are errors in the handlers or the wiring."""
    changes = {
        "retyped": ("title: str", "title: int"),
        "removed": ("title: str, tags", "name: str, tags"),
        "added": ("title: str", "title: str, size: int"),
    }
    for name, (before, after) in changes.items():
        project = generated(tmp_path, name, MODEL)
        fill_stubs(project)
        handlers = {path: path.read_bytes() for path in project.handlers.glob("*.py")}
        schema = MODEL.replace(before, after)
        schema = schema.replace("computed: [title]", "computed: [name]") if name == "removed" else schema
        (project.schema / "0.yaml").write_text(schema, encoding="utf-8")
        generate(project)
        for path, content in handlers.items():
            path.write_bytes(content)
    lost = generated(tmp_path, "lost", MODEL)
    fill_stubs(lost)
    own = lost.handlers / "own.py"
    text = own.read_text(encoding="utf-8")
    start, end = (
        text.index("    @override\n    def old_things"),
        text.index("    @override\n    def changed_things_title"),
    )
    own.write_text(text[:start] + text[end:], encoding="utf-8")
    broken = {error.partition("/")[0] for error in mypy_errors(tmp_path)}
    assert {*changes, "lost"} == broken
