"""Texts of a schema in generated code: whatever they hold, they stay literals and comments."""

from __future__ import annotations

import ast
import io
import tokenize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dss_generator.code.environment import environment
from dss_generator.code.fragments import Fragment, code, comment, docstring, expression, ident, lit
from dss_generator.code.imports import import_block, used_names
from dss_generator.code.layout import laid_out
from dss_generator.code.skeleton import BrokenOutputError, Skeleton, check

texts = st.text(st.characters(codec=None))
"""Any text, lone surrogates included."""

scalars = texts | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.recursive(scalars, lambda inner: st.lists(inner, max_size=3).map(tuple)))
@example('"""')
@example("\\\n\r\x00\u2028\ud800\U0001f600{}'")
def test_a_literal_evaluates_to_its_value_and_nothing_else(value: object) -> None:
    """A literal is one expression, and reading it gives the value back."""
    assert value == ast.literal_eval(lit(value).text)


@given(texts)
@example("x\rimport os")
@example("x\x0cimport os")
@example("x\u2028import os")
def test_a_comment_ends_where_its_line_does(text: str) -> None:
    """No character of a text ends the comment that holds it."""
    source = comment(text).text
    assert source.isprintable()
    tokens = list(tokenize.generate_tokens(io.StringIO(source + "\n").readline))
    assert [source] == [token.string for token in tokens if token.type == tokenize.COMMENT]
    assert [] == ast.parse(source).body


@given(texts, st.integers(0, 8))
@example('""" + evil() + """', 4)
@example('ends with a quote"', 0)
@example("ends with a backslash\\", 4)
def test_a_docstring_is_one_constant(text: str, indent: int) -> None:
    """A docstring parses to a single constant, whatever its text."""
    (statement,) = ast.parse(docstring(text, indent).text).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)


@given(texts)
@example("class")
@example("a.b")
@example("a b")
def test_only_names_become_identifiers(text: str) -> None:
    """A text is refused as a name, or it is ASCII and parses as a name or an attribute."""
    try:
        found = ident(text)
    except ValueError:
        return
    assert found.text.isascii()
    assert isinstance(ast.parse(found.text, mode="eval").body, (ast.Name, ast.Attribute))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", ["list"], {"a": 1}, object()])
def test_a_value_without_a_literal_is_refused(value: object) -> None:
    """What cannot be written exactly is a TypeError, not an approximation."""
    with pytest.raises(TypeError):
        lit(value)


@pytest.mark.parametrize("text", ["a; b", "a\nb", "", "x = 1", "import os"])
def test_source_of_a_field_type_is_one_expression(text: str) -> None:
    """A type cannot smuggle a statement into a file."""
    with pytest.raises(ValueError, match="is not an expression"):
        expression(text)


def test_code_takes_fragments_only() -> None:
    """Plain text never becomes part of a piece of code."""
    with pytest.raises(TypeError, match="not a fragment"):
        code("{name}", name="evil()")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["text", 1, None, ["x"]])
def test_a_template_prints_fragments_only(value: object) -> None:
    """The environment refuses to print whatever did not go through a fragment."""
    template = environment().from_string("{{ value }}")
    with pytest.raises(TypeError, match="no fragment"):
        template.render(value=value)
    assert "x" == template.render(value=Fragment("x"))


def test_an_injected_statement_is_noticed() -> None:
    """A definition or statement too many, or one too few, stops the file."""
    meant = Skeleton(("A", "A.f"), 1)
    source = "class A:\n    def f(self): ...\n\nx = 1\n"
    check("a.py", source, meant)
    for wrong in (source + "def g(): ...\n", source + "y = 2\n", "x = 1\n", source + "("):
        with pytest.raises(BrokenOutputError, match=r"a\.py"):
            check("a.py", wrong, meant)


_lines = st.lists(
    st.sampled_from(
        [
            "",
            "  ",
            "x = 1",
            "@d",
            "class A:",
            "    y = 2",
            "    @d",
            "    def f(self):",
            "        return 1",
            ")",
        ]
    ),
    max_size=12,
)


@given(_lines)
def test_a_layout_stays_as_it_is(lines: list[str]) -> None:
    """Laying out text twice is laying it out once, and no line but blank ones comes or goes."""
    once = laid_out("\n".join(lines))
    assert once == laid_out(once)
    assert [line for line in (each.rstrip() for each in lines) if line] == [
        each for each in once.split("\n") if each
    ]


def test_only_used_names_are_imported_in_sections() -> None:
    """What no line reads is not imported; the rest stands in the order of import sorters."""
    statements = [
        "from project.models import Unused",
        "from project.models import Student",
        "from sqlalchemy import Table as _Table",
        "from datetime import date as _date",
        "from project.models import Course",
        "import sqlalchemy as _sa",
    ]
    used = used_names("x: _date = Student(Course, _Table, _sa)")
    assert import_block(statements, used, {"project"}) == (
        "from datetime import date as _date\n\n"
        "import sqlalchemy as _sa\nfrom sqlalchemy import Table as _Table\n\n"
        "from project.models import Course, Student"
    )


def test_many_names_of_a_module_stand_one_a_line() -> None:
    """A statement that would be too long is broken up."""
    names = [f"Name{number:02}" for number in range(20)]
    block = import_block([f"from project.models import {name}" for name in names], names, {"project"}, 4)
    assert block.splitlines()[0] == "    from project.models import ("
    assert [f"        {name}," for name in names] == block.splitlines()[1:-1]
