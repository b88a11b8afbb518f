"""Stubs in the user's files: where they go, what they need, and what is refused."""

from __future__ import annotations

import ast
import sys
import warnings

import pytest

from dss_generator.stubs.edits import Edit, proven
from dss_generator.stubs.source import HandlerFileError, Source
from dss_generator.stubs.text import method_text
from tests.generator.stub_files import PATH, completed, mended, method, stub_class, stub_file

FILE = stub_file(stub_class({"new_things": (), "old_things": ()}))
IMPORTS = (
    b"from dss_runtime import override\nfrom dss_runtime import Outcome\nfrom generated import actions\n"
)


def stub(name: str, indent: str = "    ") -> bytes:
    """Return what is inserted for a method, in LF."""
    return f"\n{method_text(method(name), indent)}\n".encode()


BOTH = stub("new_things") + stub("old_things")


def test_a_stub_is_a_docstring_and_nothing_else() -> None:
    """No type checker takes such a method for one that returns an Outcome."""
    (statement,) = ast.parse(method_text(method("new_things"), "")).body
    assert isinstance(statement, ast.FunctionDef)
    assert 1 == len(statement.body)
    assert "Do it." == ast.get_docstring(statement)


@pytest.mark.parametrize(
    "content", [b"", b"# mine\n", b'"""Mine."""\n', b"from __future__ import annotations\n"]
)
def test_a_missing_class_comes_last_below_its_imports(content: bytes) -> None:
    """Where the file has no such class, it comes after everything else, even where there is nothing else."""
    after = completed(content, FILE)
    assert after.startswith(content + b"from generated.templates import ShopTemplateBase\n")
    assert after.endswith(
        b'\n\n\n@final\nclass ShopTemplate(ShopTemplateBase):\n    """Carries out differences on Shop."""\n'
        + BOTH
    )
    assert 1 == after.count(b"from dss_runtime import Outcome\n")


def test_an_import_that_is_there_is_not_repeated() -> None:
    """Names that the file binds already are left alone, whatever they are bound to."""
    content = (
        b"from dss_runtime import Outcome, override\nactions = None\n\nclass ShopTemplate(B):\n    x = 1\n"
    )
    assert content + BOTH == completed(content, FILE)


def test_what_only_type_checkers_see_decorates_nothing() -> None:
    """`override` is imported again where Python would not find it; what annotations need is not."""
    guarded = (
        b"from __future__ import annotations\n"
        b"if TYPE_CHECKING:\n    from dss_runtime import Outcome, override\n"
        b"    from generated import actions\n"
    )
    rest = b"class ShopTemplate(B):\n    x = 1\n"
    future, _, others = guarded.partition(b"\n")
    imported = b"from dss_runtime import override\n"
    assert future + b"\n" + imported + others + rest + BOTH == completed(guarded + rest, FILE)
    assert IMPORTS + others + rest + BOTH == completed(others + rest, FILE)


def test_an_encoding_line_stays_first() -> None:
    """Imports go below an encoding declaration when the file has no imports yet."""
    head = b"#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n"
    rest = b"class ShopTemplate(B):\n    x = 1\n"
    assert head + IMPORTS + rest + BOTH == completed(head + rest, FILE)


@pytest.mark.parametrize(
    "before",
    [
        b'import os; x = """\n  # no line to insert at\n"""\n',
        b"import os \\\n\n",
        b'"""Mine.""" ; from a import (  # x\n  b)\n',
        b"import os  # ends in \\\n",
    ],
)
def test_imports_come_after_the_whole_line_of_the_last(before: bytes) -> None:
    """What else stands on its line, or is joined to it, stays with it."""
    rest = b"class ShopTemplate(B):\n    x = 1\n"
    assert before + IMPORTS + rest + BOTH == completed(before + rest, FILE)


def test_imports_come_before_a_class_in_a_block() -> None:
    """A decorator needs its name when the class is made, wherever that stands."""
    rest = b"if x:\n    class ShopTemplate(B):\n        x = 1\nimport os\n"
    stubs = stub("new_things", "        ") + stub("old_things", "        ")
    assert IMPORTS + rest.removesuffix(b"import os\n") + stubs + b"import os\n" == completed(rest, FILE)


@pytest.mark.parametrize(
    "last",
    [
        b"x = 1 \\\n\n",
        b'x = """\nat the margin"""; \n',
        b"x = 1; y = 2;  # both\n",
        b"if x: y = 1\n",
        b"x = 1\n    # of the class\n",
        b"def f(self):\n        return '''\n\\\n'''\n",
        b"x = (\n\n)  # ends in \\\n",
    ],
)
def test_a_stub_comes_after_the_whole_last_line_of_the_class(last: bytes) -> None:
    """Whatever a class ends in, the stub comes after it, and before what is not the class's."""
    content = IMPORTS + b"class ShopTemplate(B):\n    " + last
    rest = b"\n# not of the class\nx = 1\n"
    assert content + BOTH + rest == completed(content + rest, FILE)


