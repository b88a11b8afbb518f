"""The same schema gives the same bytes everywhere; generated code imports what exists."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, cast

import yaml
from hypothesis import given, settings

from dss_generator import Project, generate
from dss_generator.rendering import render_all
from tests.generated_schemas.projects import REPOSITORY, generated
from tests.generator.projects import SCHEMA, contents, project_in
from tests.strategies.loading import resolved
from tests.strategies.schemas import random_schema, schemas

_GENERATE = """
import sys
from pathlib import Path
from dss_generator import Project, generate
for each in sys.argv[1:]:
    root = Path(each)
    generate(Project(root, root / "schema", root / "generated", root / "handlers"))
"""


def run(program: str, *arguments: str, seed: str = "0") -> str:
    """Run *program* in a fresh Python with that hash seed, and return what it prints."""
    paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "generator")])
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_the_same_bytes_under_every_hash_seed(tmp_path: Path) -> None:
    """Whatever the order of Python's sets, the same schemas give the same files."""
    texts = [SCHEMA, *(random_schema(Random(number)) for number in range(4))]
    found: list[list[dict[str, bytes]]] = []
    for seed in ("0", "1", "4242"):
        roots = [tmp_path / seed / str(number) for number in range(len(texts))]
        for root, text in zip(roots, texts, strict=True):
            project_in(root, text)
        run(_GENERATE, *map(str, roots), seed=seed)
        found.append([contents(root) for root in roots])
    assert found[0] == found[1] == found[2]


def test_what_does_not_count_changes_nothing(tmp_path: Path) -> None:
    """The order of keys within a definition, comments, quotes and blank lines are not part of the meaning."""
    plain: Any = yaml.safe_load(SCHEMA)
    mixed = json.dumps(shuffled(plain, random.Random(1), depth=0), indent=3)
    generate(project_in(tmp_path / "a", json.dumps(plain)))
    generate(project_in(tmp_path / "b", f"# a comment\n\n{mixed}\n"))
    one, other = (contents(tmp_path / each / "generated") for each in "ab")
    assert one == other


def shuffled(value: Any, rng: Random, depth: int) -> Any:
    """Return *value* with the keys of the language in another order; names and fields stay in theirs."""
    if not isinstance(value, dict):
        return value
    entries = cast("dict[str, Any]", value)
    keys = list(entries)
    if depth % 2 == 0 and "code" not in entries:
        rng.shuffle(keys)
    return {key: shuffled(entries[key], rng, depth + 1) for key in keys}


def test_files_are_one_schema_however_they_are_cut(tmp_path: Path) -> None:
    """What differs between one file and several is only what the header says of them."""
    plain: Any = yaml.safe_load(SCHEMA)
    generate(project_in(tmp_path / "one", SCHEMA))
    generate(project_in(tmp_path / "many", *(json.dumps({key: plain[key]}) for key in plain)))
    one, many = (contents(tmp_path / each / "generated") for each in ("one", "many"))
    assert without_header(one) == without_header(many)
    assert b"schema/0.yaml, schema/1.yaml" in many["models.py"]


def without_header(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files without the line that says where they come from."""
    return {name: content.partition(b"\n")[2].partition(b"\n")[2] for name, content in files.items()}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the module and the name of each import of a file."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert node.module is not None
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def test_generated_code_imports_the_runtime_only(tmp_path: Path) -> None:
    """Beside the standard library: Hypothesis in strategies, SQLAlchemy in tables, handlers in wiring."""
    for number in range(8):
        project = generated(tmp_path, f"p{number}", random_schema(Random(number)))
        allowed = {*sys.stdlib_module_names, "dss_runtime", f"p{number}"}
        extra = {"strategies.py": {"hypothesis"}, "tables.py": {"sqlalchemy"}}
        for path in project.generated.glob("*.py"):
            modules = [module for module, _ in imports(path)]
            assert {each.partition(".")[0] for each in modules} <= allowed | extra.get(path.name, set())
            if path.name != "wiring.py":
                assert not any(".handlers" in each for each in modules)


def test_every_emitted_import_exists(tmp_path: Path) -> None:
    """What generated code imports from the runtime and libraries is there, and public in its module."""
    found: set[tuple[str, str]] = set()
    for number in range(8):
        project = generated(tmp_path, f"p{number}", random_schema(Random(number)))
        for path in [*project.generated.glob("*.py"), *project.handlers.glob("*.py")]:
            found.update(each for each in imports(path) if not each[0].startswith(f"p{number}"))
    for module, name in sorted(found):
        imported = importlib.import_module(module)
        assert not name or hasattr(imported, name), f"{module} has no {name}"
        if module.startswith("dss_runtime"):
            assert name in imported.__all__ or importlib.util.find_spec(f"{module}.{name}") is not None


def test_the_generator_does_not_import_the_runtime() -> None:
    """`import dss_generator` loads nothing of the runtime, and no engine of templates but what it needs."""
    program = (
        "import dss_generator, sys; print([each for each in sys.modules if each.startswith('dss_runtime')])"
    )
    assert "[]\n" == run(program)


def test_headers_say_where_files_come_from(tmp_path: Path) -> None:
    """Each file says that it is generated, from what, and the hash of its content; never when."""
    project = project_in(tmp_path)
    generate(project)
    for content in contents(project.generated).values():
        first, second, *_ = content.decode().splitlines()
        assert "# Generated by datastoresync. Do not edit: change the schema and run `dss generate`." == first
        assert second.startswith("# From schema/0.yaml; content ")


@settings(max_examples=max(2, settings().max_examples // 2))
@given(schemas())
def test_any_schema_is_generated(text: str) -> None:
    """Whatever a sound schema holds, every file is rendered, parses, and is what was meant."""
    root = Path("/nowhere")
    rendered = render_all(resolved(text), Project(root, root / "schema", root / "own", root / "handlers"))
    for name, source in rendered.items():
        compile(source, name, "exec", dont_inherit=True)
