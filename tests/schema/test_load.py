"""Whole schemas: examples, and properties over what a schema may hold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import yaml
from hypothesis import given
from hypothesis import strategies as st

from dss_generator.schema import grammar
from dss_generator.schema.load import load_schema
from dss_generator.schema.resolved import Schema
from tests.schema.loading import load, refusal
from tests.schema.shapes import Json, as_yaml, values

root = Path(__file__).parents[2]

design = """
models:
  Person:
    abstract: true
    fields:
      idnumber: str
      firstname: str
      lastname: str
      email: {type: str, optional: true, compare: casefold}
  Student:
    extends: Person
    key: idnumber                     # or a list: composite keys are typed tuples, never joined strings
    fields:
      homeroom: str
      grade: int
      dob: {type: date, optional: true, sensitive: true}
      courses: {type: set, of: str}
      status: {enum: [active, inactive]}
    derived: [name]                   # a property that the project writes; takes part in the comparison
  Section: {key: number, fields: {number: int}}
  Enrolment:
    key: [student, section]
    fields:
      student: {ref: Student}
      section: {ref: Section}
branches:
  enrolments: {model: Enrolment}
  students: {model: Student, guard: {old: 10%}, duplicates: error}
trees:
  PowerSchool:
    adapter: csv
    branches:
      students:
        path: students.txt
        columns: {idnumber: Student_Number, firstname: First_Name}
        transform: {email: "{firstname}.{lastname}@school.example | lower | ascii"}
        computed: [homeroom]          # a typed method on the importer that the project writes
        where: "Enroll_Status == 0"
  Moodle: {adapter: sql, branches: {students: {table: mdl_user, old: {set: {suspended: true}}}}}
syncs:
  nightly: {from: PowerSchool, to: Moodle}
"""
"""The example of the design, with the model that it refers to and leaves out."""


def named(schema: Schema) -> dict[str, dict[str, object]]:
    """Return what a schema means, by name, without places, order of definitions and digest."""
    found: dict[str, Any] = _plain(schema)
    return {
        kind: {each["name"]: {**each, "branches": _by_branch(each)} for each in found[kind]}
        for kind in ("models", "branches", "trees", "syncs")
    }


def _by_branch(each: dict[str, Any]) -> object:
    held: list[Any] = each.get("branches", [])
    if each.get("adapter"):
        return {one["branch"]["name"]: one for one in held}
    return sorted(held)


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        values = cast("tuple[object, ...]", value)
        return [_plain(each) for each in values]
    names = cast("Iterable[str]", getattr(value, "__dataclass_fields__", ()))
    return {name: _plain(getattr(value, name)) for name in names if name != "position"} or value


def test_the_example_of_the_design_loads() -> None:
    """The language is the one that was designed."""
    found = load(design)
    student = found.models[1]
    assert (
        "idnumber",
        "firstname",
        "lastname",
        "email",
        "homeroom",
        "grade",
        "dob",
        "courses",
        "status",
    ) == tuple(each.name for each in student.fields)
    assert ("name",) == tuple(each.name for each in student.derived)
    assert ("students", "enrolments") == tuple(each.name for each in found.branches)
    assert ("students",) == found.syncs[0].branches
    assert 10.0 == dict(found.branches[0].guard)["old"].amount


def test_the_schema_of_the_example_loads() -> None:
    """The school's schema, which is generated from, has no problem."""
    assert "nightly" in [each.name for each in load_schema(root / "schema").syncs]


def test_loading_does_not_need_the_runtime_before_it_is_asked() -> None:
    """The generator is imported without importing the runtime."""
    script = (
        "import dss_generator.schema.load; sys.exit(any(m.startswith('dss_runtime') for m in sys.modules))"
    )
    path = [str(root), str(root / "generator")]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {script}"], check=False, timeout=60
    )
    assert 0 == done.returncode