@pytest.mark.parametrize(
    ("indent", "expected"),
    [("\t", "\t"), ("  ", "  "), ("\f    ", "    "), ("    \f  ", "  "), (" \t", " \t")],
)
def test_a_stub_is_indented_like_its_class(indent: str, expected: str) -> None:
    """Tabs and blanks are those of the class; what stands before a form feed does not count."""
    content = IMPORTS + f"class ShopTemplate(B):\n{indent}x = 1\n".encode()
    stubs = stub("new_things", expected) + stub("old_things", expected)
    assert content + stubs == completed(content, FILE)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_the_ends_of_lines_are_those_of_the_file(ending: bytes) -> None:
    """An insertion ends its lines as the lines above it do; a missing end comes first."""
    content = IMPORTS + b"class ShopTemplate(B):\n    x = 1"
    expected = content + b"\n" + BOTH
    assert expected.replace(b"\n", ending) == completed(content.replace(b"\n", ending), FILE)


def test_a_backslash_at_the_end_joins_nothing() -> None:
    """Python 3.11 lets a file of CRLF end in a joined line: what is appended begins on one of its own."""
    content = b"import os \\\r\n"
    if sys.version_info >= (3, 12):
        with pytest.raises(HandlerFileError, match="unexpected EOF"):
            completed(content, FILE)
    else:
        start = b"\r\nfrom generated.templates import ShopTemplateBase\r\nfrom typing import final\r\n"
        assert completed(content, FILE).startswith(content + start)


def test_a_mixed_file_gets_the_end_of_the_line_above() -> None:
    """No end of line that comes in meets one that is there, to make one of two."""
    content = IMPORTS.replace(b"\n", b"\r\n") + b"class ShopTemplate(B):\r    x = 1\r\n\n\ny = 2\r"
    before, _, after = content.partition(b"\n\n\n")
    assert before + b"\n" + BOTH.replace(b"\n", b"\r\n") + b"\n\n" + after == completed(content, FILE)


def test_an_encoding_is_declared_in_the_first_lines_alone() -> None:
    """In a file whose lines end in CR, what a later line says is no declaration."""
    content = b"# mine\r# coding too\rx = 'coding: latin-1 \xc3\xbc'\r"
    assert "utf-8" == Source(PATH, content).encoding


def test_a_literal_that_the_encoding_lacks_is_escaped() -> None:
    """A member of an enum is written as it is where the file's encoding has it, and by its code elsewhere."""
    wide = stub_class({"new_things": ()})
    literal = method("new_things", values=', *, new: Literal["ü€"]')
    file = stub_file(type(wide)(wide.name, wide.base, wide.base_module, wide.doc, (literal,), wide.names))
    rest = b"class ShopTemplate(B):\n    x = 1\n"
    assert b'Literal["\xfc\\u20ac"]' in completed(b"# coding: latin-1\n" + rest, file)
    assert 'Literal["ü€"]'.encode() in completed(rest, file)


def test_methods_may_be_defined_in_any_way() -> None:
    """A function in an `if` or `except`, an assignment, an import: all of them are the method."""
    bodies = (
        b"    if x:\n        def new_things(self): ...\n    else:\n        async def old_things(self): ...\n",
        b"    try:\n        new_things = old_things = None\n    except A:\n        pass\n",
        b"    try: pass\n    except A:\n        new_things, (old_things, *_) = made\n",
        b"    match x:\n        case _:\n            from a import b as new_things, old_things\n",
        b"    with x: new_things: object = 1; old_things: object = 2\n",
    )
    for body in bodies:
        content = b"class ShopTemplate(B):\n" + body
        assert content == completed(content, FILE)


def test_a_name_that_is_only_annotated_is_not_defined() -> None:
    """An annotation without a value gives a class no method."""
    content = IMPORTS + b"class ShopTemplate(B):\n    new_things: object\n    old_things = None\n"
    assert content + stub("new_things") == completed(content, FILE)


def test_each_of_two_classes_of_a_name_is_completed() -> None:
    """Which of two is the one depends on what runs, so both get what they lack."""
    head, tail = (
        b"if x:\n    class ShopTemplate(B):\n        x = 1\n",
        b"else:\n    class ShopTemplate(B):\n        y = 1\n",
    )
    stubs = stub("new_things", "        ") + stub("old_things", "        ")
    assert IMPORTS + head + stubs + tail + stubs == completed(IMPORTS + head + tail, FILE)


