"""Valid Python files in odd but legal clothes: what a user's file of handlers may look like, and worse.

`files` draws the bytes of a file that may define the class `ShopTemplate`, at the top level, in an `if` or
`try`, twice, on one line, or not at all; `traits` says what is in such a file.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings

from hypothesis import assume
from hypothesis import strategies as st

from tests.strategies.python_classes import Classes

TEXTS = {
    "utf-8": ("ü – 表👍", "a\u2028b\x85c", "e\u0301\x0b\x1c", "ﬁ"),
    "latin-1": ("ü§\x85", "é"),
    "cp1252": ("€ – ü", "“x”"),
    "iso8859-15": ("€ Šž", "é"),
    "koi8-r": ("Привет", "ё"),
    "shift_jis": ("表ソ能", "ﾊﾛｰ"),  # the last byte of each of the first three is that of a backslash
}
"""Encodings that a file may declare, and texts that they can hold."""


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Return the bytes of a valid Python file."""
    encoding = draw(st.sampled_from(tuple(TEXTS)))
    units = draw(st.sampled_from((("    ",), ("\t",), ("  ", "    ", "\t"), (" ", " \t"))))
    writer = Classes(draw, units, TEXTS[encoding])
    head = ["#!/usr/bin/env python"] if writer.chance(6) else []
    if encoding != "utf-8" or writer.chance(6):
        marks = (
            f"# -*- coding: {encoding} -*-",
            f"# vim: set fileencoding={encoding} :",
            f"#coding={encoding}",
        )
        head.append(writer.pick(marks))
    lines = [*head, *writer.file()]
    ends = writer.pick((("\n",), ("\n",), ("\r\n",), ("\r",), ("\n", "\r\n", "\r")))
    text = "".join(line + (ends[0] if len(ends) == 1 else writer.pick(ends)) for line in lines)
    if writer.chance(3):
        text = text.rstrip("\r\n")
    text += writer.pick(("", "", "", "  ", "\f", "# x", " # x"))
    mark = b"\xef\xbb\xbf" if encoding == "utf-8" and writer.chance(3) else b""
    content = mark + text.encode(encoding)
    assume(is_valid(content))  # a CR and an LF can meet, and make one end of line of two
    return content


def is_valid(content: bytes) -> bool:
    """Return whether Python compiles *content*."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(content, "shop.py", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True


def traits(content: bytes) -> set[str]:
    """Return what is in a file, found out from its bytes and its tree alone."""
    plain = re.sub(rb"\r\n?", b"\n", content)
    encoding = tokenize.detect_encoding(io.BytesIO(plain).readline)[0]
    text = plain.decode(encoding)
    tree = ast.parse(content)
    found = {f"encoding {encoding}"}
    ends = {each.decode() for each in re.findall(rb"\r\n|\r|\n", content)}
    found |= {f"ends {'+'.join(map(repr, sorted(ends)))}"}
    patterns = {
        "form feed": r"^ *\f",
        "tabs": r"^\t",
        "backslash": r"\\$",
        "lone backslash": r"^[ \t]*\\$",
        "empty line after backslash": r"\\\n\n",
        "semicolon": r";$",
        "comment": r"^\s*#",
        "comment ends in backslash": r"#[^\n]*\\$",
        "type comment": r"# type: ",
        "keyword and name on two lines": r"def \\$",
        "decorator": r"^\s*@",
        "no end": r"[^\n]\Z",
        "blanks at the end": r"[ \f]\Z",
        "comment at the end": r"# x\Z",
        "not ASCII": r"[^\x00-\x7f]",
    }
    found |= {name for name, pattern in patterns.items() if re.search(pattern, text, re.MULTILINE)}
    for node in ast.walk(tree):
        found.add(type(node).__name__)
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno != node.lineno:
            found.add(f"{type(node).__name__} of several lines")
        if isinstance(node, ast.ClassDef):
            found |= {f"{type(each).__name__} in a class" for each in node.body}
            found.add("class on one line" if node.body[0].lineno == node.lineno else "class")
            if node.body[-1].end_lineno != node.body[-1].lineno and isinstance(
                node.body[-1], ast.Expr | ast.Assign
            ):
                found.add("class that ends in a statement of several lines")
    top = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "ShopTemplate"]
    every = [
        node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == "ShopTemplate"
    ]
    found.add(f"{len(top)} at the top, {len(every)} in all")
    return found
