"""The outline of a text is what its syntax tree says, whichever way it was found."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_generator import Project
from dss_generator.code.outline import Outline, outline
from dss_generator.rendering import render_all
from tests.generator.sources import python_sources
from tests.strategies.schemas import resolve, schemas


def expected(source: str) -> Outline:
    """Return the outline, from the syntax tree of the whole text."""
    body = ast.parse(source).body
    quiet = (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom, ast.If)
    others = [each for each in body if not isinstance(each, quiet) and ast.get_docstring(alone(each)) is None]
    return Outline(tuple(definitions(body)), len(others))


def alone(statement: ast.stmt) -> ast.Module:
    """Return a file that consists of one statement."""
    return ast.Module([statement], [])


def definitions(body: Iterable[ast.stmt], prefix: str = "") -> Iterator[str]:
    """Yield the names of what is defined, in order, those in an `if` included."""
    for each in body:
        if isinstance(each, ast.If):
            yield from definitions([*each.body, *each.orelse], prefix)
        elif isinstance(each, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + each.name
            dots = "." if isinstance(each, ast.ClassDef) else "()."
            yield from definitions(each.body, f"{prefix}{each.name}{dots}")


@settings(max_examples=100)
@given(st.randoms(use_true_random=False))
def test_the_outline_is_that_of_the_syntax_tree(rng: Random) -> None:
    """Whatever stands between two blank lines, and however many of them there are."""
    source = "\n\n\n".join(python_sources(rng) for _ in range(3))
    assert expected(source) == outline(source)


@settings(max_examples=20)
@given(schemas())
def test_the_outline_of_generated_files_is_that_of_the_syntax_tree(text: str) -> None:
    """Every artefact of any schema is outlined as its syntax tree is."""
    root = Path("/project")
    project = Project(root, root / "schema", root / "generated", root / "handlers")
    for source in render_all(resolve(text), project).values():
        assert expected(source) == outline(source)


CLASS = 'class A(B):\n    """Doc."""\n\n    def f(self) -> int:\n        return 1'


@pytest.mark.parametrize(
    "added",
    [
        "\nimport_os()",
        "\n\nimport_os()",
        "\n\n\nimport_os()",
        "\n    # a comment\rimport_os()",
        "\n    # a comment\r\nimport_os()",
        "\n\x0cimport_os()",
        "\n    # a comment\n\x0cimport_os()",
        "\n    x = 1 + \\\n1",
        "\n    x = (\n1)\ny = 2",
        '\n    x = """\n\n\nclass B: ...\n"""',
        "\n    x = [each for each in ()]",
        "\n    def genexpr(self): ...",
        "\n    def g(self): return (x for x in ())",
        "\n    x = lambda: [y for y in ()]",
        "\n    class C:\n        def g(self):\n            def h(): ...",
        "\n    if B:\n        def g(self): ...\n    else:\n        class G: ...",
        "; import_os()",
        "\n\n\nasync def g(): ...",
        "\n\n\n@g(\n    1\n)\ndef g(): ...",
        "\n\n\n@g\ndef g(): ...; import_os()",
        "\n\n\n'a text'",
        "\n\nif B:\n    def g(): ...\n    x = 1",
        "\n\nif B:\n    def g(): ...\nelse:\n    class G: ...",
        "\n\nif B: x = 1; y = 2",
        "\n\nif B: import_os()\nimport_os()",
    ],
)
def test_nothing_beside_a_definition_is_overlooked(added: str) -> None:
    """A statement after a class is counted, a definition in it is named, whatever ends the line before."""
    for source in (
        CLASS + added,
        "x = 1\n\n\n" + CLASS + added + "\n",
        "\n\n\n" + CLASS + added + "\n\n\ny = 2",
    ):
        assert expected(source) == outline(source)


@pytest.mark.parametrize(
    "source", ["class A:\n", "x = (\n\n\ny = 1", CLASS + "\n  y = 1", "a\0b", CLASS + "\x0by"]
)
def test_what_is_no_python_has_no_outline(source: str) -> None:
    """It is refused, also where pieces of it could be read."""
    with pytest.raises((SyntaxError, ValueError)):
        outline(source)
