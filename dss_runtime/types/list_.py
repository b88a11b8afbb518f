"""Lists of scalars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._cell import cells_parser, check_separator, format_elements, parse_elements
from dss_runtime.types._many import Parser, Remembering
from dss_runtime.types._options import check_choice
from dss_runtime.types._scalar import check_scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class ListType(FieldType[tuple[Any, ...]]):
    """A tuple of values of the scalar type `of`; as text they are split at `separator`, quoted as in CSV.

    `compare` says whether their order counts (`ordered`) or only how often each occurs (`bag`).
    """

    name: ClassVar[str] = "list"
    may_be_key: ClassVar[bool] = False
    of: FieldType[Any]
    separator: str = ","
    compare: str = "ordered"

    def __post_init__(self) -> None:
        check_scalar(self.of)
        check_separator(self.separator)
        check_choice("compare", self.compare, ("ordered", "bag"))

    @override
    def parse(self, value: object) -> tuple[Any, ...]:
        if isinstance(value, (set, frozenset)):
            raise ValueError("expected a list, because a set has no order")
        return tuple(parse_elements(value, self.separator, self.of.parse))

    @override
    def parser(self) -> Parser[tuple[Any, ...]]:
        return Remembering(self.parse, cells_parser(tuple, self.parse, self.separator, self.of.parser()))

    @override
    def format(self, value: tuple[Any, ...]) -> str:
        return format_elements([self.of.format(element) for element in value], self.separator)

    @override
    def canonical(self, value: tuple[Any, ...] | None) -> Hashable:
        if value is None:
            return None
        elements = tuple(map(self.of.canonical, value))
        return elements if self.compare == "ordered" else frozenset(Counter(elements).items())

    @property
    @override
    def exact(self) -> bool:
        return self.compare == "ordered" and self.of.exact

    @override
    def check(self, value: tuple[Any, ...]) -> str | None:
        check = self.of.check
        for element in value:
            if (reason := check(element)) is not None:
                return f"in an element: {reason}"
        return None

    @property
    @override
    def annotation(self) -> str:
        return f"tuple[{self.of.annotation}, ...]"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return self.of.imports

    @override
    def literal(self, value: tuple[Any, ...]) -> str:
        return "(" + "".join(f"{self.of.literal(element)}, " for element in value).removesuffix(" ") + ")"

    @property
    @override
    def strategy(self) -> str:
        return f"_st.lists({self.of.strategy}, max_size=5).map(tuple)"

    @property
    @override
    def sql(self) -> str:
        """The text of all elements in one column: no SQL type for lists is common."""
        return "_sa.Text()"

    @property
    @override
    def arrow(self) -> str:
        return "string"
