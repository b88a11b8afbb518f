"""One of a few texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._options import texts_of
from dss_runtime.types._source import quoted

_SHOWN = 8  # members in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumType(FieldType[str]):
    """One of `members`, which are text; to a type checker a Literal of them. Never stripped."""

    name: ClassVar[str] = "enum"
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_members(self.members)

    @override
    def parse(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.members:
            raise ValueError(self._expected)
        return value

    @override
    def check(self, value: str) -> str | None:
        return None if value in self.members else self._expected

    @property
    def _expected(self) -> str:
        shown = ", ".join(map(quoted, self.members[:_SHOWN]))
        return f"expected one of {shown}{', …' if len(self.members) > _SHOWN else ''}"

    @property
    @override
    def annotation(self) -> str:
        return f"_Literal[{', '.join(map(quoted, self.members))}]"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return ("from typing import Literal as _Literal",)

    @override
    def literal(self, value: str) -> str:
        return quoted(value)

    @property
    @override
    def strategy(self) -> str:
        return f"_st.sampled_from(({', '.join(map(quoted, self.members))},))"

    @property
    @override
    def sql(self) -> str:
        return f"_sa.String({max(1, *map(len, self.members))})"

    @property
    @override
    def arrow(self) -> str:
        return "string"


def _check_members(members: object) -> None:
    texts = texts_of(members)
    if not texts:
        raise ValueError("members: expected a tuple of at least one text")
    if len(set(texts)) != len(texts):
        raise ValueError("members: expected each of them once")
    if not all(text.isprintable() for text in texts):
        raise ValueError("members: expected printable characters only")
