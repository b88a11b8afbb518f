"""Every difference that a branch can have reaches a method of the right type, or is not asked for."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given

from dss_generator import Project
from dss_generator.artefacts import templates
from dss_generator.code.skeleton import BrokenOutputError
from dss_generator.rendering import render_all
from dss_runtime.codegen import Route
from tests.strategies.schemas import per_schema, resolve, schemas

PROJECT = Project(Path("/p"), Path("/p/schema"), Path("/p/generated"), Path("/p/handlers"))
VALUES = {"Changed": ("new", "old"), "Added": ("item",), "Removed": ("item",)}
"""What a method takes beside its action, by the action's kind."""


class Method(NamedTuple):
    """A method of a template: the type of its action, and the types of its values by name."""

    takes: str
    values: dict[str, str]


class Differences(NamedTuple):
    """What a branch's union says that a template needs, by the name of the method."""

    methods: dict[str, Method]
    record: str
    """The type of all changes of a record; empty where a record cannot change."""


def differences(actions: str) -> dict[str, Differences]:
    """Return the differences of each branch, from the text of actions.py."""
    aliases = {
        ast.unparse(node.target): node.value
        for node in ast.walk(ast.parse(actions))
        if isinstance(node, ast.AnnAssign) and node.value is not None
    }
    types = {alias: each for alias, each in aliases.items() if isinstance(each, ast.Subscript)}
    records = {
        parts(each)[1]: alias for alias, each in types.items() if ast.unparse(each.value) == "_RecordChange"
    }
    found: dict[str, Differences] = {}
    for union in (each for each in aliases.values() if isinstance(each, ast.BinOp)):
        members = [node.id for node in ast.walk(union) if isinstance(node, ast.Name)]
        branch = parts(types[members[0]])[1]
        methods = dict(method(alias, types[alias]) for alias in members)
        assert len(members) == len(methods)
        found[branch] = Differences(methods, records.get(branch, ""))
    return found


def parts(type_: ast.Subscript) -> list[str]:
    """Return the arguments of an action's type: `_Literal["x"]` as x, every other as it is written."""
    assert isinstance(type_.slice, ast.Tuple)
    texts = [ast.unparse(each) for each in type_.slice.elts]
    names = [
        ast.literal_eval(each.slice) if isinstance(each, ast.Subscript) and at in (1, 2) else texts[at]
        for at, each in enumerate(type_.slice.elts)
    ]
    return [str(each) for each in names]


def method(alias: str, type_: ast.Subscript) -> tuple[str, Method]:
    """Return the name of the method that an action's type asks for, and what it must take."""
    kind = ast.unparse(type_.value).removeprefix("_")
    _, branch, *rest = parts(type_)
    values = dict.fromkeys(VALUES.get(kind, ()), rest[1] if rest else "")
    return "_".join([kind.lower(), branch, *rest[:1]]), Method(alias, values)


def declared_methods(template: ast.ClassDef) -> dict[str, Method]:
    """Return the methods of a generated template."""
    found: dict[str, Method] = {}
    for node in template.body:
        if isinstance(node, ast.FunctionDef):
            annotations = {
                each.arg: each.annotation for each in (*node.args.posonlyargs, *node.args.kwonlyargs)
            }
            texts = {name: ast.unparse(each) for name, each in annotations.items() if each is not None}
            takes = texts.pop(node.args.posonlyargs[1].arg)
            found[node.name] = Method(takes, texts)
    return found


def declared_routes(template: ast.ClassDef) -> dict[str, Route]:
    """Return the routes of a generated template, by branch."""
    (text,) = (
        ast.unparse(node.value)
        for node in template.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__routes__"
    )
    made: dict[str, Route] = eval(text, {"_Route": Route})
    return made


@per_schema
@given(schemas())
def test_every_difference_has_its_method_or_is_not_asked_for(text: str) -> None:
    """Each member of a branch's union has a method that takes it and its values, or stands in `unowned`."""
    rendered = render_all(resolve(text), PROJECT)
    known = differences(rendered["actions.py"])
    for template in ast.parse(rendered.get("templates.py", "")).body:
        if isinstance(template, ast.ClassDef):
            expected: dict[str, Method] = {}
            for branch, route in declared_routes(template).items():
                methods, record = known[branch]
                assert set() == route.unowned - set(methods)
                asked = {name: each for name, each in methods.items() if name not in route.unowned}
                if route.by_record:
                    whole = {name: each for name, each in asked.items() if not each.values}
                    by_record = {f"changed_{branch}": Method(record, {})} if len(whole) < len(asked) else {}
                    asked = {**whole, **by_record}
                expected |= asked
            assert expected == declared_methods(template)


@pytest.mark.parametrize("granularity", ["field", "record"])
def test_a_difference_without_a_method_is_not_generated(
    granularity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a difference get neither a method nor a word that it is not asked for, nothing is rendered."""
    text = f"""\
models:
  A:
    key: a
    fields: {{a: str, b: {{type: str, optional: true}}, c: {{type: set, of: str, optional: true}}}}
branches: {{ones: {{model: A, granularity: {granularity}}}}}
trees:
  L: {{adapter: memory, branches: {{ones: {{}}}}}}
  R: {{adapter: custom, branches: {{ones: {{omit: [b, c], old: keep}}}}}}
syncs: {{s: {{from: L, to: R}}}}
"""
    assert "templates.py" in render_all(resolve(text), PROJECT)

    def none(*_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr(templates, "unhandled", none)
    with pytest.raises(BrokenOutputError, match=r"differences of R do not match: .*old_ones"):
        render_all(resolve(text), PROJECT)
