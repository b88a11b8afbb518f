"""Python classes as lines: the one that handlers are looked for in, and others that resemble it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dss_runtime import override
from tests.strategies.python_statements import NEW_SYNTAX, Lines, Statements

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


class Classes(Statements):
    """Draws classes too, and the lines of a whole file."""

    @override
    def compound(self) -> Sequence[Callable[[], Lines]]:
        """The kinds of compound statements."""
        return (*super().compound(), self.other_class)

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
        once = {
            "if TYPE_CHECKING:": "",
            "with x:": "",
            "else:": "if x:",
            "except:": "try:",
            "finally:": "try:",
        }
        twice = {"if x:": "else:", "try:": "except A:"}
        head = self.pick((*once, *twice, "match x:"))
        if head == "match x:":
            return [*self.header(head), *self.block(lambda: [*self.header("case _:"), *self.block(contents)])]
        if head in twice:
            first = [*self.header(head), *self.block(contents)]
            return [*first, *self.header(twice[head]), *self.block(contents)]
        before = [*self.header(once[head]), *self.block()] if once[head] else []
        return [*before, *self.header(head), *self.block(contents)]

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