@pytest.mark.parametrize("content", [b"from mine import ShopTemplate\n", b"ShopTemplate = made(B)\n"])
def test_a_class_that_is_made_elsewhere_is_left_alone(content: bytes) -> None:
    """A second class of the name would hide the one that the file has."""
    assert content == completed(content, FILE)


@pytest.mark.parametrize(
    "content",
    [
        b"x = 1\nclass ShopTemplate(B): pass\n",
        b"x = 1\nclass ShopTemplate(\n  B\n): x = 1; y = 2\n",
        b"x = 1\nclass ShopTemplate(B): \\\n    x = 1\n",
        b"x = 1\r\nclass ShopTemplate(B): \\\r\n    x = 1\r\n",
        b'x = 1\nclass ShopTemplate(B): """Mine.\n\n    More."""\n',
    ],
)
def test_a_class_on_one_line_is_an_error_with_its_place(content: bytes) -> None:
    """No room for a stub is said, with what to do, and nothing is written."""
    with pytest.raises(
        HandlerFileError, match=r"handlers/shop.py:2:1: error: class ShopTemplate stands on one line"
    ):
        completed(content, FILE)


@pytest.mark.parametrize(
    "header",
    [
        b"class ShopTemplate(B):  # ends in \\\n",
        b"class \\\n ShopTemplate((B), x=':') \\\n:\n",
        b"class ShopTemplate (  # x: y\n):\n\n# \\\n\n",
    ],
)
def test_a_header_may_be_written_in_any_way(header: bytes) -> None:
    """Comments, joined lines and colons in it do not make a class one on one line."""
    content = IMPORTS + header + b"    x = 1\n"
    assert content + BOTH == completed(content, FILE)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"x = 1\nclass A(:\n", "2:9: error: no valid Python: invalid syntax; mend it first"),
        (b"x = '\xff'\n", r"1:\d+: error: no valid Python: .*'utf-8' codec can't decode byte 0xff"),
        (b"x\x00", "1:1: error: no valid Python: source code string cannot contain null bytes"),
        (b"# coding: klingon\n", "1:1: error: no valid Python: unknown encoding: klingon"),
        (b"x = " + b"-" * 30_000 + b"1\n", "1:1: error: no valid Python: it is nested too deeply"),
    ],
)
def test_a_file_that_is_no_python_is_an_error_with_its_place(content: bytes, place: str) -> None:
    """A file that cannot be read is never written over."""
    with pytest.raises(HandlerFileError, match=f"^handlers/shop.py:{place}"):
        Source(PATH, content)


def test_hidden_ends_of_lines_are_an_error() -> None:
    """An encoding in which bytes say less about lines than Python sees is not edited."""
    with pytest.raises(HandlerFileError, match="in the encoding utf-7 some ends of lines are hidden"):
        Source(PATH, b"# coding: utf-7\nx = 1 #+AAo-y = 2\n")


def test_reading_a_file_warns_of_nothing() -> None:
    """What Python will refuse one day is no business of ours, even where warnings are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Source(PATH, b'x = "\\d"\n')


def test_long_programs_are_proven_too() -> None:
    """A sum of 500 terms, or an `elif` of 500 cases, is no reason to fail."""
    chain = "if x == 0: pass\n" + "".join(f"elif x == {each}: pass\n" for each in range(500))
    content = f"{chain}x = {'+'.join('1' * 500)}\nclass ShopTemplate(B):\n    x = 1\n".encode()
    assert content + BOTH == completed(content, FILE).replace(IMPORTS, b"")


@pytest.mark.parametrize(
    "edit",
    [
        Edit(0, 6, b""),
        Edit(4, 5, b"2"),
        Edit(6, 6, b"y = 2\n"),
        Edit(6, 6, b"    y = 2\n", whole_lines=True),
        Edit(0, 1, b"z"),
        Edit(0, 0, b"# coding: latin-1\n"),
    ],
)
def test_an_edit_that_changes_more_is_never_made(edit: Edit) -> None:
    """Whatever mistake there may be in finding places: what is not the same program is not written."""
    source = Source(PATH, b"x = 1\ndef f(): ...\n")
    assert [] == proven(source, [], {})[1]
    (came_in,) = proven(source, [Edit(6, 6, b"y = 2\n", whole_lines=True)], {})[1]
    assert "y = 2" == ast.unparse(came_in)
    with pytest.raises(HandlerFileError, match="an edit would change more of the program than it should"):
        proven(source, [edit], {})


def test_what_was_inserted_is_told_from_the_top_down() -> None:
    """Each line names the place in the file as it will be."""
    content = b"class ShopTemplate(B):\n    x = 1\n"
    assert (
        "handlers/shop.py:8: inserted new_things",
        "handlers/shop.py:12: inserted old_things",
    ) == mended(content, FILE).done
