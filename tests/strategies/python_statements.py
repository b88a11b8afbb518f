"""Python statements as lines, written in odd but legal ways: what `python_files` consists of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Lines = list[str]
"""Physical lines without their ends; the first of a statement has the indentation."""

NEW_SYNTAX = sys.version_info >= (3, 12)


@dataclass
class Statements:
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
        return self.pick(self.compound())()

    def compound(self) -> Sequence[Callable[[], Lines]]:
        """The kinds of compound statements."""
        return (self.function, self.conditional, self.attempt, self.loop, self.choice)

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
        handler = self.pick(("except (A, B) as error:", "except* A:"))
        found = [*self.header("try:"), *self.block(), *self.header(handler), *self.block()]
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
