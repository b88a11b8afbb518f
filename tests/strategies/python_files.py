"""Valid Python files in odd but legal clothes: what a user's file of handlers may look like, and worse.

`files` draws the bytes of a file that may define the class `ShopTemplate`, at the top level, in an `if` or
`try`, twice, on one line, or not at all; `traits` says what is in such a file.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import assume
from hypothesis import strategies as st

T = TypeVar("T")
Lines = list[str]
"""Physical lines without their ends; the first of a statement has the indentation."""

TEXTS = {
    "utf-8": ("ü – 表👍", "a\u2028b\x85c", "e\u0301\x0b\x1c", "ﬁ"),
    "latin-1": ("ü§\x85", "é"),
    "cp1252": ("€ – ü", "“x”"),
    "iso8859-15": ("€ Šž", "é"),
    "koi8-r": ("Привет", "ё"),
    "shift_jis": ("表ソ能", "ﾊﾛｰ"),  # the last byte of each of the first three is that of a backslash
}
"""Encodings that a file may declare, and texts that they can hold."""

METHODS = (
    "new_things",
    "old_things",
    "old_stuff",
    "changed_things_name",
    "changed_things_title",
    "added_things_tags",
    "_helper",
    "summary",
)
"""What the class may define: handlers of today, of before, of nothing, and methods of its own."""

NEW_SYNTAX = sys.version_info >= (3, 12)


@dataclass
class _Writer:
    """Draws lines; `units` are steps of indentation, `texts` what the encoding can hold."""

    draw: st.DrawFn
    units: Sequence[str]
    texts: Sequence[str]
    indent: str = ""
    depth: int = 0
    names: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def pick(self, options: Sequence[T]) -> T:
        """Return one of *options*; the first is the simplest."""
        return self.draw(st.sampled_from(options))

    def chance(self, parts: int) -> bool:
        """Return True in one of *parts* cases."""
        return self.pick(range(parts)) == parts - 1

    def lead(self) -> str:
        """Blanks that come to the present indentation, in one of the ways to write them."""
        if not self.chance(12):
            return self.indent
        return self.pick(("\f" + self.indent, self.indent + "\f" + self.indent))

    def text(self) -> str:
        """A text without quotes, backslashes and line ends."""
        return self.pick(self.texts)

    def comment(self) -> str:
        """A comment."""
        kinds = ("# x", "#", "# ends in \\", "# 'open", '# """', "# class ShopTemplate:", "# type: ignore")
        return self.pick((*kinds, f"# {self.text()}", "#\tx ", "# \f"))

    def between(self) -> Lines:
        """Blank lines and comments, which may stand anywhere between two statements."""
        found: Lines = []
        while len(found) < 3 and self.chance(3):
            blanks = self.pick(("", "  ", self.indent, self.indent + self.units[0], "\t", "\f"))
            found.append(blanks + (self.comment() if self.chance(2) else ""))
        return found

    def end(self, line: str) -> str:
        """A line of code with what may follow it."""
        return line + self.pick(("", "", "", "  ", "\t", ";", " ; ", "  # x", f" {self.comment()}"))

    def statement(self, lines: Lines) -> Lines:
        """A statement of one logical line, put in its place."""
        *others, last = lines
        whole = [*others, self.end(last) if last else last]
        # The first line may hold nothing but a backslash; after tabs, Python takes that for bad indentation.
        if "\t" not in self.indent and self.chance(15):
            return [self.lead() + "\\", *whole]
        return [self.lead() + whole[0], *whole[1:]]

    def simple(self) -> Lines:
        """The physical lines of a simple statement."""
        text, quote = self.text(), self.pick(('"""', "'''"))
        kinds: list[Lines] = [
            ["x = 1"],
            ["pass"],
            ["..."],
            [f"x = '{text}'; y = 2"],
            [f"x = {quote}{text}", "class ShopTemplate:", "    def new_things(self): ...", f" {quote}"],
            [f"x = rb{quote}\\", f"{quote}"],
            [f"x = 1; y = f{quote}{{1!r}}", f"  {{2:>{{3}}}} {text}", f"{quote}"],
            ["x = 1 + \\", "2"],
            ["x = \\", "\\", "  3"],
            ["x = 1 \\", ""],
            ["x = (", f"# {text}", "", "1,", "  )"],
            ["x: int = 3"],
            ["x = []  # type: list[int]"],
            ["(y := [", "1])"],
            ["import os"],
            ["import os; import sys as override"],
            ["import os; x = '''", "'''"],
            ["import os \\", ""],
            ["from typing import ( # x", "final,", "  cast)"],
            ["from dss_runtime import Outcome, override"],
        ]
        if NEW_SYNTAX:
            kinds += [[f'x = f"{{ "{text}" }} {{"', '".join(())}"'], ["type Alias[T] = list[T]"]]
        return self.pick(kinds)

    def block(self, contents: Callable[[], Lines] | None = None) -> Lines:
        """An indented block of statements; each block has a depth of its own."""
        outside = self.indent
        self.indent, self.depth = outside + self.pick(self.units), self.depth + 1
        found = (contents or self.statements)()
        self.indent, self.depth = outside, self.depth - 1
        return found

    def statements(self, most: int = 2) -> Lines:
        """One or more statements."""
        found: Lines = []
        for _ in range(self.pick(range(1, most + 1))):
            found += [*self.between(), *self.any_statement()]
        return [*found, *self.between()]

    def any_statement(self) -> Lines:
        """A statement of any kind; compound ones are nested a few deep."""
        if self.depth > 2 or not self.chance(3):
            return self.statement(self.simple())
        kinds = (self.function, self.conditional, self.attempt, self.loop, self.choice, self.other_class)
        return self.pick(kinds)()

    def header(self, *lines: str) -> Lines:
        """The first lines of a compound statement; a comment may follow the colon."""
        *others, last = lines
        first, *rest = [*others, last + self.pick(("", "", " ", "  # x", f" {self.comment()}"))]
        return [self.lead() + first, *rest]

    def conditional(self) -> Lines:
        """An `if`, on one line or several."""
        if self.chance(4):
            return self.statement(["if x: y = 1; z = 2"])
        found = [*self.header(self.pick(("if x:", "if TYPE_CHECKING:", "if (x)  :"))), *self.block()]
        if self.chance(3):
            found += [*self.header("elif x \\", "and y:"), *self.block()]
        if self.chance(2):
            found += [*self.header("else:"), *self.block()]
        return found

    def attempt(self) -> Lines:
        """A `try`."""
        found = [*self.header("try:"), *self.block(), *self.header("except (A, B) as error:"), *self.block()]
        if self.chance(3):
            found += [*self.header("finally:"), *self.block()]
        return found

    def loop(self) -> Lines:
        """A `for`, `while` or `with`."""
        head = self.pick(("for x in y:", "while x:", "with x as y, (z):"))
        return [*self.header(head), *self.block()]

    def choice(self) -> Lines:
        """A `match`."""
        return [*self.header("match x:"), *self.block(self.cases)]

    def cases(self) -> Lines:
        """What a `match` chooses from."""
        found: Lines = []
        if self.chance(2):
            found += [*self.header("case [1, *rest] if rest:"), *self.block()]
        return [*found, *self.header("case _:"), *self.block()]

    def decorators(self) -> Lines:
        """Decorators, with what may stand between them."""
        found: Lines = []
        while len(found) < 4 and self.chance(3):
            one: list[Lines] = [["@override"], ["@marked(", "1,)  # x"], ["@ (made)"], ["@a.b(lambda: 0)"]]
            lines = self.pick(one)
            found += [self.lead() + lines[0], *lines[1:], *self.between()]
        return found

    def function(self, name: str = "") -> Lines:
        """A function: plain or async, decorated, its name on a line of its own, its body on the same line."""
        name = name or f"function_{next(self.names)}"
        keyword = self.pick(("def", "def", "async def", "async  def", "async \\\n def", "def \\\n", "def\t"))
        returns = self.pick(("", "", " -> int", " -> 'Outcome'"))
        head = f"{keyword} {name}{self.pick(('', '', ' '))}(self, *args"
        lines = [*f"{head}){returns}:".split("\n")]
        if self.chance(4):
            lines = [*f"{head},  # {self.text()}".split("\n"), "  **more", f"){returns}:"]
        if self.chance(4):
            *others, last = lines
            first, *rest = [*others, f"{last} return self.changed_things_title(1)"]
            return [*self.decorators(), self.lead() + first, *rest]
        return [*self.decorators(), *self.header(*lines), *self.block(self.function_body)]

    def function_body(self) -> Lines:
        """What a function does: it may call a handler by a name of before."""
        found = self.statement([f'"""{self.text()}"""']) if self.chance(2) else []
        calls: list[Lines] = [
            ["return self.old_stuff(1)"],
            [f"x = '{self.text()}', super().changed_things_title"],
        ]
        return [*found, *self.statements(), *(self.statement(self.pick(calls)) if self.chance(3) else [])]

    def other_class(self) -> Lines:
        """A class that is not the one, though its methods may be called alike."""
        name = f"Class{next(self.names)}"
        if self.chance(4):
            return self.statement([f"class {name}: x = 1; y = 2"])
        return [*self.decorators(), *self.class_header(name), *self.block(self.class_body)]

    def class_header(self, name: str) -> Lines:
        """The first lines of a class, in one of the ways to write them."""
        kinds: list[tuple[str, ...]] = [
            (f"class {name}(Base):",),
            (f"class {name}:",),
            (f"class {name} ( ):",),
            ("class \\", f" {name}(Base):"),
            (f"class {name}(  # {self.text()}", "    Base,", "", "):"),
            (f"class {name}((Base), metaclass=(type) ):",),
            (f"class {name}(Base[{{1: ':'}}], *bases, **keywords)\\", ":"),
        ]
        if NEW_SYNTAX:
            kinds.append((f"class {name}[T: int, *Ts](Base[T]):",))
        return self.header(*self.pick(kinds))

    def class_body(self) -> Lines:
        """Methods, attributes, nested classes and whatever else stands in a class."""
        found: Lines = []
        for _ in range(self.pick(range(1, 5))):
            found += [*self.between(), *self.member()]
        return [*found, *self.between()]

    def member(self) -> Lines:
        """One thing in a class."""
        kind = self.pick(range(9))
        name = self.pick(METHODS)
        if kind < 4:
            return self.function(name)
        if kind == 4:
            made: list[Lines] = [
                [f"{name} = _made"],
                [f"x = '{self.text()}'; {name} = _made"],
                [f"x = {name} = \\", "_made"],
                [f"{name}: object = _made"],
            ]
            return self.statement(self.pick(made))
        if kind == 5:
            return self.guarded(lambda: self.function(name))
        return self.other_class() if kind == 6 else self.any_statement()

    def guarded(self, contents: Callable[[], Lines]) -> Lines:
        """Something in a block of a compound statement, which may hold it twice."""
        heads = ("if TYPE_CHECKING:", "if x:", "try:", "with x:", "match x:", "except:", "finally:", "else:")
        head = self.pick(heads)
        within = self.block(contents)
        if head == "match x:":
            return [*self.header(head), *self.block(lambda: [*self.header("case _:"), *self.block(contents)])]
        if head == "try:":
            return [*self.header(head), *within, *self.header("except A:"), *self.block(contents)]
        if head in ("except:", "finally:"):
            return [*self.header("try:"), *self.block(), *self.header(head), *within]
        if head == "else:":
            return [*self.header("if TYPE_CHECKING:"), *self.block(), *self.header(head), *within]
        return [*self.header(head), *within]

    def shop_template(self) -> Lines:
        """The class in question, somewhere, or nothing."""

        def one() -> Lines:
            header = self.class_header("ShopTemplate")
            return [*self.decorators(), *header, *self.block(self.class_body)]

        place = self.pick(range(10))
        if place < 5:
            return one()
        if place in (5, 6):
            return self.guarded(one)
        if place == 7:
            bodies = ("new_things = old_things = None", "pass", "'''", "...; x = 1;", "\\")
            lines = {
                "'''": ["class ShopTemplate(Base): '''", "  '''"],
                "\\": ["class ShopTemplate: \\", " x = 1"],
            }
            body = self.pick(bodies)
            return self.statement(lines.get(body, [f"class ShopTemplate(Base): {body}"]))
        if place == 8:
            return self.statement([self.pick(("from shop import ShopTemplate", "ShopTemplate = made()"))])
        return []

    def file(self) -> Lines:
        """The lines of a file, below an encoding declaration."""
        found = self.between()
        if self.chance(3):
            doc: list[Lines] = [['"""Mine."""'], ['"""Mine.', "", 'coding: ascii"""'], ["'' \\", '"x"']]
            found += [*self.statement(self.pick(doc)), *self.between()]
        if self.chance(3):
            found += self.statement(["from __future__ import annotations"])
        if self.chance(15):
            return found
        if self.chance(2):
            found += self.statements(3)
        found += [*self.between(), *self.shop_template(), *self.between()]
        if self.chance(2):
            found += self.statements(3)
        return found


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Return the bytes of a valid Python file."""
    encoding = draw(st.sampled_from(tuple(TEXTS)))
    units = draw(st.sampled_from((("    ",), ("\t",), ("  ", "    ", "\t"), (" ", " \t"))))
    writer = _Writer(draw, units, TEXTS[encoding])
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