@given(st.lists(values(grammar.schema), min_size=1, max_size=2))
def test_any_structure_is_loaded_or_refused_with_reasons(documents: list[Json]) -> None:
    """Whatever files hold, the loader ends with a schema or a SchemaError, the same every time."""
    texts = [as_yaml(each) for each in documents]
    printed = refusal(*texts)
    assert printed == refusal(*texts)
    if printed is None:
        assert load(*texts) == load(*texts)


@given(st.lists(values(grammar.schema, wrong=False), min_size=1, max_size=2))
def test_any_plausible_structure_is_loaded_or_refused_with_reasons(documents: list[Json]) -> None:
    """Files without structural faults get to what they mean, and are loaded or refused."""
    printed = refusal(*(as_yaml(each) for each in documents))
    for line in (printed or "").splitlines():
        assert line.startswith("schema/0")
        assert line.endswith("]")


@given(
    st.text(max_size=30) | st.text("ab{}|()'\"\\=, 1`[]<>!ndotri", max_size=30),
    st.sampled_from(["where", "title"]),
)
def test_any_text_is_a_condition_or_a_pipeline_or_refused(text: str, kind: str) -> None:
    """The two small languages refuse with a SchemaError, never otherwise."""
    held: dict[str, Any] = {"where": text} if kind == "where" else {"transform": {"title": text}}
    base = {
        "models": {"A": {"key": "code", "fields": {"code": "str", "title": "str"}}},
        "branches": {"things": {"model": "A"}},
        "trees": {"T": {"adapter": "memory", "branches": {"things": held}}},
    }
    refusal(as_yaml(base))


@given(data=st.data())
def test_neither_files_nor_the_order_of_keys_change_the_meaning(data: st.DataObject) -> None:
    """Cut into files in any way, definitions and keys shuffled, a schema means the same but for its order."""
    whole: dict[str, dict[str, Any]] = yaml.safe_load(design)
    parts = [(kind, name, body) for kind, section in whole.items() for name, body in section.items()]
    shuffled = data.draw(st.permutations(parts))
    files: list[dict[str, dict[str, Any]]] = [{} for _ in range(data.draw(st.integers(1, 3)))]
    for number, (kind, name, body) in enumerate(shuffled):
        turned = body if data.draw(st.booleans()) else dict(reversed(body.items()))
        files[number % len(files)].setdefault(kind, {})[name] = turned
    assert named(load(design)) == named(load(*(as_yaml(each) for each in files)))


legal = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"]), min_size=1, max_size=20
)
hostile = st.sampled_from([
    '"""', "'''", "\\", "'; import os #", "{x}", "{{ 7*7 }}", "{% raw %}",
    '" + __import__("os") + "', "%s", "$(id)", "é",
])  # fmt: skip


@given(doc=legal | hostile, text=legal | hostile, column=legal | hostile)
def test_texts_that_are_only_data_may_hold_anything_printable(doc: str, text: str, column: str) -> None:
    """Quotes, backslashes and braces in docs, defaults, constants and column names come through unchanged."""
    written = {
        "models": {"A": {
            "doc": doc, "key": "code", "fields": {"code": "str", "b": {"type": "str", "default": text}},
        }},
        "branches": {"things": {"model": "A"}},
        "trees": {"T": {"adapter": "sql", "branches": {"things": {
            "table": "t", "columns": {"code": column}, "const": {"b": text}, "insert": {column: text},
        }}}},
    }  # fmt: skip
    found = load(as_yaml(written))
    held = found.trees[0].branches[0]
    assert (doc, text) == (found.models[0].doc, found.models[0].fields[1].default)
    assert (column, text) == (held.columns[0].source, held.sources[1].const)
    assert ((column, text),) == held.option("insert")


def test_equal_schemas_are_equal_values() -> None:
    """Two loadings give equal, hashable values; a difference in meaning makes a difference."""
    first, second = load(design), load(design)
    assert first == second
    assert hash(first.models) == hash(second.models)
    assert first != replace(first, syncs=())
