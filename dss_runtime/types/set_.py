"""Sets of scalars."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._cell import cells_parser, check_separator, format_elements, parse_elements
from dss_runtime.types._many import Parser, Remembering
from dss_runtime.types._scalar import check_scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class SetType(FieldType[frozenset[Any]]):
    """A set of values of the scalar type `of`; as text they are split at `separator`, quoted as in CSV."""

    name: ClassVar[str] = "set"
    may_be_key: ClassVar[bool] = False
    of: FieldType[Any]
    separator: str = ","

    def __post_init__(self) -> None:
        check_scalar(self.of)
        check_separator(self.separator)

    @override
    def parse(self, value: object) -> frozenset[Any]:
        return frozenset(parse_elements(value, self.separator, self.of.parse))

    @override
    def parser(self) -> Parser[frozenset[Any]]:
        return Remembering(self.parse, cells_parser(frozenset, self.parse, self.separator, self.of.parser()))

    @override
    def format(self, value: frozenset[Any]) -> str:
        return format_elements(sorted(map(self.of.format, value)), self.separator)

    @override
    def canonical(self, value: frozenset[Any] | None) -> Hashable:
        return None if value is None else frozenset(map(self.of.canonical, value))

    @property
    @override
    def exact(self) -> bool:
        return self.of.exact

    @override
    def check(self, value: frozenset[Any]) -> str | None:
        # Of several reasons the first in order of text, so that two runs say the same.
        reasons = {reason for element in value if (reason := self.of.check(element)) is not None}
        return f"in an element: {min(reasons)}" if reasons else None

    @property
    @override
    def annotation(self) -> str:
        return f"frozenset[{self.of.annotation}]"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return self.of.imports

    @override
    def literal(self, value: frozenset[Any]) -> str:
        elements = ", ".join(sorted(map(self.of.literal, value)))
        return f"frozenset({{{elements}}})" if elements else f"{self.annotation}()"

    @property
    @override
    def strategy(self) -> str:
        return f"_st.frozensets({self.of.strategy}, max_size=5)"

    @property
    @override
    def sql(self) -> str:
        """The text of all elements in one column: no SQL type for sets is common."""
        return "_sa.Text()"

    @property
    @override
    def arrow(self) -> str:
        return "string"
