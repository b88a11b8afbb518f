"""Stubs in the user's files: what is missing comes in, and no other byte changes."""

from __future__ import annotations

import ast
import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_generator.code.fragments import Code, code
from dss_generator.stubs.expected import Method, StubClass
from dss_generator.stubs.source import HandlerFileError, Insertion, Source
from dss_generator.stubs.stale import stale_handlers
from dss_generator.stubs.text import method_text


def method(name: str, *, required: bool = True) -> Method:
    """Return a method of the expected class."""
    imports = ("from dss_runtime import Outcome", "from generated import actions")
    parameters = code(", action: actions.Some, /")
    return Method(name, parameters, Code("Outcome"), "Do it.", required, imports)


STUB = StubClass(
    "ShopTemplate",
    "ShopTemplateBase",
    "generated.templates",
    "Carries out differences on Shop.",
    (method("new_things"), method("old_things"), method("changed_things_name", required=False)),
)


def completed(content: bytes, stub: StubClass = STUB) -> bytes:
    """Return the file with all insertions made."""
    source = Source("handlers/shop.py", content)
    return source.with_insertions(source.insertions(stub))


_pieces = st.sampled_from(
    [
        "# a comment  \n",
        "import os\n",
        "from typing import (\n    final,\n)\n",
        "\x0c\n",
        "x = 'ü – \\N{BULLET}'\n",
        'def helper():\n\treturn """a\n  text\n"""\n',
        "class Other:\n\n    class Inner:\n        y = 1\n    # at its end\n",
        "\n\n",
        "if x == 1:\n    pass\n",
    ]
)
_bodies = st.sampled_from(
    [
        '    """Mine."""\n',
        "    attribute = 1  # kept\n",
        "    @override\n    def new_things(self, action, /):\n        return 1\n",
        "    def _helper(self): return 2\n",
        "    class Inner:\n        def old_things(self): ...\n",
        "    # only a comment\n    value: int = 3\n\n\n",
        "    def text(self):\n        return '''\nat the margin\n'''\n",
    ]
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Return a valid file that holds the class, written in some odd but legal way."""
    before = "".join(draw(st.lists(_pieces, max_size=4)))
    body = "".join(draw(st.lists(_bodies, min_size=1, max_size=4)))
    after = "".join(draw(st.lists(_pieces, max_size=3)))
    text = f"x = 1\n{before}\n@final\nclass ShopTemplate(ShopTemplateBase):\n{body}{after}"
    if draw(st.booleans()):
        text = text.replace("    ", "\t")
    if draw(st.booleans()):
        text = text.rstrip("\n")
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    kind = draw(st.sampled_from(["plain", "bom", "latin-1"]))
    if kind == "latin-1":
        return ("# -*- coding: latin-1 -*-\n" + text.replace("–", "-")).encode("latin-1")
    return (b"\xef\xbb\xbf" if kind == "bom" else b"") + text.encode()


@given(files())
def test_no_byte_outside_the_insertions_changes(content: bytes) -> None:
    """The old file is the new one without what was inserted; the new one parses and lacks nothing."""
    try:
        ast.parse(content)
    except SyntaxError:  # tabs for blanks can make a file that is no Python: not a file of a user
        return
    after = completed(content)
    old, new = Source("a.py", content), Source("a.py", after)
    kept = [operation for operation in _operations(old, new) if operation not in ("equal", "insert")]
    assert [] == kept
    assert [] == new.missing(STUB)
    assert after == completed(after)


def _operations(old: Source, new: Source) -> list[str]:
    """Return how the lines of the new file come from those of the old; an added line end is no change."""
    before, after = list(old.lines), list(new.lines)
    if before and not before[-1].endswith(b"\n"):
        before[-1] += old.newline
    if after and not after[-1].endswith(b"\n"):
        after[-1] += old.newline
    return [tag for tag, *_ in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()]


def test_a_stub_is_a_docstring_and_nothing_else() -> None:
    """No type checker takes such a method for one that returns an Outcome."""
    (statement,) = ast.parse(method_text(method("new_things"), "")).body
    assert isinstance(statement, ast.FunctionDef)
    assert 1 == len(statement.body)
    assert "Do it." == ast.get_docstring(statement)


def test_a_missing_class_is_added_at_the_end_with_its_imports() -> None:
    """Where the file has no such class, it comes after everything else."""
    after = completed(b'"""Mine."""\n\nx = 1\n').decode()
    assert after.startswith('"""Mine."""\nfrom generated.templates import ShopTemplateBase\n')
    assert after.index("x = 1") < after.index("@final\nclass ShopTemplate(ShopTemplateBase):")
    assert after.count("from dss_runtime import Outcome\n") == 1


def test_an_import_that_is_there_is_not_repeated() -> None:
    """Names that the file binds already are left alone, whatever they are bound to."""
    content = (
        b"from dss_runtime import Outcome, override\nfrom generated import actions\n\n"
        b"class ShopTemplate(ShopTemplateBase):\n    x = 1\n"
    )
    assert completed(content).startswith(content.rstrip(b"\n"))


def test_an_imported_encoding_line_stays_first() -> None:
    """Imports go below an encoding declaration when the file has no imports yet."""
    after = completed(b"#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nclass ShopTemplate(B):\n    x = 1\n")
    assert after.splitlines()[:2] == [b"#!/usr/bin/env python", b"# -*- coding: utf-8 -*-"]


def test_a_class_on_one_line_is_an_error_with_its_place() -> None:
    """No room for a stub is said, with what to do, and nothing is written."""
    with pytest.raises(
        HandlerFileError, match=r"handlers/shop.py:2:1: error: class ShopTemplate stands on one line"
    ):
        completed(b"x = 1\nclass ShopTemplate(B): pass\n")


@pytest.mark.parametrize("content", [b"class A(:\n", b"x = '\xff'\n", b"\x00"])
def test_a_file_that_is_no_python_is_an_error_with_its_place(content: bytes) -> None:
    """A file that cannot be read is never written over."""
    with pytest.raises(HandlerFileError, match=r"handlers/shop.py:\d+:1: error: no valid Python"):
        Source("handlers/shop.py", content)


def test_insertions_at_one_line_keep_their_order() -> None:
    """Two texts for one place come one after the other, in the line ends of the file."""
    source = Source("a.py", b"x = 1\r\ny = 2\r\n")
    insertions = [Insertion(2, "a\n", "a"), Insertion(2, "b\n", "b")]
    assert source.with_insertions(insertions) == b"x = 1\r\na\r\nb\r\ny = 2\r\n"


def test_stale_handlers_are_named_with_a_way_out() -> None:
    """A handler for nothing is named with its place, and what it was renamed to or may be meant to be."""
    content = (
        b"class ShopTemplate(B):\n"
        b"    def new_thigns(self, action): ...\n"
        b"    def old_stuff(self, action): ...\n"
        b"    def new_things(self, action): ...\n"
        b"    def _new_helper(self): ...\n"
        b"    def summary(self): ...\n"
    )
    found = list(stale_handlers(Source("handlers/shop.py", content), STUB, {"old_things": "old_stuff"}))
    assert found == [
        "handlers/shop.py:2:5: error: ShopTemplate.new_thigns handles nothing in the schema; "
        "did you mean 'new_things'? [stale-handler]",
        "handlers/shop.py:3:5: error: ShopTemplate.old_stuff handles nothing in the schema; "
        "it was renamed: did you mean 'old_things'? [stale-handler]",
    ]
