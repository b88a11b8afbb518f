"""Layout, imports and skeleton: what is done to printed text, and what it is held against."""

from __future__ import annotations

import ast
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_generator import Project
from dss_generator.code import skeleton
from dss_generator.code.imports import import_block, used_names
from dss_generator.code.layout import laid_out
from dss_generator.code.outline import Outline
from dss_generator.code.skeleton import BrokenOutputError, Skeleton, check
from dss_generator.rendering import render_all
from tests.generator.sources import python_sources
from tests.strategies.schemas import resolve, schemas

STATEMENTS = [
    "from datetime import date as _date",
    "from dss_runtime.codegen import Field as _Field",
    "from dss_runtime import Outcome",
    "from dss_runtime import override",
    "from dss_runtime.codegen import New",
    "from own.models import A",
    "from own.models import b",
    "from own.models import LONG",
    "import sqlalchemy as _sa",
    "from hypothesis import strategies as _st",
    "from typing import Any as _Any",
    "from typing import final",
]
NAMES = ["_date", "_Field", "Outcome", "override", "New", "A", "b", "LONG", "_sa", "_st", "_Any", "final"]


@settings(max_examples=100)
@given(st.randoms(use_true_random=False))
def test_laying_out_keeps_the_meaning(rng: Random) -> None:
    """Blank lines come and go, the syntax tree stays; doing it again changes nothing."""
    source = python_sources(rng)
    once = laid_out(source)
    assert ast.dump(ast.parse(source)) == ast.dump(ast.parse(once))
    assert once == laid_out(once)
    assert once.endswith("\n")
    assert not once.endswith("\n\n")


def test_blank_lines_are_those_of_pep_8() -> None:
    """Two around definitions, one between methods, none after a decorator or at the start of a class."""
    source = "a = 1\nclass A:\n\n\n    def f(self): ...\n    @x\n\n    def g(self): ...\n"
    source += "b = 2   \n\n\n\nc = 3\n\n\n"
    expected = "a = 1\n\n\nclass A:\n    def f(self): ...\n    @x\n    def g(self): ...\n\n\nb = 2\n\nc = 3\n"
    assert expected == laid_out(source)


@given(st.sets(st.sampled_from(NAMES)), st.permutations(STATEMENTS), st.sampled_from([0, 4]))
def test_imports_that_are_used_are_kept(used: set[str], statements: list[str], indent: int) -> None:
    """Just the names that are used are imported, once each, whatever the order of the statements."""
    block = import_block([*statements, *statements], used, {"dss_runtime", "own"}, indent)
    assert block == import_block(STATEMENTS, used, {"dss_runtime", "own"}, indent)
    text = "if 1:\n" + block + "\n    pass\n" if indent else block
    bound = [
        alias.asname or alias.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    ]
    assert sorted(used) == sorted(bound)


def test_imports_stand_in_sections() -> None:
    """The standard library, then libraries, then our own; aliased names have a statement each."""
    assert """\
from datetime import date as _date
from typing import Any as _Any
from typing import final

import sqlalchemy as _sa
from hypothesis import strategies as _st

from dss_runtime import Outcome, override
from dss_runtime.codegen import Field as _Field
from dss_runtime.codegen import New
from own.models import LONG, A, b""" == import_block(STATEMENTS, NAMES, {"dss_runtime", "own"})


def test_a_long_import_has_a_line_for_each_name() -> None:
    """Names that do not fit on a line stand in brackets."""
    names = [f"ARatherLongName{number}" for number in range(8)]
    block = import_block([f"from own import {name}" for name in names], names, {"own"})
    assert ["from own import (", *(f"    {name}," for name in names), ")"] == block.splitlines()


@pytest.mark.parametrize("statement", ["from . import a", "x = 1"])
def test_what_is_no_import_of_one_name_is_refused(statement: str) -> None:
    """A relative import or any other statement is an error."""
    with pytest.raises(ValueError, match="does not import one name"):
        import_block([statement], {"a"}, set())


def test_used_names_are_those_that_are_read() -> None:
    """Annotations count; texts, comments, attributes, parameters and keywords do not."""
    source = '''\
class A:
    """One 'text' with \\"\\"\\"quotes\\" of "every" kind."""

    x: a

    def f(self, c: b, *, d: list[e] = g, h=i) -> j:
        return k(c, "l", m.n, o=p, q="it's", r='"') == s  # t
'''
    ast.parse(source)
    assert set("abcegijkmps") | {"list"} == used_names(source) - {"class", "A", "def", "f", "self", "return"}


@settings(max_examples=20)
@given(schemas())
def test_what_a_generated_file_imports_it_uses(text: str) -> None:
    """No name that is read is overlooked, and no import is kept for one that is not."""
    root = Path("/project")
    project = Project(root, root / "schema", root / "generated", root / "handlers")
    for name, source in render_all(resolve(text), project).items():
        tree = ast.parse(source)
        imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
        bound = {alias.asname or alias.name for node in imports for alias in node.names} - {"annotations"}
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        assert set() == read - used_names(source), name
        assert set() == bound - read, name


SOURCE = '"""Doc."""\nimport a\nB = 1\n\nclass A:\n    def f(self): ...\n\nif a:\n    def g(): ...\n'
MEANT = Skeleton(("A", "A.f", "g"), 1)


def test_only_the_syntax_tree_may_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that makes scopes of its own, as 3.14 does for annotations, does not stop what was meant."""

    def with_annotations(_source: str) -> Outline:
        return Outline(("A", "A.__annotate__", "A.f", "g"), 0)

    monkeypatch.setattr(skeleton, "outline", with_annotations)
    check("a.py", SOURCE, MEANT)
    with pytest.raises(BrokenOutputError, match=r"unexpected \['h'\]"):
        check("a.py", SOURCE + "def h(): ...\n", MEANT)


def test_what_was_meant_passes() -> None:
    """Text that parses to its skeleton is let through."""
    check("a.py", SOURCE, MEANT)
    check("a.py", SOURCE, Skeleton(MEANT.definitions))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (SOURCE + "import_os = 1\n", "2 statements at the top level, 1 were meant"),
        (SOURCE + "__import__('os')\n", "2 statements"),
        (SOURCE + "def h(): ...\n", r"unexpected \['h'\]"),
        (SOURCE + "class A2:\n    x = 1\n", r"unexpected \['A2'\]"),
        (SOURCE.replace("self): ...", "self):\n        def g(): ..."), r"\['A.f\(\).g'\]"),
        (SOURCE.replace("    def f(self): ...", "    pass"), r"missing \['A.f'\]"),
        (SOURCE + "(", "no Python"),
        (SOURCE + "\0", "no Python"),
    ],
)
def test_what_was_not_meant_is_refused(source: str, said: str) -> None:
    """A statement, class or function too many or too few, or text that does not parse, stops the file."""
    with pytest.raises(BrokenOutputError, match=said):
        check("a.py", source, MEANT)
