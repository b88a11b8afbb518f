"""Schemas and handler files that a strict reader found the generator to stumble over."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dss_generator import SchemaError, check, generate
from tests.generator.projects import change, project_in

KIDS = """\
models: {Kid: {key: code, fields: {code: str, age: int}}}
branches: {kids: {model: Kid}}
trees: {Own: {adapter: custom, branches: {kids: {}}}}
"""


@pytest.mark.parametrize(
    "schema",
    [
        "models: {Kid: {key: code, fields: {code: str}}}\n",
        "models: {Kid: {abstract: true, fields: {code: str}}}\n",
        "models: {Kid: {derived: [age]}}\n",
        "trees: {Own: {adapter: custom, branches: {}}}\n",
    ],
)
def test_a_schema_without_branches_is_generated(tmp_path: Path, schema: str) -> None:
    """Models alone, and a tree that holds nothing yet, are no errors."""
    project = project_in(tmp_path, schema)
    generate(project)
    assert check(project).ok


@pytest.mark.parametrize("name", ["klass", "order", "make", "key_of", "tree", "retires_old", "TYPE_CHECKING"])
def test_a_model_is_not_hidden_by_what_classes_define(tmp_path: Path, name: str) -> None:
    """A model that an attribute of generated classes would hide from annotations is refused."""
    with pytest.raises(SchemaError, match="generated-name"):
        generate(project_in(tmp_path, KIDS.replace("Kid", name)))


def test_a_tree_is_not_hidden_by_a_parameter(tmp_path: Path) -> None:
    """A tree called as the parameter of the function that makes it is refused."""
    with pytest.raises(SchemaError, match="generated-name"):
        generate(project_in(tmp_path, KIDS.replace("Own", "settings")))


def test_an_accent_in_an_enum_reaches_a_stub(tmp_path: Path) -> None:
    """A stub whose types hold text beyond ASCII is inserted into a file that is there already."""
    project = project_in(tmp_path, KIDS)
    generate(project)
    change(project, "age: int", "age: int, mood: {enum: [caf\u00e9, plain]}")
    assert any("changed_kids_mood" in line for line in generate(project).stubs)
    assert check(project).ok


def test_stubs_come_after_the_comments_of_the_class(tmp_path: Path) -> None:
    """A comment at the end of a class stays below the method that it is about."""
    project = project_in(tmp_path, KIDS)
    generate(project)
    path = project.handlers / "own.py"
    before = f"{path.read_text(encoding='utf-8')}    # about the last method\n\n\nX = 1\n"
    path.write_text(before, encoding="utf-8")
    change(project, "age: int", "age: int, size: int")
    generate(project)
    after = path.read_text(encoding="utf-8")
    assert (
        after.index("# about the last method") < after.index("def changed_kids_size") < after.index("X = 1")
    )


def test_a_class_in_a_condition_is_found(tmp_path: Path) -> None:
    """A class that stands in an `if` gets its stubs there; no second class is appended."""
    project = project_in(tmp_path, KIDS)
    generate(project)
    path = project.handlers / "own.py"
    head, mark, rest = path.read_text(encoding="utf-8").rpartition("@final\n")
    inner = "".join(
        f"    {line}" if line.strip() else line for line in (mark + rest).splitlines(keepends=True)
    )
    path.write_text(f"{head}if X:\n{inner}", encoding="utf-8")
    change(project, "age: int", "age: int, size: int")
    generate(project)
    text = path.read_text(encoding="utf-8")
    assert text.count("class OwnTemplate") == 1
    assert "        def changed_kids_size" in text
    ast.parse(text)


def test_a_name_bound_inside_of_a_function_is_still_imported(tmp_path: Path) -> None:
    """Only imports at the top level serve a stub."""
    project = project_in(tmp_path, KIDS)
    generate(project)
    path = project.handlers / "own.py"
    text = path.read_text(encoding="utf-8").replace(
        "from dss_runtime import Outcome, override", "import dss_runtime"
    )
    path.write_text(f"{text}\n\ndef f() -> None:\n    from dss_runtime import override\n", encoding="utf-8")
    change(project, "age: int", "age: int, size: int")
    generate(project)
    assert "\nfrom dss_runtime import override\n" in path.read_text(encoding="utf-8")
